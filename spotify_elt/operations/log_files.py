"""Deleting the log files of runs, or the lines in them that tell of a playlist.

They are copies beside the run log. One that cannot be changed is a warning: the rest is deleted.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spotify_elt.logs import FILES_OF_RUNS, FOLDER

log = logging.getLogger(__name__)


def delete_older(days: int = 0) -> None:
    """Delete the files of runs that began longer ago than this, as their names tell."""
    until = datetime.now(UTC) - timedelta(days=days)
    for file in FOLDER.glob(FILES_OF_RUNS):
        if file.name < f"{until:%Y%m%dT%H%M%S}":
            with _or_warned(file):
                file.unlink(missing_ok=True)


def forget_playlists(ids: Iterable[str]) -> None:
    """Delete the lines that name one of these playlists."""
    words = [one.encode() for one in ids]
    for file in FOLDER.glob(FILES_OF_RUNS):
        with _or_warned(file):
            lines = file.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if not any(word in line for word in words)]
            if kept != lines:
                file.write_bytes(b"".join(kept))


@contextmanager
def _or_warned(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("Delete %s yourself, it tells of what was deleted: %s", file, error.strerror)
