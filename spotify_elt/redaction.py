"""Secrets, taken out of whatever is shown, logged, stored or sent.

A secret is known by its value, in each of the forms in which it could be written, or by its place:
behind `Authorization:`, `access_token=` and their like, where libraries that log at DEBUG put it.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from loader.access import HANDED_OUT

IN_ITS_PLACE = "***"
SECRET_VARIABLES = (
    "SPOTIPY_CLIENT_SECRET",
    "SPOTIFY_REFRESH_TOKEN",
    "PGPASSWORD",
    "LOGGING_PGPASSWORD",
    "NOTIFY_URL",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
# A password that is also one of these is no secret, and hiding it would hide the name.
NAMES = ("PGUSER", "PGHOST", "PGDATABASE", "LOGGING_PGUSER", "LOGGING_PGHOST", "LOGGING_PGDATABASE")
SHORTEST = 4  # characters; hiding shorter ones would hide everything else
PLACES = (
    re.compile(r"""(?i)(\bauthorization["']?\s*[:=]\s*["']?(?:basic|bearer)\s+)[^\s"',}]+"""),
    re.compile(
        r"""(?i)(\b(?:access_token|refresh_token|client_secret|password)["']?\s*[:=]\s*["']?"""
        r"""|["'&?]code["']?\s*[:=]\s*["']?)[^\s"',&}]+"""
    ),
    re.compile(r"(?i)(\bx-amz-(?:credential|security-token|signature)=)[^\s&\"']+"),
    re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"),
)

_told: set[str] = set()


def protect(secret: str) -> None:
    """Take this text for a secret from now on, such as a token that was just handed out."""
    _told.add(secret)


def redacted(text: str) -> str:
    """Return `text` with `***` in the place of every secret."""
    for form in sorted(_forms(_known()), key=len, reverse=True):
        text = text.replace(form, IN_ITS_PLACE)
    for place in PLACES:
        text = place.sub(rf"\1{IN_ITS_PLACE}", text)
    return text


def _known() -> Iterator[str]:
    names = {os.environ.get(name) for name in NAMES}
    values = (os.environ.get(variable, "").strip() for variable in SECRET_VARIABLES)
    for secret in (*_told, *HANDED_OUT, *values):
        if len(secret) >= SHORTEST and secret not in names:
            yield secret


def _forms(secrets: Iterable[str]) -> Iterator[str]:
    for secret in secrets:
        yield from {
            secret,
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
            repr(secret)[1:-1],
            quote(secret),
            quote(secret, safe=""),
            quote_plus(secret),
        }
