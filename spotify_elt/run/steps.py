"""The steps of a run: bars on a terminal, lines with their time elsewhere.

They go to standard error, so that standard output holds the answers and nothing else.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from spotify_elt.log_lines import PRINTED, ScreenHandler

log = logging.getLogger(__name__)


class Advance(Protocol):
    """Tells a step that it has come further."""

    def __call__(self, done: int = 1, total: int | None = None) -> None:
        """Add `done` to what is done; `total` corrects how much there is to do."""


class Steps:
    """The steps of a run, shown while they go on and timed.

    Attributes:
        seconds: how long each finished step took.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._bars: Progress | None = None

    @contextmanager
    def shown(self, handler: ScreenHandler) -> Iterator[None]:
        """Show bars while the run goes on, where there is a terminal to show them on."""
        if not handler.has_room_for_bars:
            yield
            return
        columns = (
            TextColumn("{task.description:<24}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=handler.screen) as self._bars:
            yield

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Advance]:
        """Show and time one step; yields the function that moves its bar on."""
        began, count = time.monotonic(), 0
        bar = self._bars.add_task(name, total=total) if self._bars else None

        def advance(done: int = 1, total: int | None = None) -> None:
            nonlocal count
            count += done
            if self._bars and bar is not None:
                self._bars.update(bar, completed=count, total=total)

        yield advance
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began
        if self._bars and bar is not None:
            self._bars.update(bar, total=max(count, 1), completed=max(count, 1))
        told = PRINTED if self._bars else None
        log.info("%s: done in %.1f s", name, self.seconds[name], extra=told)
