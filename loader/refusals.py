"""What an answer of Spotify's that is no answer means, judged by its status and its body.

Source: `{"error": {"status": N, "message": "...", "reason": "..."?}}` from the Web API,
`{"error": "invalid_grant", "error_description": "..."}` from the accounts service; but also plain
text, HTML, lists, nothing.
"""

from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from loader import consent
from loader.errors import RefusedError, SpotifyError, one_line, printable

LONGEST_MESSAGE = 200  # characters of Spotify's own words in our sentences


class FaultError(SpotifyError):
    """A fault that may pass: a 5xx, a timeout, a reset, an unreadable body."""


class TokenExpiredError(RefusedError):
    """A 401 that a new access token may cure."""


class ConsentEndedError(RefusedError):
    """The user's consent, or the answer to a request for one, is not valid any more."""


class RateLimitedError(SpotifyError):
    """A 429.

    Attributes:
        wait: how long Spotify says to wait; None where it does not say.
        quota_exceeded: the daily quota of the developer account is used up.
    """

    def __init__(self, wait: timedelta | None, *, quota_exceeded: bool) -> None:
        super().__init__("Spotify answered 429 Too Many Requests")
        self.wait = wait
        self.quota_exceeded = quota_exceeded


def refuse_errors(response: requests.Response, *_: Any, **__: Any) -> None:
    """Raise what an error status stands for; a hook of a session for the Web API.

    Raises:
        SpotifyError: see `judged`.
    """
    if not response.ok:
        raise judged(response)


def judged(response: requests.Response) -> SpotifyError:
    """Return the error that an answer of the Web API with an error status stands for."""
    status = response.status_code
    error = _body(response).get("error")
    detail = error if isinstance(error, dict) else {}
    message = _message(detail.get("message"), response)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        quota_exceeded = detail.get("reason") == "QUOTA_EXCEEDED"
        return RateLimitedError(_retry_after(response), quota_exceeded=quota_exceeded)
    if status == HTTPStatus.UNAUTHORIZED and "user authentication" not in message.lower():
        return TokenExpiredError(status, f"{status} {message}")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return FaultError(f"Spotify answered {status} {message}")
    return RefusedError(status, f"{status} {message}")


def judged_token_answer(
    response: requests.Response, consent_date: date | None = None
) -> SpotifyError:
    """Return the error that an answer of the accounts service with an error status stands for."""
    code = _body(response).get("error")
    if code == "invalid_grant":
        return ConsentEndedError(response.status_code, consent.why_refused(consent_date))
    error = judged(response)
    if isinstance(error, RefusedError):
        return RefusedError(
            response.status_code,
            f"Spotify refused the credentials ({_spoken(code) or error}): check "
            "SPOTIPY_CLIENT_ID and SPOTIPY_CLIENT_SECRET against your app's page in Spotify's "
            "developer dashboard.",
        )
    return error


def unreachable(error: requests.RequestException) -> FaultError:
    """Return the fault that no answer, or a part of one, stands for."""
    url = error.request.url if error.request is not None else None
    where = f" at {urlsplit(url).netloc}" if url else ""
    return FaultError(
        f"Spotify{where} cannot be reached or broke off ({type(error).__name__}): check the "
        "network, and SPOTIFY_API_URL and SPOTIFY_ACCOUNTS_URL if you set them"
    )


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _message(told: object, response: requests.Response) -> str:
    """Spotify's own words on one line, also where they are plain text; else HTTP's."""
    if not isinstance(told, str) and "html" not in response.headers.get("Content-Type", ""):
        told = response.text if not response.text.lstrip().startswith(("{", "[", "<")) else ""
    return _spoken(told) or response.reason or "without an explanation"


def _spoken(told: object) -> str:
    """Return text as one that a terminal and the run log can hold; nothing for what is no text."""
    return one_line(printable(told))[:LONGEST_MESSAGE] if isinstance(told, str) else ""


def _retry_after(response: requests.Response) -> timedelta | None:
    value = response.headers.get("Retry-After", "").strip()
    try:
        return timedelta(seconds=max(float(value), 0))
    except (ValueError, OverflowError):
        pass
    try:
        return max(parsedate_to_datetime(value) - datetime.now(UTC), timedelta())
    except (ValueError, TypeError):
        return None
