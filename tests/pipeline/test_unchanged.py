"""What is known and fresh is not asked for again; whatever matters makes it stale."""

from pathlib import Path

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database, PostgresServer, query
from runs import Loaded, Run
from waiting import all_at_once

from sample_api import (
    MAIN_PLAYLIST,
    OTHERS_PLAYLIST,
    SHARED_PLAYLIST,
    Fault,
    SampleApi,
)

CONFIG = {"playlists": [MAIN_PLAYLIST]}
UNCHANGED = ["token", "playlist"]
SOME_FAILED = 3
POPULARITY = """
select entity_type, entity_id, valid_from, valid_to, popularity, change
from spotify_marts.popularity_history
order by 1, 2, 3
"""
ROWS_BY_PLAYLIST = (
    "select playlist_id, count(*) from spotify_raw.playlist_items group by 1 order by 1"
)


def endpoints(api: SampleApi) -> list[str]:
    """Return what was asked since the last call, in order."""
    asked = [served.endpoint for served in api.requests]
    api.requests.clear()
    return asked


def last_status(database: Database) -> str:
    """Return the status of the latest run in the run log."""
    ((status,),) = query(
        database,
        "select status from spotify_logging.pipeline_runs order by started_at desc limit 1",
    )
    return str(status)


@pytest.fixture
def held(loaded: Loaded) -> Database:
    """A database that holds the main playlist; the run that loaded it was in another container."""
    return loaded(MAIN_PLAYLIST)


def test_an_unchanged_playlist_costs_one_request_in_a_fresh_container_too(
    elt: CommandLine, held: Database, extended_api: SampleApi
) -> None:
    assert last_status(held) == "success"
    second = elt("run", database=held, api=extended_api, config=CONFIG)
    assert second.code == 0, second.output
    assert endpoints(extended_api) == UNCHANGED
    assert last_status(held) == "skipped"
    assert "Requests 2 made, 3 saved" in second.words
    assert wrong_answers(held, extended_api.catalogue, [MAIN_PLAYLIST]) == []


def test_a_changed_playlist_asks_only_for_new_artists_and_albums(
    elt: CommandLine, held: Database, extended_api: SampleApi
) -> None:
    catalogue = extended_api.catalogue
    artist = catalogue.add_artist("A newcomer", popularity=99)
    album = catalogue.add_album("First light", [artist])
    track = catalogue.add_track("Dawn", [artist], album, popularity=98)
    catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: [*rows[5:], track])

    second = elt("run", database=held, api=extended_api, config=CONFIG)
    assert second.code == 0, second.output
    batches = [
        served.query["ids"]
        for served in extended_api.requests
        if served.endpoint in {"artists", "albums"}
    ]
    assert batches == [artist["id"], album["id"]]
    assert wrong_answers(held, catalogue, [MAIN_PLAYLIST]) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"max_age": "0s"}, id="max_age is over", marks=pytest.mark.thorough),
        pytest.param({"max_age": "0s", "entity_max_age": "0s"}, id="entity_max_age is over too"),
        pytest.param(
            {"load_method": "overwrite"}, id="overwrite never skips", marks=pytest.mark.thorough
        ),
    ],
)
def test_popularity_is_read_again_when_it_is_due(
    elt: CommandLine, held: Database, extended_api: SampleApi, change: dict[str, str]
) -> None:
    catalogue = extended_api.catalogue
    catalogue.change(next(iter(catalogue.tracks)), popularity=91)

    second = elt("run", database=held, api=extended_api, config={**CONFIG, **change})
    assert second.code == 0, second.output
    asked = endpoints(extended_api)
    assert asked.count("items") == 2
    due = change.get("entity_max_age") == "0s" or "load_method" in change
    assert ("artists" in asked) == due
    assert wrong_answers(held, catalogue, [MAIN_PLAYLIST]) == []


@pytest.mark.thorough
def test_force_reads_an_unchanged_playlist(
    elt: CommandLine, held: Database, extended_api: SampleApi
) -> None:
    forced = elt("run", "--force", database=held, api=extended_api, config=CONFIG)
    assert forced.code == 0, forced.output
    assert endpoints(extended_api).count("items") == 2
    assert last_status(held) == "success"


@pytest.mark.thorough
def test_another_way_to_sign_in_reads_everything_again(
    elt: CommandLine, held: Database, extended_api: SampleApi
) -> None:
    config = {**CONFIG, "load_method": "insert"}
    known = query(held, POPULARITY)
    assert known
    extended_api.mode = "development"
    changed = elt("run", database=held, api=extended_api, user=True, config=config)
    assert changed.code == 0, changed.output
    assert wrong_answers(held, extended_api.catalogue, [MAIN_PLAYLIST], "development") == []
    assert query(held, POPULARITY) == known, "what is not sent any more stays in history"

    extended_api.mode = "extended"
    back = elt("run", "--force", database=held, api=extended_api, config=config)
    assert back.code == 0, back.output
    assert wrong_answers(held, extended_api.catalogue, [MAIN_PLAYLIST]) == []
    assert query(held, POPULARITY) == known


@pytest.mark.thorough
def test_batches_stay_refused_in_the_next_run(
    elt: CommandLine, development: Run, embedded_server: PostgresServer
) -> None:
    database = embedded_server.new_database(template=development.database["PGDATABASE"])
    with SampleApi(mode="development") as api:
        config = {**CONFIG, "entity_max_age": "0s"}
        again = elt("run", "--force", database=database, api=api, user=True, config=config)
        assert again.code == 0, again.output
        asked = endpoints(api)
        assert "artists" not in asked
        assert "artist" in asked
        assert "album" not in asked


@pytest.mark.thorough
def test_overwrite_keeps_what_could_not_be_read(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    both = {"playlists": [OTHERS_PLAYLIST, SHARED_PLAYLIST], "load_method": "overwrite"}
    database = loaded(*both["playlists"])
    raw_rows = query(database, ROWS_BY_PLAYLIST)

    extended_api.faults = [Fault("not_found", f"/v1/playlists/{OTHERS_PLAYLIST}*", times=None)]
    second = elt("run", database=database, api=extended_api, config=both)
    assert second.code == SOME_FAILED, second.output
    assert raw_rows == query(database, ROWS_BY_PLAYLIST)
    assert wrong_answers(database, extended_api.catalogue, both["playlists"]) == []


@pytest.mark.thorough
def test_playlists_come_from_a_file_too(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    listed = f"# mine\n\nspotify:playlist:{SHARED_PLAYLIST}  # the short one\n{OTHERS_PLAYLIST}\n"
    Path(elt.folder, "playlists.txt").write_text(listed, encoding="utf-8")
    database = loaded(SHARED_PLAYLIST, OTHERS_PLAYLIST)
    finished = elt(
        "run", database=database, api=extended_api, config={"playlists_file": "playlists.txt"}
    )
    assert finished.code == 0, finished.output
    asked = {served.path.rpartition("/")[2] for served in extended_api.calls("playlist")}
    assert asked == {SHARED_PLAYLIST, OTHERS_PLAYLIST}
    assert "2 playlists unchanged" in finished.words


@pytest.mark.thorough
def test_hundreds_of_playlists_are_read_in_order_and_side_by_side(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    catalogue = extended_api.catalogue
    rows = catalogue.playlists[SHARED_PLAYLIST].rows[:5]
    many = [catalogue.add_playlist(f"Number {number}", rows).id for number in range(300)]
    extended_api.faults = [all_at_once("playlist", requests=2)]
    first = elt("run", database=database, api=extended_api, config={"playlists": many})
    assert first.code == 0, first.output
    ((count,),) = query(database, "select count(*) from spotify_marts.playlists")
    assert count == len(many)
    loaded = query(
        database, "select playlist_id from spotify_raw.playlists order by loaded_at, playlist_id"
    )
    assert {one for (one,) in loaded} == set(many)
    assert any(served.concurrent for served in extended_api.calls("playlist"))
    endpoints(extended_api)

    second = elt("run", database=database, api=extended_api)
    assert second.code == 0, second.output
    assert endpoints(extended_api) == ["token", *["playlist"] * len(many)]
