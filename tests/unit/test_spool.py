"""The spool gives back the lines it was given, in parts, while more are written."""

import pytest

from loader.spool import Spool


@pytest.fixture
def spool() -> Spool:
    return Spool()


def test_lines_come_back_in_order_and_whole(spool: Spool) -> None:
    lines = ['{"a":1}', "", "ünïcödé 📚", " spaces ", "\u2028 no line break to us", "x" * 100_000]
    for line in lines:
        spool.append(line)
    assert list(spool.lines(0, spool.end)) == lines


def test_a_part_is_what_lies_between_two_positions(spool: Spool) -> None:
    spool.append("first")
    start = spool.end
    spool.append("second")
    end = spool.end
    spool.append("third")
    assert list(spool.lines(start, end)) == ["second"]
    assert list(spool.lines(0, start)) == ["first"]
    assert list(spool.lines(end, end)) == []


def test_reading_goes_on_while_lines_are_appended(spool: Spool) -> None:
    spool.append("1")
    spool.append("2")
    seen = []
    for line in spool.lines(0, spool.end):
        seen.append(line)
        spool.append("later")
    assert seen == ["1", "2"]
    assert len(list(spool.lines(0, spool.end))) == 4


def test_two_readers_do_not_disturb_each_other(spool: Spool) -> None:
    for number in range(3):
        spool.append(str(number))
    end = spool.end
    pairs = list(zip(spool.lines(0, end), spool.lines(0, end), strict=True))
    assert pairs == [("0", "0"), ("1", "1"), ("2", "2")]


def test_what_is_cut_back_is_forgotten(spool: Spool) -> None:
    spool.append("kept")
    kept = spool.end
    spool.append("half of a playlist")
    spool.cut_back(kept)
    assert spool.end == kept
    spool.append("again")
    assert list(spool.lines(0, spool.end)) == ["kept", "again"]
