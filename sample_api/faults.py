"""What goes wrong: answers that are late, wrong, cut short or missing, on demand.

A fault is aimed at an endpoint's name (`items`) or a path pattern (`/v1/playlists/*`), waits for
`after` matching requests, and strikes `times` of them (None: for ever)::

    Fault("rate_limit", "artists", retry_after=2)          # 429 once, then well again
    Fault("rate_limit", "items", retry_after=None)         # 429 without Retry-After
    Fault("quota", "artist", after=600, times=None)        # the daily quota
    Fault("status", "/v1/*", status=503, times=3)
    Fault("edit", "items", after=2, edit=lambda catalogue: catalogue.edit(...))
    Fault.from_text("rate_limit@artists,retry_after=2")    # the first one, on a command line
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

from sample_api.catalogue import Catalogue
from sample_api.messages import Answer, as_json, as_text, error
from sample_api.request import Request

Genuine = Callable[[], Answer]

PREMIUM_LAPSED = "Active premium subscription required for the owner of the app."
QUOTA_RETRY_AFTER = 86236


@dataclass
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: One of `KINDS`.
        target: The endpoint's name or a pattern of its path; `*` is every request.
        method: Only requests of this method; None for any.
        after: How many matching requests pass unharmed first.
        times: How many are struck then; None for all of them.
        retry_after: Seconds in a 429's `Retry-After`; None leaves the header out. A `quota` fault
            that has none says 86236.
        status: What a `status`, `error_list` or `error_text` fault answers.
        seconds: How long a `slow` fault waits before it answers.
        position: Which member of a batch a `null_member` fault takes away.
        edit: What an `edit` fault does to the catalogue before the request is answered; without
            one, the playlist asked for loses its first row.
        seen: How many matching requests have come so far.
    """

    kind: str
    target: str = "*"
    method: str | None = None
    after: int = 0
    times: int | None = 1
    retry_after: int | None = None
    status: int = HTTPStatus.SERVICE_UNAVAILABLE
    seconds: float = 1.0
    position: int = 0
    edit: Callable[[Catalogue], None] | None = None
    seen: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist."""
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind}; there are {', '.join(KINDS)}")

    @classmethod
    def from_text(cls, text: str) -> "Fault":
        """Return the fault that `KIND[@TARGET][,NAME=VALUE...]` describes; `times=forever` works.

        Raises:
            ValueError: No such kind or name, or a value that is no number.
        """
        aim, *settings = text.split(",")
        kind, _, target = aim.partition("@")
        values: dict[str, Any] = {}
        for setting in settings:
            name, _, value = setting.partition("=")
            if name not in _NUMBERS and name != "method":
                raise ValueError(f"a fault has no {name}; it has method, {', '.join(_NUMBERS)}")
            values[name] = value if name == "method" else _NUMBERS[name](value)
        return cls(kind, target or "*", **values)

    def strikes(self, endpoint: str, request: Request) -> bool:
        """Count the request if it matches, and say whether it is one to be struck."""
        if self.method not in {None, request.method}:
            return False
        if self.target != endpoint and not fnmatchcase(request.path, self.target):
            return False
        self.seen += 1
        struck = self.seen - self.after
        return struck > 0 and (self.times is None or struck <= self.times)


def first_striking(faults: Iterable[Fault], endpoint: str, request: Request) -> Fault | None:
    """Count the request in every fault it matches, and return the first one that strikes it."""
    striking = [fault for fault in faults if fault.strikes(endpoint, request)]
    return striking[0] if striking else None


def struck(fault: Fault, request: Request, genuine: Genuine) -> Answer:
    """Return the answer as the fault leaves it; `genuine` makes the one it would have been."""
    return KINDS[fault.kind](fault, request, genuine)


def _rate_limit(fault: Fault, *_: object) -> Answer:
    answer = error(HTTPStatus.TOO_MANY_REQUESTS, "API rate limit exceeded")
    if fault.retry_after is not None:
        answer.headers["Retry-After"] = str(fault.retry_after)
    return answer


def _quota(fault: Fault, *_: object) -> Answer:
    answer = error(HTTPStatus.TOO_MANY_REQUESTS, "Quota exceeded", "QUOTA_EXCEEDED")
    wait = QUOTA_RETRY_AFTER if fault.retry_after is None else fault.retry_after
    answer.headers["Retry-After"] = str(wait)
    return answer


def _status(fault: Fault, *_: object) -> Answer:
    return error(fault.status, HTTPStatus(fault.status).phrase)


def _truncated(_: Fault, __: Request, genuine: Genuine) -> Answer:
    answer = genuine()
    answer.missing_bytes = len(answer.body) // 2 + 1
    return answer


def _slow(fault: Fault, _: Request, genuine: Genuine) -> Answer:
    time.sleep(fault.seconds)
    return genuine()


def _token_expired(_: Fault, request: Request, genuine: Genuine) -> Answer:
    request.tokens.expire()
    return genuine()


def _null_member(fault: Fault, _: Request, genuine: Genuine) -> Answer:
    answer = genuine()
    if answer.status != HTTPStatus.OK:
        return answer
    document = json.loads(answer.body)
    for members in document.values():
        if isinstance(members, list) and fault.position < len(members):
            members[fault.position] = None
    return as_json(document)


def _edit(fault: Fault, request: Request, genuine: Genuine) -> Answer:
    if fault.edit:
        fault.edit(request.catalogue)
    else:
        _, _, after = request.path.partition("/playlists/")
        request.catalogue.edit(after.partition("/")[0], rows=lambda rows: rows[1:])
    return genuine()


KINDS: Mapping[str, Callable[[Fault, Request, Genuine], Answer]] = {
    "rate_limit": _rate_limit,
    "quota": _quota,
    "status": _status,
    "not_found": lambda *_: error(HTTPStatus.NOT_FOUND, "Resource not found"),
    "premium_lapsed": lambda *_: as_text(PREMIUM_LAPSED, HTTPStatus.FORBIDDEN),
    "token_expired": _token_expired,
    "html": lambda *_: as_text("<html><body>Be right back</body></html>", content_type="text/html"),
    "empty": lambda *_: Answer(HTTPStatus.OK),
    "error_list": lambda fault, *_: as_json([{"error": "internal"}], fault.status),
    "error_text": lambda fault, *_: as_json({"error": "internal"}, fault.status),
    "truncated": _truncated,
    "reset": lambda *_: Answer(HTTPStatus.OK, reset=True),
    "slow": _slow,
    "null_member": _null_member,
    "edit": _edit,
}

_NUMBERS: Mapping[str, Callable[[str], float | None]] = {
    "after": int,
    "times": lambda text: None if text == "forever" else int(text),
    "retry_after": int,
    "status": int,
    "seconds": float,
    "position": int,
}
