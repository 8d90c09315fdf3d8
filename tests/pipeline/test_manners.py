"""How commands behave towards a shell: signals, closed pipes, odd files, several at once."""

import re
import signal
import sys
import time
from pathlib import Path

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database, query
from runs import Loaded
from waiting import PATIENCE

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, SampleApi

WRONG_USAGE = 2
OUTPUT_CLOSED = 128 + signal.SIGPIPE
CONFIG = {"playlists": [SHARED_PLAYLIST]}
PYTHONS_OWN = 1  # "Could not import runpy module"
IN_OUR_CODE = re.compile(r'spotify_elt/\w+\.py", line \d+, in (?!<module>)')


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("A=b\n".encode("utf-16"), "UTF-8"),
        (b"NAME=caf\xe9\n", "UTF-8"),
        (b"PGHOST=a\0b\n", "line 1"),
        (b"A=b\nthis is no setting\n", "line 2"),
    ],
    ids=["UTF-16", "Latin-1", "NUL", "no setting"],
)
def test_a_dotenv_that_cannot_be_read_is_one_sentence(
    elt: CommandLine, content: bytes, told: str
) -> None:
    Path(elt.folder, ".env").write_bytes(content)
    finished = elt("run")
    assert finished.code == WRONG_USAGE, finished.output
    assert finished.stderr.startswith("spotify-elt: .env")
    assert told in finished.stderr
    assert finished.stderr.count("\n") == 1


SIGNALLED_WHILE_IT_COMPLAINS = """
import os, runpy, signal, sys
from spotify_elt import logs
complain = logs.complain
def complain_first(sentence):
    logs.complain = complain
    os.kill(os.getpid(), signal.SIGTERM)
logs.complain = complain_first
sys.path[0] = ""
runpy.run_module("spotify_elt", run_name="__main__", alter_sys=True)
"""


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.4, 0.8])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_early_moment_leaves_no_traceback(
    elt: CommandLine, number: signal.Signals, delay: float
) -> None:
    process = elt.start("run")  # without credentials it would end with 2
    time.sleep(delay)
    process.send_signal(number)
    _, told = process.communicate(timeout=PATIENCE)
    # Before Python has come as far as our own code, the signal alone ends it, or Python complains.
    if "Traceback" in told:
        assert process.returncode in {-number, PYTHONS_OWN}, told
        assert IN_OUR_CODE.search(told) is None, told
    else:
        assert process.returncode in {128 + number, -number, WRONG_USAGE}, told


def test_a_signal_that_comes_while_a_failure_is_told_leaves_no_traceback(elt: CommandLine) -> None:
    elt.program = (sys.executable, "-c", SIGNALLED_WHILE_IT_COMPLAINS)
    finished = elt("run")
    assert finished.code == 128 + signal.SIGTERM, finished.output
    assert "Traceback" not in finished.output


def test_output_that_is_closed_early_is_no_failure(elt: CommandLine, loaded: Loaded) -> None:
    database = loaded(SHARED_PLAYLIST)
    for arguments, code in ((("answers",), OUTPUT_CLOSED), (("dbt", "--", "ls"), OUTPUT_CLOSED)):
        process = elt.start(*arguments, database=database)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
        assert process.wait(PATIENCE) == code, told
        assert "Traceback" not in told


@pytest.mark.thorough
def test_dbt_by_hand_ends_with_its_own_exit_code(elt: CommandLine, database: Database) -> None:
    assert elt("dbt", "--", "ls", "--select", "tracks", database=database).code == 0
    assert elt("dbt", "--", "ls", "--no-such-option", database=database).code == WRONG_USAGE
    assert elt("dbt", database=database).code == WRONG_USAGE


@pytest.mark.thorough
@pytest.mark.parametrize(
    "schema", ["spotify_raw", pytest.param("spotify_marts", marks=pytest.mark.thorough)]
)
def test_what_somebody_dropped_is_made_again(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi, schema: str
) -> None:
    database = loaded(SHARED_PLAYLIST)
    query(database, f"drop schema {schema} cascade")
    finished = elt("run", database=database, api=extended_api, config=CONFIG)
    assert finished.code == 0, finished.output
    assert wrong_answers(database, extended_api.catalogue, [SHARED_PLAYLIST]) == []


@pytest.mark.thorough  # of what somebody dropped
def test_what_an_overwrite_removed_is_read_again(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    both = {"playlists": [SHARED_PLAYLIST, MAIN_PLAYLIST]}
    database = loaded(*both["playlists"])
    only = ("--load-method", "overwrite", "--playlist", SHARED_PLAYLIST)
    assert elt("run", *only, database=database, api=extended_api).code == 0
    finished = elt("run", database=database, api=extended_api, config=both)
    assert finished.code == 0, finished.output
    assert wrong_answers(database, extended_api.catalogue, both["playlists"]) == []
