"""How tests wait: for what happens, never for how long it takes.

Nothing here measures time. `PATIENCE` only ends what would hang for ever, however busy the machine
is; what sleeps is given a clock of the test's own; what must happen meanwhile is held up until it
has happened.
"""

import subprocess
import threading

from sample_api import Catalogue, Fault

PATIENCE = 300.0  # seconds


class Clock:
    """Stands in for the module `time`: time stands still but for what is slept.

    Args:
        sleepers: as many threads must sleep before time goes on for any of them.

    Attributes:
        now: the time, in seconds; a test may move it.
        slept: every sleep, in seconds.
    """

    def __init__(self, sleepers: int = 1) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._all_asleep = threading.Barrier(sleepers)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        self.slept.append(seconds)
        self._all_asleep.wait(PATIENCE)
        self.now = max(self.now, until)


class Held:
    """Keeps the sample API from answering an endpoint until the test lets it.

    Args:
        endpoint: its name.

    Attributes:
        fault: to be given to the API.
    """

    def __init__(self, endpoint: str) -> None:
        self.fault = Fault("edit", endpoint, times=None, edit=self._hold)
        self._asked, self._let_go = threading.Event(), threading.Event()

    def wait_for(self, process: subprocess.Popen[str]) -> None:
        """Return when the process waits for an answer."""
        while not self._asked.wait(0.1):
            assert process.poll() is None, process.communicate()

    def let_go(self) -> None:
        """Answer, now and from now on."""
        self._let_go.set()

    def _hold(self, _: Catalogue) -> None:
        self._asked.set()
        self._let_go.wait(PATIENCE)


def all_at_once(endpoint: str, requests: int) -> Fault:
    """Return a fault that answers the first requests to an endpoint when all of them are there."""
    all_there = threading.Barrier(requests)

    def meet(_: Catalogue) -> None:
        all_there.wait(PATIENCE)

    return Fault("edit", endpoint, times=requests, edit=meet)
