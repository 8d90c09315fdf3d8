"""The log lines of a command: shown on standard error, and those of a run also kept.

    whoever logs ──► root logger ──► standard error, as text or as JSON (`LOG_FORMAT`)
                                ├──► logs/<run_id>.log, where that can be written
                                └──► the column `logs` of the run log

One line an event, times in UTC, and no secret in any of them. As text on the screen only we
speak, and everybody when something is wrong; everywhere else dbt tells of each node, too.
"""

import io
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from loader.errors import SettingsError
from spotify_elt.console import console
from spotify_elt.errors import in_words
from spotify_elt.log_lines import OURS, PRINTED, Line, ScreenHandler, as_json
from spotify_elt.redaction import redacted

log = logging.getLogger(__name__)

FOLDER = Path("logs")
FILES_KEPT = 30
FILES_OF_RUNS = "[0-9]*T[0-9]*-*.log"
LONGEST_TEXT = 1_000_000  # characters of a run's lines that the run log keeps
SPEAKERS = (*OURS, "dbt")  # at INFO; dlt and whoever else logs are heard from WARNING on

logging.raiseExceptions = False  # a log file on a full disk stops nothing, and shows no traceback

ENDS_AT = {"failed": logging.ERROR, "partial": logging.WARNING}


def show_warnings() -> None:
    """Show the warnings of a command that keeps no log in the same form as those of a run."""
    handler = ScreenHandler(None)
    handler.setLevel(logging.WARNING)
    logging.lastResort = handler


def complain(sentence: str) -> None:
    """Say on standard error, last of all, why a command failed."""
    screen = console(stderr=True)
    with suppress(SettingsError):
        if as_json():
            name, level = __name__, logging.ERROR
            record = logging.LogRecord(name, level, __file__, 0, sentence, None, None)
            if not RunLines.told:
                screen.out(Line(None, json=True).format(record))
            return
    screen.out(f"spotify-elt: {redacted(sentence)}")


class _PassedOn(logging.Handler):
    """Passes dlt's records on: its logger does not propagate, and formats its first handler."""

    def emit(self, record: logging.LogRecord) -> None:
        logging.getLogger().handle(record)


class RunLines:
    """The lines of one run, while it goes on.

    Attributes:
        told: how the run of this process ended has been logged.
        began: when (UTC).
        run_id: sorts by that time and is never used twice; names the file, and goes into every
            JSON line.
        screen: the handler that shows them.
    """

    told = False

    def __init__(self) -> None:
        self.began = datetime.now(UTC)
        self.run_id = f"{self.began:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self.screen = ScreenHandler(self.run_id)
        self._kept = io.StringIO()
        self._handlers: list[logging.Handler] = [self.screen, logging.StreamHandler(self._kept)]
        with suppress(OSError):
            FOLDER.mkdir(exist_ok=True)
            file = FOLDER / f"{self.run_id}.log"
            self._handlers.append(logging.FileHandler(file, encoding="utf-8"))
            for old in sorted(FOLDER.glob(FILES_OF_RUNS))[:-FILES_KEPT]:
                old.unlink()
        for handler in self._handlers[1:]:
            handler.setFormatter(Line(self.run_id, json=as_json()))

    @property
    def text(self) -> str:
        """What was logged so far, a line an event; of very much, the end."""
        return self._kept.getvalue()[-LONGEST_TEXT:].removesuffix("\n")

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Show and keep what is logged meanwhile, an error that ends it included."""
        root, passed_on = logging.getLogger(), _PassedOn()
        logging.getLogger("dlt").addHandler(passed_on)
        for speaker in SPEAKERS:
            logging.getLogger(speaker).setLevel(logging.INFO)
        for handler in self._handlers:
            root.addHandler(handler)
        try:
            yield
        except BaseException as error:
            if not RunLines.told:
                self.ended("failed", in_words(error))
            raise
        finally:
            logging.getLogger("dlt").removeHandler(passed_on)
            for handler in self._handlers:
                root.removeHandler(handler)
                with suppress(OSError):  # what a full disk has not taken
                    handler.close()

    def ended(self, status: str, error: str | None = None, **fields: object) -> None:
        """Log how the run ended; `fields` are further keys of the JSON line."""
        RunLines.told = True
        seconds = round((datetime.now(UTC) - self.began).total_seconds(), 1)
        log.log(
            ENDS_AT.get(status, logging.INFO),
            "The run ended after %s s: %s%s",
            seconds,
            status,
            f". {error}" if error else "",
            extra={"event": "run_ended", "status": status, "error": error, "seconds": seconds}
            | fields
            | PRINTED,
        )
