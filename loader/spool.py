"""Rows on disk between Spotify and dlt, so that a playlist is handed on whole or not at all."""

import tempfile
from collections.abc import Iterator


class Spool:
    """Lines of text in a temporary file: written at the end, read again in parts, cut back."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as the run

    @property
    def end(self) -> int:
        """The position after the last line, in bytes."""
        return self._file.seek(0, 2)

    def append(self, line: str) -> None:
        """Write one line; it must hold no line break, as JSON text never does."""
        self._file.seek(0, 2)
        self._file.write(line.encode() + b"\n")

    def lines(self, start: int, end: int) -> Iterator[str]:
        """Yield the lines between two positions; others may be appended meanwhile."""
        position = start
        while position < end:
            self._file.seek(position)
            line = self._file.readline()
            position += len(line)
            yield line[:-1].decode()

    def cut_back(self, position: int) -> None:
        """Forget everything from `position` on."""
        self._file.truncate(position)
