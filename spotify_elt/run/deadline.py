"""The run's own deadline, `max_runtime`: ECS and its like have none.

A signal ends the run where it stands, as SIGTERM would. Where the main thread waits inside a
library that does not look at signals, such as a query that waits for a lock, the process ends all
the same, a little later.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NoReturn

from spotify_elt import logs
from spotify_elt.errors import DeadlineError, in_words
from spotify_elt.settings.pipeline_yml import in_units

GRACE = 10.0  # seconds for the run log and the notice


@contextmanager
def deadline(max_runtime: timedelta) -> Iterator[None]:
    """End what happens meanwhile when `max_runtime` is over.

    Raises:
        DeadlineError: it is over.
    """
    over = DeadlineError(in_units(max_runtime))

    def end(*_: object) -> NoReturn:
        raise over

    done = threading.Event()

    def watch() -> None:
        if done.wait(max_runtime.total_seconds()):
            return
        os.kill(os.getpid(), signal.SIGALRM)
        if not done.wait(GRACE):
            logs.complain(in_words(over))
            os._exit(over.exit_code)

    signal.signal(signal.SIGALRM, end)
    threading.Thread(target=watch, name="deadline", daemon=True).start()
    try:
        yield
    finally:
        done.set()
