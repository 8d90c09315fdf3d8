"""A log record as one line: as text or as JSON (`LOG_FORMAT`), in UTC, without secrets."""

import logging
import os
import time
from copy import copy
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from loader.errors import SettingsError, printable
from spotify_elt.console import console
from spotify_elt.redaction import redacted

TRACEBACK = "Traceback (most recent call last)"
OURS = ("loader", "spotify_elt")  # who speaks on the screen, without naming itself
# For a record's `extra`: what a user of the terminal reads in the printed summary anyway.
PRINTED = {"_printed": True}


def as_json() -> bool:
    """Say whether lines are JSON, for CloudWatch.

    Raises:
        SettingsError: `LOG_FORMAT` is neither `text` nor `json`.
    """
    chosen = os.environ.get("LOG_FORMAT") or "text"
    if chosen not in {"text", "json"}:
        raise SettingsError(f"LOG_FORMAT is {chosen!r}: set it to text or json.")
    return chosen == "json"


class Line(logging.Formatter):
    """One line for each record, without secrets and without control characters.

    Args:
        run_id: goes into every JSON line.
        json: one JSON object instead of text.
    """

    def __init__(self, run_id: str | None, *, json: bool) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%SZ")
        self.converter = time.gmtime
        self._json = JsonFormatter(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"run_id": run_id} if run_id else {},
        )
        self._json.converter = time.gmtime
        self._json.default_time_format = "%Y-%m-%dT%H:%M:%S"
        self._json.default_msec_format = "%s.%03dZ"
        self._is_json = json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        record = copy(record)
        # dlt and dbt write tracebacks into messages; what went wrong is said before them.
        record.msg, record.args = record.getMessage().partition(TRACEBACK)[0].strip(), None
        if self._is_json:
            return redacted(self._json.format(record))
        return redacted(printable(super().format(record)))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """Return an exception on one line, without its traceback."""
        return f"{ei[0].__name__}: {ei[1]}"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line without an exception, named for the speaker if that is not us."""
        speaker = record.name.partition(".")[0]
        if speaker not in OURS:
            record.message = f"{speaker}: {record.message}"
        return super().formatMessage(record)


class ScreenHandler(logging.Handler):
    """Prints lines on standard error, above the bars where there are some.

    Attributes:
        screen: where the bars must be shown, too.
        has_room_for_bars: it is a terminal, and lines are text.
    """

    def __init__(self, run_id: str | None) -> None:
        super().__init__()
        self.screen = console(stderr=True)
        self._is_json = as_json()
        self.has_room_for_bars = self.screen.is_terminal and not self._is_json
        self.setFormatter(Line(run_id, json=self._is_json))

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether a record is for the screen."""
        if self._is_json:
            return True
        spoken = record.name.startswith(OURS) or record.levelno >= logging.WARNING
        return spoken and not hasattr(record, "_printed")

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        self.screen.out(self.format(record))
