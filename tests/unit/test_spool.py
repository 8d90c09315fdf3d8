"""The spool gives back the lines it was given, while more are written."""

import pytest

from loader.spool import Spool


@pytest.fixture
def spool() -> Spool:
    return Spool()


def test_lines_come_back_in_order_and_whole(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ['{"a":1}', "", "ünïcödé 📚", " spaces ", "\u2028 no line break to us", "x" * 100_000]
    for line in lines:
        spool.append(line)
    for block in (1, 10, 1_000_000):
        monkeypatch.setattr("loader.spool.BLOCK", block)
        assert list(spool.lines()) == lines


def test_reading_goes_on_while_lines_are_appended(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.spool.BLOCK", 1)
    spool.append("1")
    spool.append("2")
    seen = []
    for line in spool.lines():
        seen.append(line)
        spool.append("later")
    assert seen == ["1", "2"]
    assert len(list(spool.lines())) == 4


def test_two_readers_do_not_disturb_each_other(
    spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.spool.BLOCK", 1)
    for number in range(3):
        spool.append(str(number))
    pairs = list(zip(spool.lines(), spool.lines(), strict=True))
    assert pairs == [("0", "0"), ("1", "1"), ("2", "2")]


def test_what_is_cleared_is_forgotten(spool: Spool) -> None:
    spool.append("half of a playlist")
    spool.clear()
    assert list(spool.lines()) == []
    spool.append("again")
    assert list(spool.lines()) == ["again"]
