"""A large load goes in packages of whole playlists, each loaded as soon as it is full."""

import sys
from collections import Counter
from collections.abc import Sequence

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database, query
from runs import Loaded
from waiting import PATIENCE, Held

from sample_api import EMPTY_PLAYLIST, MAIN_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

PLAYLISTS = [SHARED_PLAYLIST, EMPTY_PLAYLIST, MAIN_PLAYLIST]
COME_BACK_LATER = 75
# Each playlist that has rows fills a package.
ONE_PLAYLIST_A_PACKAGE = """
import runpy, sys
import spotify_elt.warehouse.load
spotify_elt.warehouse.load.PACKAGE = 1
sys.path[0] = ""
runpy.run_module("spotify_elt", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def elt(elt: CommandLine) -> CommandLine:
    """The command line, with load packages of hardly any size."""
    elt.program = (sys.executable, "-c", ONE_PLAYLIST_A_PACKAGE)
    return elt


def packages(database: Database) -> list[int]:
    """Return how many load packages each run brought, which dlt knows to be complete."""
    return [
        count
        for (count,) in query(
            database,
            "select (select count(*) from spotify_raw._dlt_loads "
            "where status = 0 and load_id = any(dlt_load_ids)) "
            "from spotify_logging.pipeline_runs order by started_at",
        )
    ]


def asked_twice(api: SampleApi, endpoints: Sequence[str]) -> list[str]:
    """Return the artists and albums that were asked for more than once."""
    asked = Counter(
        one
        for served in api.requests
        if served.endpoint in endpoints
        for one in served.query["ids"].split(",")
    )
    return [one for one, times in asked.items() if times > 1]


@pytest.mark.parametrize(("method", "count"), [("upsert", 2), ("insert", 2), ("overwrite", 1)])
def test_several_packages_bring_what_one_does(
    elt: CommandLine, database: Database, extended_api: SampleApi, method: str, count: int
) -> None:
    catalogue = extended_api.catalogue
    gone = catalogue.playlists[SHARED_PLAYLIST].rows[0]["item"]["artists"][0]["id"]
    catalogue.edit(
        MAIN_PLAYLIST, rows=lambda rows: [*rows, catalogue.playlists[SHARED_PLAYLIST].rows[0]]
    )
    del catalogue.artists[gone]
    config = {"playlists": PLAYLISTS, "load_method": method, "entity_max_age": "0s"}
    finished = elt("run", database=database, api=extended_api, config=config)
    assert finished.code == 0, finished.output
    assert packages(database) == [count]
    assert wrong_answers(database, catalogue, PLAYLISTS) == []
    assert asked_twice(extended_api, ["artists", "albums"]) == []
    loads = query(
        database,
        "select playlist_id, count(distinct loaded_at) from spotify_raw.playlist_items group by 1",
    )
    assert dict(loads) == {SHARED_PLAYLIST: 1, MAIN_PLAYLIST: 1}
    ((rows,),) = query(database, "select rows_by_table from spotify_logging.pipeline_runs")
    for table, number in rows.items():
        assert query(database, f"select count(*) from spotify_raw.{table}") == [(number,)], table


def test_what_was_loaded_before_a_kill_is_not_read_again(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database, catalogue = loaded(*PLAYLISTS), extended_api.catalogue
    for playlist_id in (SHARED_PLAYLIST, MAIN_PLAYLIST):
        catalogue.edit(playlist_id, rows=lambda rows: rows[3:])
    held = Held("items")
    extended_api.faults = [held.fault]
    (elt.folder / "pipeline.yml").write_text(f"playlists: {PLAYLISTS}\n")
    process = elt.start("run", database=database, api=extended_api)
    held.wait_for(process)
    process.kill()
    process.communicate(timeout=PATIENCE)
    held.let_go()
    extended_api.faults = []
    extended_api.requests.clear()
    finished = elt("run", database=database, api=extended_api)
    assert finished.code == 0, finished.output
    assert f"{SHARED_PLAYLIST}: unchanged" in finished.output
    assert f"{MAIN_PLAYLIST}: 194 rows read" in finished.output
    assert wrong_answers(database, catalogue, PLAYLISTS) == []


def test_what_was_loaded_before_a_quota_stop_is_not_read_again(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    extended_api.faults = [Fault("quota", "items", times=None)]
    config = {"playlists": PLAYLISTS}
    stopped = elt("run", database=database, api=extended_api, config=config)
    assert stopped.code == COME_BACK_LATER, stopped.output
    assert packages(database) == [2]  # the empty playlist is in the second
    extended_api.faults = []
    extended_api.requests.clear()
    query(database, "update spotify_logging.pipeline_runs set not_before = now()")
    finished = elt("run", database=database, api=extended_api)
    assert finished.code == 0, finished.output
    assert f"{SHARED_PLAYLIST}: unchanged" in finished.output
    assert wrong_answers(database, extended_api.catalogue, PLAYLISTS) == []
    assert asked_twice(extended_api, ["artists", "albums"]) == []
