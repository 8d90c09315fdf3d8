"""Calls side by side: in order, never too many, and the first error ends them."""

import threading
import time
from collections.abc import Iterator

import pytest

from loader.side_by_side import side_by_side


def test_answers_come_in_the_order_of_the_arguments() -> None:
    def slower_first(number: int) -> int:
        time.sleep((10 - number) / 500)
        return number

    assert list(side_by_side(slower_first, range(10), workers=5)) == list(range(10))


@pytest.mark.parametrize("workers", [1, 3])
def test_as_many_calls_as_workers_are_under_way_and_no_more(workers: int) -> None:
    now, most, lock = 0, 0, threading.Lock()

    def count(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return number

    assert len(list(side_by_side(count, range(12), workers))) == 12
    assert most == workers


def test_arguments_are_taken_only_as_answers_are() -> None:
    taken, workers = 0, 2

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    answers = side_by_side(lambda number: number, endless(), workers)
    assert [next(answers) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert taken <= 5 + workers
    answers.close()  # type: ignore[attr-defined]


def test_the_first_error_ends_it_and_later_calls_never_begin() -> None:
    called = []

    def fail_at_two(number: int) -> int:
        called.append(number)
        if number == 2:
            raise ValueError("two")
        return number

    answers = side_by_side(fail_at_two, range(100), workers=2)
    assert [next(answers), next(answers)] == [0, 1]
    # The call beside it had begun and was paid for, so its answer comes before the error.
    assert next(answers) == 3
    with pytest.raises(ValueError, match="two"):
        next(answers)
    assert list(answers) == []
    assert called == [0, 1, 2, 3]


def test_of_several_errors_the_first_in_order_is_raised() -> None:
    def fail_from_one(number: int) -> int:
        time.sleep((3 - number) / 50)
        if number:
            raise ValueError(number)
        return number

    answers = side_by_side(fail_from_one, range(100), workers=3)
    assert next(answers) == 0
    with pytest.raises(ValueError, match="1"):
        next(answers)


def test_nothing_to_do_is_no_answer() -> None:
    assert list(side_by_side(int, [], workers=4)) == []
