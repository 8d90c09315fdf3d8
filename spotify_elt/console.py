"""Text for people: consoles as wide as their terminal, counts in words."""

import shutil
import sys
from io import TextIOWrapper
from typing import TextIO

from rich.console import Console

PLAIN_WIDTH = 120  # columns, where the output is no terminal


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which knows the exit code; rich would exit with 1."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, or wide enough to read in a file."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")  # a character it lacks must not end a run
    width = shutil.get_terminal_size().columns if stream.isatty() else PLAIN_WIDTH
    return _Screen(file=stream, width=width, highlight=False)


def utf8_output() -> TextIO:
    """Return standard output as other programs expect it, whatever the terminal's encoding is."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return sys.stdout


def counted(count: int, things: str) -> str:
    """Return how many there are, in words: `1 playlist`, `2 playlists`."""
    return f"{count:,} {things.removesuffix('s') if count == 1 else things}"
