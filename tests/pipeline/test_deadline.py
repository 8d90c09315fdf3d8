"""`max_runtime`: a run that takes too long is ended, whatever it waits for."""

import subprocess
import sys

from command_line import CommandLine
from postgres_server import Database, query
from runs import Loaded

from sample_api import MAIN_PLAYLIST, Fault, SampleApi

WAITS_IN_A_LIBRARY = """
from datetime import timedelta
from spotify_elt.run import deadline
from spotify_elt.warehouse import database
deadline.GRACE = 0.5
with deadline.deadline(timedelta(seconds=0.5)), database.connected() as connection:
    connection.cursor().execute("select pg_sleep(60)")
"""


def test_a_run_that_takes_too_long_fails_in_one_sentence(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    extended_api.faults = [Fault("slow", "playlist", seconds=60)]
    config = {"playlists": [MAIN_PLAYLIST], "max_runtime": "3s"}
    finished = elt("run", "--force", database=database, api=extended_api, config=config)
    assert finished.code == 1, finished.output
    assert "took longer than max_runtime (3s)" in finished.last_line
    assert "the last good answers stand" in finished.last_line
    ((status, error),) = query(
        database,
        "select status, error from spotify_logging.pipeline_runs order by started_at desc limit 1",
    )
    assert status == "failed"
    assert "max_runtime" in error


def test_a_query_that_does_not_return_is_no_way_out(database: Database) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", WAITS_IN_A_LIBRARY],
        env=database,
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert finished.returncode == 1
    assert "took longer than max_runtime" in finished.stderr
