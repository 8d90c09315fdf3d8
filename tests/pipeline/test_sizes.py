"""Playlists without a single track, and very large ones."""

import json
import sys
from collections.abc import Callable

import pytest
from command_line import CommandLine
from marts import read_answers, wrong_answers
from postgres_server import Database, PostgresServer, query

from sample_api import EMPTY_PLAYLIST, LOCAL_PLAYLIST, Catalogue, SampleApi, large_playlist

pytestmark = pytest.mark.thorough

FEW, MANY = 200, 10_000
MOST_TIMES_THE_MEMORY = 1.3
# Linux counts in a process's peak what its parent had when it was started, so pytest must not be
# that parent: a shell in between is small.
FROM_A_SMALL_PARENT = ("/bin/sh", "-c", '"$0" "$@"; exit $?')
# Runs the module as `python -m spotify_elt` does, then tells the peak memory of the process and of
# the processes it started.
MEASURED = """
import atexit, json, resource, runpy, sys
def tell():
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    peaks = [resource.getrusage(one).ru_maxrss for one in who]
    open("peaks.json", "w").write(json.dumps(peaks))
atexit.register(tell)
sys.path[0] = ""
runpy.run_module("spotify_elt", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize(
    "playlist_id", [EMPTY_PLAYLIST, pytest.param(LOCAL_PLAYLIST, marks=pytest.mark.thorough)]
)
def test_a_playlist_without_tracks_has_entries_but_no_answers(
    elt: CommandLine, database: Database, extended_api: SampleApi, playlist_id: str
) -> None:
    config = {"playlists": [playlist_id]}
    finished = elt("run", database=database, api=extended_api, config=config)
    assert finished.code == 0, finished.output
    assert wrong_answers(database, extended_api.catalogue, [playlist_id]) == []
    assert not any(read_answers(database).values())
    assert query(database, "select playlist_id from spotify_marts.playlists") == [(playlist_id,)]
    assert "no tracks" in finished.stdout


@pytest.fixture(scope="module")
def peaks_and_mistakes(
    embedded_server: PostgresServer, new_elt: Callable[[], CommandLine]
) -> dict[int, tuple[list[int], list[str]]]:
    """By number of rows: peak memory of the loader and of dbt, and what was wrong in the marts."""
    seen = {}
    for rows in (FEW, MANY):
        catalogue = Catalogue()
        playlist = large_playlist(catalogue, rows)
        database = embedded_server.new_database()
        elt = new_elt()
        elt.program = (*FROM_A_SMALL_PARENT, sys.executable, "-c", MEASURED)
        with SampleApi(catalogue) as api:
            config = {"playlists": [playlist.id]}
            finished = elt("run", database=database, api=api, config=config)
        assert finished.code == 0, finished.output
        peaks = json.loads((elt.folder / "peaks.json").read_text())
        seen[rows] = peaks, wrong_answers(database, catalogue, [playlist.id])
    return seen


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_a_large_playlist_is_answered_right(
    peaks_and_mistakes: dict[int, tuple[list[int], list[str]]], rows: int
) -> None:
    assert peaks_and_mistakes[rows][1] == []


@pytest.mark.parametrize(("process", "index"), [("the loader", 0), ("dbt", 1)])
def test_memory_hardly_grows_with_the_playlist(
    peaks_and_mistakes: dict[int, tuple[list[int], list[str]]], process: str, index: int
) -> None:
    few, many = (peaks_and_mistakes[rows][0][index] for rows in (FEW, MANY))
    assert many <= few * MOST_TIMES_THE_MEMORY, f"{process}: {many} instead of {few}"
