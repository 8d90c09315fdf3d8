"""`max_runtime`: a run that takes too long is ended, whatever it waits for."""

import signal
import subprocess
import sys

import pytest
import yaml
from command_line import CommandLine
from postgres_server import Database, query
from runs import Loaded
from waiting import PATIENCE, Held

from sample_api import MAIN_PLAYLIST, SampleApi

pytestmark = pytest.mark.thorough

WAITS_FOR_EVER = """
import threading
from datetime import timedelta
from spotify_elt.errors import DeadlineError
from spotify_elt.run import deadline
deadline.GRACE = threading.TIMEOUT_MAX
try:
    with deadline.deadline(timedelta(seconds=0.1)):
        threading.Event().wait()
except DeadlineError:
    print("over")
"""
WAITS_IN_A_LIBRARY = """
from datetime import timedelta
from spotify_elt.run import deadline
from spotify_elt.warehouse import database
deadline.GRACE = 0.5
with deadline.deadline(timedelta(seconds=0.5)), database.connected() as connection:
    connection.cursor().execute("select pg_sleep(1e6)")
"""


def test_a_run_that_takes_too_long_fails_in_one_sentence(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    held = Held("playlist")
    extended_api.faults = [held.fault]
    config = {"playlists": [MAIN_PLAYLIST], "max_runtime": "5h"}
    (elt.folder / "pipeline.yml").write_text(yaml.safe_dump(config))
    process = elt.start("run", "--force", database=database, api=extended_api)
    held.wait_for(process)
    process.send_signal(signal.SIGALRM)  # as the deadline does, five hours later
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, told
    last_line = told.rstrip().rpartition("\n")[2]
    assert "took longer than max_runtime (5h)" in last_line
    assert "the last good answers stand" in last_line
    ((status, error),) = query(
        database,
        "select status, error from spotify_logging.pipeline_runs order by started_at desc limit 1",
    )
    assert status == "failed"
    assert "max_runtime" in error


def test_the_signal_comes_when_the_time_is_over() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", WAITS_FOR_EVER],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (0, "over\n"), finished.stderr


def test_a_query_that_does_not_return_is_no_way_out(database: Database) -> None:
    finished = subprocess.run(
        [sys.executable, "-c", WAITS_IN_A_LIBRARY],
        env=database,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert finished.returncode == 1
    assert "took longer than max_runtime" in finished.stderr
