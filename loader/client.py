"""The one place that calls Spotify: spotipy, with its measured traps closed.

spotipy sleeps up to 18 hours by itself on a rate limit, loses the header that says how long,
returns None for an unreadable body and lets other exceptions through. So it is given a session
that retries nothing and judges every answer by its own status, before spotipy sees it: a fault is
tried again with jitter, a rate limit pauses all workers alike, an expired token is renewed once, a
refusal is left to the caller.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import requests
import spotipy
from requests.adapters import HTTPAdapter
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from loader.access import SpotifyAccess
from loader.consent import OnRefreshToken, not_kept
from loader.errors import RefusedError, SettingsError
from loader.pause import Pause
from loader.refusals import (
    FaultError,
    RateLimitedError,
    TokenExpiredError,
    refuse_errors,
    unreachable,
)
from loader.tokens import TIMEOUT, Tokens

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")

TRIES = 5  # of one request against faults: some ten seconds in all, then it is an outage
RATE_LIMITED_TRIES = 5  # of one request that is told to wait again and again


class Spotify:
    """A client for the Web API; its methods may be called from several threads.

    Args:
        access: addresses and credentials.
        concurrency: how many requests may be under way at once.
        max_wait: the longest single wait for a rate limit.
        on_refresh_token: called where Spotify replaces the refresh token, to keep the new one.
        market: the country (ISO 3166-1 alpha-2) as seen from which playlists and albums are read.

    Attributes:
        concurrency: the same.
        for_user: a user has consented, and it asks on that user's behalf.
        requests_made: how many requests were sent so far, tokens and retries included.
        retries: how many requests were repeated after a fault.
    """

    def __init__(
        self,
        access: SpotifyAccess,
        concurrency: int,
        max_wait: timedelta,
        on_refresh_token: OnRefreshToken = not_kept,
        market: str | None = None,
    ) -> None:
        self.concurrency = concurrency
        self.for_user = access.refresh_token is not None
        self.requests_made = self.retries = 0
        self._market = market
        self._counting = threading.Lock()
        self._pause = Pause(max_wait)
        self._signing_in = threading.Lock()
        self._under_way = threading.BoundedSemaphore(concurrency)
        session = requests.Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(pool_maxsize=concurrency))
        self._tokens = Tokens(access, on_refresh_token)
        self._token = ""
        session.hooks["response"].append(refuse_errors)
        self._spotipy = spotipy.Spotify(requests_session=session, requests_timeout=TIMEOUT)
        self._spotipy.prefix = f"{access.api_url}/"
        self._retrying = Retrying(
            retry=retry_if_exception_type(FaultError),
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(multiplier=0.5, max=8),
            before_sleep=self._note_retry,
            reraise=True,
        )

    @property
    def seconds_waited(self) -> float:
        """How long Spotify made all workers pause."""
        return self._pause.seconds_waited

    def sign_in(self) -> None:
        """Fetch the access token, so that wrong credentials are told before anything else.

        Raises:
            SettingsError: the credentials or the consent were refused.
            ComeBackLaterError: a rate limit longer than `max_wait`.
            SpotifyError: the accounts service does not answer.
        """
        self._renew(expired=self._token)

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        """Answer `GET <api_url>/<path>` as parsed JSON.

        Raises:
            RefusedError: a 4xx that repeating cannot change.
            ComeBackLaterError: a rate limit or quota longer than `max_wait`.
            SettingsError: the credentials are not accepted any more.
            SpotifyError: no usable answer after retries.
        """
        if not self._token:
            self._renew(expired="")
        if self._market and not path.startswith("artists"):  # who are the same everywhere
            params["market"] = self._market
        token, ask = self._token, partial(self._ask, path, params)
        try:
            return self._answer(ask)
        except TokenExpiredError:
            self._renew(expired=token)
            return self._answer(ask)

    def _renew(self, expired: str) -> None:
        with self._signing_in:
            if self._token != expired:
                return  # another worker was faster
            try:
                self._token = self._answer(self._tokens.fetch)
            except RefusedError as error:
                raise SettingsError(str(error)) from error
            self._spotipy.set_auth(self._token)

    def _answer(self, ask: Callable[[], Answer]) -> Answer:
        """Ask, again after a fault, and again after a rate limit that is short enough."""
        for tries in range(RATE_LIMITED_TRIES):
            self._pause.wait()
            try:
                return self._retrying(partial(self._counted, ask))
            except RateLimitedError as limit:
                if limit.quota_exceeded:
                    wait = limit.wait or timedelta(days=1)
                    self._pause.stop(wait, "Spotify's daily quota is used up")
                growing = min(timedelta(seconds=2**tries), self._pause.max_wait)
                self._pause.extend(limit.wait or growing, "Spotify's rate limit is reached")
        return self._pause.stop(timedelta(hours=1), "Spotify's rate limit does not end")

    def _counted(self, ask: Callable[[], Answer]) -> Answer:
        with self._under_way:
            with self._counting:
                self.requests_made += 1
            return ask()

    def _ask(self, path: str, params: dict[str, str | int]) -> dict[str, Any]:
        try:
            answer = self._spotipy._get(path, **params)  # noqa: SLF001 - it takes any path
        except requests.RequestException as error:
            raise unreachable(error) from error
        if not isinstance(answer, dict):  # None where the body was empty or no JSON
            raise FaultError(f"Spotify's answer to {path} was not readable")
        return answer

    def _note_retry(self, state: RetryCallState) -> None:
        with self._counting:
            self.retries += 1
        log.info("Trying again: %s", state.outcome.exception() if state.outcome else "no answer")
