"""Rows on disk between Spotify and dlt, so that a playlist is handed on whole or not at all."""

import tempfile
from collections.abc import Iterator

BLOCK = 200_000  # bytes that are read at once


class Spool:
    """Lines of text in a temporary file: written, read again and thrown away."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - it lives as long as the run

    def append(self, line: str) -> None:
        """Write one line; it must hold no line break, as JSON text never does."""
        self._file.seek(0, 2)
        self._file.write(line.encode() + b"\n")

    def lines(self) -> Iterator[str]:
        """Yield the lines that are there; others may be appended meanwhile."""
        position, end = 0, self._file.seek(0, 2)
        while position < end:
            self._file.seek(position)
            block = self._file.readlines(min(BLOCK, end - position))
            position = self._file.tell()
            yield from (line[:-1].decode() for line in block)

    def clear(self) -> None:
        """Forget all lines."""
        self._file.truncate(0)
