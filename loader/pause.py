"""The pause that all workers share when Spotify says "too many requests"."""

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import NoReturn

from loader.errors import ComeBackLaterError

log = logging.getLogger(__name__)


class Pause:
    """Nobody calls before the pause is over, and nobody calls again after `stop`.

    Args:
        max_wait: the longest single wait; a longer one stops the run.

    Attributes:
        max_wait: the same.
        seconds_waited: how long all pauses were, or will be.
    """

    def __init__(self, max_wait: timedelta) -> None:
        self.max_wait = max_wait
        self.seconds_waited = 0.0
        self._lock = threading.Lock()
        self._until = 0.0
        self._stopped: ComeBackLaterError | None = None

    def wait(self) -> None:
        """Sleep until the pause is over.

        Raises:
            ComeBackLaterError: some worker was told to come back later.
        """
        while True:
            with self._lock:
                if self._stopped is not None:
                    raise self._stopped
                seconds = self._until - time.monotonic()
            if seconds <= 0:
                return
            time.sleep(seconds)

    def extend(self, wait: timedelta, reason: str) -> None:
        """Let all workers pause until `wait` from now.

        Raises:
            ComeBackLaterError: the wait is longer than `max_wait`.
        """
        if wait > self.max_wait:
            self.stop(wait, reason)
        with self._lock:
            now = time.monotonic()
            until = now + wait.total_seconds()
            added = until - max(self._until, now)
            if added <= 0:  # another worker was told the same
                return
            self._until = until
            self.seconds_waited += added
        log.warning("Spotify asks to wait: pausing for %.0f s", wait.total_seconds())

    def stop(self, wait: timedelta, reason: str) -> NoReturn:
        """End all calls of this run: Spotify is not to be called again for `wait`.

        Raises:
            ComeBackLaterError: always.
        """
        with self._lock:
            if self._stopped is None:
                self._stopped = ComeBackLaterError(datetime.now(UTC) + wait, reason)
        raise self._stopped
