"""Skips are told once for each cause."""

import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE

TESTS = Path(__file__).parents[1]
SKIPPING = """
import pytest

@pytest.fixture(scope="session")
def tool():
    pytest.skip("The tool is not installed.\\nIts own error is long.")

@pytest.mark.parametrize("number", range(3))
def test_with_the_tool(tool, number): ...

@pytest.mark.skipif(True, reason="Not on this system.")
def test_elsewhere(): ...
"""


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["alone", "side by side"])
def test_what_was_skipped_is_a_line_for_each_cause(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "test_tool.py").write_text(SKIPPING)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "skipped", *options, str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    ).stdout.splitlines()
    assert told[-3:-1] == [
        "3 skipped: The tool is not installed.",
        "1 skipped: Not on this system.",
    ]
    assert "own error" not in "".join(told)
