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

    The first error ends it: no further call begins, the answers of those under way are still
    yielded (they were paid for), and then the error is raised.
    """
    rest = iter(arguments)
    pool = ThreadPoolExecutor(workers)
    under_way: deque[Future[Answer]] = deque()
    error: Exception | None = None
    try:
        for argument in islice(rest, workers):
            under_way.append(pool.submit(function, argument))
        while under_way:
            try:
                answer = under_way.popleft().result()
            except Exception as failure:  # noqa: BLE001 - raised below
                error = error or failure
                continue
            for argument in islice(rest, 0 if error else 1):
                under_way.append(pool.submit(function, argument))
            yield answer
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if error is not None:
        raise error
