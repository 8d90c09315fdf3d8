"""What a run shows while it works: bars on a terminal, plain lines with UTC times otherwise.

Progress and log go to standard error, so that standard output holds the answers and nothing else.
"""

import logging
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

log = logging.getLogger(__name__)

PLAIN_WIDTH = 120  # columns, where the output is no terminal


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which knows the exit code; rich would exit with 1."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough to read in a file."""
    stream = sys.stderr if stderr else sys.stdout
    width = shutil.get_terminal_size().columns if stream.isatty() else PLAIN_WIDTH
    return _Screen(file=stream, width=width, highlight=False)


def printable(text: str) -> str:
    """Return `text` without control characters, which could move the cursor or hide text."""
    return "".join(character if character.isprintable() else " " for character in text)


def counted(count: int, things: str) -> str:
    """Return how many there are, in words: `1 playlist`, `2 playlists`."""
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


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
        """Begin without steps; use it as a context manager."""
        self.seconds: dict[str, float] = {}
        self._bars: Progress | None = None
        self._handler: logging.Handler = logging.StreamHandler()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Send log lines and bars to standard error while the run goes on."""
        screen = console(stderr=True)
        self._handler = _ScreenHandler(screen)
        logger = logging.getLogger("loader")
        logger.addHandler(self._handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        try:
            if not screen.is_terminal:
                yield
                return
            columns = (
                TextColumn("{task.description:<24}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            with Progress(*columns, console=screen) as self._bars:
                yield
        finally:
            logger.removeHandler(self._handler)

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
        else:
            log.info("%s: done in %.1f s", name, self.seconds[name])


class _ScreenHandler(logging.Handler):
    """Prints log lines above the bars, or alone where there are none."""

    def __init__(self, screen: Console) -> None:
        super().__init__()
        self._screen = screen
        formatter = logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%SZ")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self._screen.print(printable(self.format(record)), markup=False, soft_wrap=True)
