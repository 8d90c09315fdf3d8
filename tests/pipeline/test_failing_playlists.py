"""A playlist that cannot be read keeps what it had, and does not stop the others."""

from command_line import CommandLine
from marts import read_answers, wrong_answers
from postgres_server import Database

from sample_api import OTHERS_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

BOTH = {"playlists": [OTHERS_PLAYLIST, SHARED_PLAYLIST]}
SOME_FAILED = 3
COME_BACK_LATER = 75
FAILED = 1


def test_one_of_two_fails_and_the_other_is_loaded(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    catalogue = extended_api.catalogue
    first = elt("run", database=database, api=extended_api, config=BOTH)
    assert first.code == 0, first.output

    catalogue.edit(SHARED_PLAYLIST, rows=lambda rows: rows[3:])
    extended_api.faults = [Fault("not_found", f"/v1/playlists/{OTHERS_PLAYLIST}*", times=None)]
    second = elt("run", database=database, api=extended_api)
    assert second.code == SOME_FAILED, second.output
    assert f"Playlist {OTHERS_PLAYLIST} was not found" in second.stderr
    assert wrong_answers(database, catalogue, BOTH["playlists"]) == []


def test_a_playlist_of_another_user_is_refused_in_development_mode(
    elt: CommandLine, database: Database
) -> None:
    with SampleApi() as api:
        config = {"playlists": [OTHERS_PLAYLIST]}
        first = elt("run", database=database, api=api, config=config)
        assert first.code == 0, first.output
        api.mode = "development"
        for user in (True, False):
            refused = elt("run", database=database, api=api, user=user)
            assert refused.code == FAILED, refused.output
            assert OTHERS_PLAYLIST in refused.last_line
            assert "copy the playlist" in refused.last_line
            assert "SPOTIFY_REFRESH_TOKEN" in refused.last_line
        assert wrong_answers(database, api.catalogue, [OTHERS_PLAYLIST]) == []


def test_a_used_up_quota_ends_the_run_to_be_continued(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    first = elt("run", database=database, api=extended_api, config=BOTH)
    assert first.code == 0, first.output
    good = read_answers(database)

    extended_api.catalogue.edit(SHARED_PLAYLIST, rows=lambda rows: rows[3:])
    extended_api.faults = [Fault("quota", "artists", times=None)]
    extended_api.requests.clear()
    stopped = elt("run", database=database, api=extended_api)
    assert stopped.code == COME_BACK_LATER, stopped.output
    assert "come back after" in stopped.last_line
    assert [served.status for served in extended_api.requests].count(429) == 1
    assert read_answers(database) == good
