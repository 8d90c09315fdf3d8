"""`python -m sample_api`, as `make run` starts it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from waiting import PATIENCE

ROOT = Path(__file__).parents[2]


def start(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sample_api", *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def address_of(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline()
    assert line.startswith("sample_api listening on http://127.0.0.1:")
    return line.split()[-1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_quietly(number: int) -> None:
    with start("--fault", "status@token,status=502") as process:
        answer = requests.post(f"{address_of(process)}/api/token", timeout=PATIENCE)
        assert answer.status_code == 502
        process.send_signal(number)
        output, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output, errors) == (0, "", "")


def test_it_ends_with_its_parent() -> None:
    with start("--until-stdin-closes", "--mode", "development", "--latency", "1") as process:
        assert requests.get(f"{address_of(process)}/v1/me", timeout=PATIENCE).status_code == 401
        process.stdin.close()
        assert process.wait(timeout=PATIENCE) == 0
        assert process.stderr.read() == ""


def test_wrong_options_are_refused() -> None:
    with start("--fault", "unknown@items") as process:
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert "argument --fault: no fault is called unknown; there are rate_limit, " in errors


def test_an_address_that_is_taken_is_one_sentence() -> None:
    with start() as first:
        port = address_of(first).rpartition(":")[2]
        with start("--port", port) as second:
            _, errors = second.communicate(timeout=PATIENCE)
        first.terminate()
    assert second.returncode == 1
    assert errors == f"sample_api cannot listen on 127.0.0.1:{port}: Address already in use.\n"
