"""The lines of a run, kept wherever they can be."""

import logging
from pathlib import Path

import pytest

from spotify_elt import logs


def test_a_log_file_on_a_full_disk_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    on_full_disk = logging.FileHandler("/dev/full", encoding="utf-8")
    monkeypatch.setattr(logging, "FileHandler", lambda *_, **__: on_full_disk)
    lines = logs.RunLines()
    with lines.collected():
        logs.log.info("going on")
    assert lines.text.endswith("going on")
    assert "Traceback" not in capfd.readouterr().err


def test_of_very_many_lines_the_last_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(logs, "LONGEST_TEXT", 20)
    lines = logs.RunLines()
    with lines.collected():
        for number in range(100):
            logs.log.info("line %s", number)
    assert len(lines.text) <= 20
    assert lines.text.endswith("line 99")
