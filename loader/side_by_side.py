"""Requests side by side, answers in order, and never more of them in memory than are under way."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")


def side_by_side(
    function: Callable[[Argument], Answer], arguments: Iterable[Argument], workers: int
) -> Iterator[Answer]:
    """Yield `function(argument)` for each argument, in order, with `workers` calls under way.

    The first error ends it: calls that have not begun are dropped, and the error is raised.
    """
    rest = iter(arguments)
    pool = ThreadPoolExecutor(workers)
    under_way: deque[Future[Answer]] = deque()
    try:
        for argument in islice(rest, workers):
            under_way.append(pool.submit(function, argument))
        while under_way:
            answer = under_way.popleft().result()
            for argument in islice(rest, 1):
                under_way.append(pool.submit(function, argument))
            yield answer
    finally:
        pool.shutdown(cancel_futures=True)
