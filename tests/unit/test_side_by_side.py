"""Calls side by side: in order, never too many, and the first error ends them."""

import threading
from collections.abc import Iterator

import pytest
from waiting import PATIENCE

from loader.side_by_side import side_by_side


def test_answers_come_in_the_order_of_the_arguments() -> None:
    last_of_the_first_is_done = threading.Event()

    def first_is_last(number: int) -> int:
        if number == 0:
            assert last_of_the_first_is_done.wait(PATIENCE)
        if number == 4:
            last_of_the_first_is_done.set()
        return number

    assert list(side_by_side(first_is_last, range(10), workers=5)) == list(range(10))


@pytest.mark.parametrize("workers", [1, 3])
def test_as_many_calls_as_workers_are_under_way_and_no_more(workers: int) -> None:
    now, most, lock = 0, 0, threading.Lock()
    all_under_way = threading.Barrier(workers)

    def count(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        all_under_way.wait(PATIENCE)
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
    assert sorted(called) == [0, 1, 2, 3]


def test_of_several_errors_the_first_in_order_is_raised() -> None:
    two_has_failed = threading.Event()

    def fail_from_one(number: int) -> int:
        if number == 1:
            assert two_has_failed.wait(PATIENCE)
        if number == 2:
            two_has_failed.set()
        if number:
            raise ValueError(number)
        return number

    answers = side_by_side(fail_from_one, range(100), workers=3)
    assert next(answers) == 0
    with pytest.raises(ValueError, match="1"):
        next(answers)


def test_nothing_to_do_is_no_answer() -> None:
    assert list(side_by_side(int, [], workers=4)) == []
