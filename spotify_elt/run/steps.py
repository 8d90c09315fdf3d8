"""The steps of a run: bars on a terminal, lines with their time elsewhere.

They go to standard error, so that standard output holds the answers and nothing else.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from spotify_elt.log_lines import PRINTED, ScreenHandler

log = logging.getLogger(__name__)

NAME = "{task.description:<24}"


class Advance(Protocol):
    """Tells a step that it has come further."""

    def __call__(self, done: int = 1, total: int | None = None) -> None:
        """Add `done` to what is done; `total` corrects how much there is to do."""


class Steps:
    """The steps of a run, shown while they go on and timed.

    Args:
        handler: shows log lines on a screen, which may have room for bars.

    Attributes:
        seconds: how long each finished step took, in all where it was taken several times.
    """

    def __init__(self, handler: ScreenHandler) -> None:
        self.seconds: dict[str, float] = {}
        self._tasks: dict[str, TaskID] = {}
        self._bars = Progress(
            TextColumn(NAME),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=handler.screen,
            disable=not handler.has_room_for_bars,
        )

    def shown(self) -> AbstractContextManager[object]:
        """Show bars while the run goes on, where there is a terminal to show them on."""
        return nullcontext() if self._bars.disable else self._bars

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Advance]:
        """Show and time one step; yields the function that moves its bar on."""
        began = time.monotonic()
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name)
        bar = self._tasks[name]
        self._bars.update(bar, total=total)

        def advance(done: int = 1, total: int | None = None) -> None:
            self._bars.update(bar, advance=done, total=total)

        yield advance
        seconds = time.monotonic() - began
        self.seconds[name] = self.seconds.get(name, 0) + seconds
        done = max(self._bars.tasks[bar].completed, 1)
        self._bars.update(bar, total=done, completed=done)
        told = None if self._bars.disable else PRINTED
        log.info("%s: done in %.1f s", name, seconds, extra=told)
