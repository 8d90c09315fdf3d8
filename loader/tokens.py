"""Tokens: in the app's own name, or in the name of the user who signed in.

This is the one place that calls Spotify's accounts service. It retries nothing: that is up to the
one who asks.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOAuth

from loader.access import HANDED_OUT, SpotifyAccess
from loader.consent import OnRefreshToken, not_kept
from loader.refusals import ConsentEndedError, FaultError, judged_token_answer, unreachable

# spotipy logs tokens at DEBUG, and at ERROR every refusal that is handled by us.
logging.getLogger("spotipy").setLevel(logging.CRITICAL)

TIMEOUT = 20.0  # seconds for a connection, and for each silence in an answer
SCOPES = "playlist-read-private playlist-read-collaborative"


class Tokens:
    """Fetches access tokens through spotipy, which is kept from files, prompts and browsers.

    Args:
        access: the credentials, and the address of the accounts service.
        on_refresh_token: called where Spotify replaces the refresh token, to keep the new one.
    """

    def __init__(self, access: SpotifyAccess, on_refresh_token: OnRefreshToken = not_kept) -> None:
        self._on_refresh_token = on_refresh_token
        self._refresh_token = access.refresh_token
        self._consent_date = access.consent_date
        session = requests.Session()  # spotipy's own would retry and wait by itself
        session.hooks["response"].append(self._refuse_errors)
        quietly: dict[str, Any] = {
            "requests_session": session,
            "requests_timeout": TIMEOUT,
            "cache_handler": MemoryCacheHandler(),
        }
        app = (access.client_id, access.client_secret)
        self._app = SpotifyClientCredentials(*app, **quietly)
        self._user = SpotifyOAuth(
            *app,
            access.redirect_uri,
            scope=SCOPES,
            open_browser=False,
            show_dialog=True,  # so that the user says yes, and the six months begin, each time
            **quietly,
        )
        self._user.OAUTH_AUTHORIZE_URL = f"{access.accounts_url}/authorize"
        self._app.OAUTH_TOKEN_URL = self._user.OAUTH_TOKEN_URL = f"{access.accounts_url}/api/token"

    def fetch(self) -> str:
        """Ask for a new access token and return it.

        Raises:
            RefusedError: the credentials or the user's consent are not accepted.
            RateLimitedError: a 429.
            FaultError: no usable answer, which may pass.
        """
        old, new = self._refresh_token, None
        with _readable():
            if old is None:
                token = str(self._app.get_access_token(as_dict=False, check_cache=False))
            else:
                answer = self._user.refresh_access_token(old)
                token, new = str(answer["access_token"]), answer["refresh_token"]
        HANDED_OUT.add(token)
        # Spotify may hand out a new refresh token; the old one is then dead.
        if old and new and new != old:
            HANDED_OUT.add(new)
            self._on_refresh_token(old, new)
            self._refresh_token = new
        return token

    def consent_url(self, state: str) -> str:
        """Return the address at which a user consents; `state` comes back with the answer."""
        return str(self._user.get_authorize_url(state))

    def exchange(self, code: str) -> str:
        """Turn the code that a consent ends with into a refresh token, and return that.

        Raises:
            RefusedError: the credentials are not accepted.
            RateLimitedError: a 429.
            FaultError: no usable answer; the code may be used up or not.
        """
        try:
            with _readable():
                self._user.get_access_token(code, as_dict=False, check_cache=False)
                token = self._user.cache_handler.get_cached_token()["refresh_token"]
                if not isinstance(token, str) or not token:
                    raise ValueError("no refresh token")
        except ConsentEndedError as error:
            raise FaultError("Spotify did not accept the answer of this sign-in") from error
        HANDED_OUT.add(token)
        return token

    def _refuse_errors(self, response: requests.Response, *_: Any, **__: Any) -> None:
        if not response.ok:
            raise judged_token_answer(response, self._consent_date)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except requests.RequestException as error:
        raise unreachable(error) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise FaultError("The answer of Spotify's accounts service was not readable") from error
