"""A playlist that cannot be read keeps what it had, and does not stop the others."""

import pytest
from command_line import CommandLine
from marts import read_answers, wrong_answers
from postgres_server import Database, query
from runs import Loaded

from sample_api import OTHERS_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

BOTH = {"playlists": [OTHERS_PLAYLIST, SHARED_PLAYLIST]}
SOME_FAILED = 3
COME_BACK_LATER = 75
FAILED = 1


@pytest.fixture
def database(loaded: Loaded) -> Database:
    """A database that holds both playlists."""
    return loaded(*BOTH["playlists"])


def test_one_of_two_fails_and_the_other_is_loaded(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    catalogue = extended_api.catalogue
    catalogue.edit(SHARED_PLAYLIST, rows=lambda rows: rows[3:])
    extended_api.faults = [Fault("not_found", f"/v1/playlists/{OTHERS_PLAYLIST}*", times=None)]
    second = elt("run", database=database, api=extended_api, config=BOTH)
    assert second.code == SOME_FAILED, second.output
    assert f"Playlist {OTHERS_PLAYLIST} was not found" in second.stderr
    assert wrong_answers(database, catalogue, BOTH["playlists"]) == []


@pytest.mark.thorough
def test_why_several_failed_is_said_once_with_their_ids(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    extended_api.faults = [Fault("status", "/v1/playlists/*", status=503, times=None)]
    finished = elt("run", database=database, api=extended_api, config=BOTH)
    assert finished.code == FAILED, finished.output
    assert finished.last_line.count("Spotify answered 503") == 1
    for playlist_id in BOTH["playlists"]:
        assert finished.last_line.count(playlist_id) == 1
    logged = query(
        database, "select reason from spotify_logging.playlist_loads where status = 'failed'"
    )
    assert len({why for (why,) in logged}) == len(BOTH["playlists"]), "each has its own"


@pytest.mark.thorough
def test_a_playlist_of_another_user_is_refused_in_development_mode(
    elt: CommandLine, database: Database
) -> None:
    config = {"playlists": [OTHERS_PLAYLIST]}
    with SampleApi(mode="development") as api:
        for user in (True, False):
            refused = elt("run", database=database, api=api, user=user, config=config)
            assert refused.code == FAILED, refused.output
            assert OTHERS_PLAYLIST in refused.last_line
            assert "copy the playlist" in refused.last_line
            assert ("SPOTIFY_REFRESH_TOKEN" in refused.last_line) is not user  # who has signed in
        assert wrong_answers(database, api.catalogue, BOTH["playlists"]) == []


@pytest.mark.thorough
def test_a_used_up_quota_ends_the_run_to_be_continued(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    good = read_answers(database)

    extended_api.catalogue.edit(SHARED_PLAYLIST, rows=lambda rows: rows[3:])
    extended_api.faults = [Fault("quota", "artists", times=None)]
    extended_api.requests.clear()
    config = {**BOTH, "entity_max_age": "0s"}  # else no artist would be asked for
    stopped = elt("run", database=database, api=extended_api, config=config)
    assert stopped.code == COME_BACK_LATER, stopped.output
    assert "come back after" in stopped.last_line
    assert [served.status for served in extended_api.requests].count(429) == 1
    assert read_answers(database) == good

    extended_api.requests.clear()
    early = elt("run", database=database, api=extended_api)
    assert early.code == COME_BACK_LATER, early.output
    assert extended_api.requests == []
    assert read_answers(database) == good

    extended_api.faults = []
    query(database, "update spotify_logging.pipeline_runs set not_before = now()")
    continued = elt("run", database=database, api=extended_api)
    assert continued.code == 0, continued.output
    assert wrong_answers(database, extended_api.catalogue, BOTH["playlists"]) == []
