"""A rate limit as Spotify's: so many requests in a rolling window, then a penalty.

Asking again during the penalty is counted and, with `lengthens`, makes it longer, as reported.
"""

import math
import time
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus

from sample_api.messages import Answer, error


@dataclass
class RateLimit:
    """At most `requests` in any `window` seconds, else 429 until `penalty` seconds have passed.

    Attributes:
        requests: Requests allowed in one window.
        window: Its length in seconds.
        penalty: Seconds that a client is shut out.
        lengthens: Seconds added by each request made while shut out.
    """

    requests: int
    window: float = 30.0
    penalty: float = 1.0
    lengthens: float = 0.0
    _times: deque[float] = field(default_factory=deque, init=False)
    _shut_until: float = field(default=0.0, init=False)

    def refusal(self) -> Answer | None:
        """Count a request that comes now; return the 429 it deserves, or None."""
        now = time.monotonic()
        if now < self._shut_until:
            self._shut_until += self.lengthens
            return self._answer(now)
        while self._times and self._times[0] <= now - self.window:
            self._times.popleft()
        if len(self._times) < self.requests:
            self._times.append(now)
            return None
        self._times.clear()
        self._shut_until = now + self.penalty
        return self._answer(now)

    def _answer(self, now: float) -> Answer:
        answer = error(HTTPStatus.TOO_MANY_REQUESTS, "API rate limit exceeded")
        answer.headers["Retry-After"] = str(math.ceil(self._shut_until - now))
        return answer
