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
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOAuth, SpotifyOauthError

from loader.access import HANDED_OUT, SpotifyAccess
from loader.consent import OnRefreshToken, not_kept
from loader.refusals import FaultError, judged_token_answer, unreachable

# spotipy logs tokens at DEBUG, and at ERROR every refusal that is handled by us.
logging.getLogger("spotipy").setLevel(logging.CRITICAL)

TIMEOUT = 20.0  # seconds for a connection, and for each silence in an answer
SCOPES = "playlist-read-private playlist-read-collaborative"


class Tokens:
    """Fetches access tokens through spotipy, which is kept from files, prompts and browsers.

    Args:
        access: the credentials, and the address of the accounts service.
        session: sends the requests; spotipy's own would retry and wait by itself.
        on_refresh_token: called where Spotify replaces the refresh token, to keep the new one.
    """

    def __init__(
        self,
        access: SpotifyAccess,
        session: requests.Session,
        on_refresh_token: OnRefreshToken = not_kept,
    ) -> None:
        self._on_refresh_token = on_refresh_token
        self._refresh_token = access.refresh_token
        self._consent_date = access.consent_date
        self._response = requests.Response()
        session.hooks["response"].append(self._remember)
        self._app = SpotifyClientCredentials(
            access.client_id,
            access.client_secret,
            requests_session=session,
            requests_timeout=TIMEOUT,
            cache_handler=MemoryCacheHandler(),
        )
        self._user = SpotifyOAuth(
            access.client_id,
            access.client_secret,
            access.redirect_uri,
            scope=SCOPES,
            requests_session=session,
            requests_timeout=TIMEOUT,
            cache_handler=MemoryCacheHandler(),
            open_browser=False,
            show_dialog=True,  # so that the user says yes, and the six months begin, each time
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
        with self._judged():
            if self._refresh_token is None:
                access_token = str(self._app.get_access_token(as_dict=False, check_cache=False))
                rotated = None
            else:
                token = self._user.refresh_access_token(self._refresh_token)
                access_token, rotated = str(token["access_token"]), token.get("refresh_token")
        HANDED_OUT.add(access_token)
        # Spotify may hand out a new refresh token; the old one is then dead.
        if self._refresh_token and rotated and rotated != self._refresh_token:
            HANDED_OUT.add(rotated)
            self._on_refresh_token(self._refresh_token, rotated)
            self._refresh_token = rotated
        return access_token

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
        with self._judged(invalid_grant="Spotify did not accept the answer of this sign-in"):
            self._user.get_access_token(code, as_dict=False, check_cache=False)
            token = self._user.cache_handler.get_cached_token()["refresh_token"]
            if not isinstance(token, str) or not token:
                raise ValueError("no refresh token")
            HANDED_OUT.add(token)
            return token

    @contextmanager
    def _judged(self, invalid_grant: str | None = None) -> Iterator[None]:
        try:
            yield
        except SpotifyOauthError as error:
            if invalid_grant and error.error == "invalid_grant":
                raise FaultError(invalid_grant) from error
            raise judged_token_answer(self._response, self._consent_date) from error
        except requests.RequestException as error:
            raise unreachable(error) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise FaultError("The answer of Spotify's accounts service was not readable") from error

    def _remember(self, response: requests.Response, *_: Any, **__: Any) -> None:
        self._response = response
