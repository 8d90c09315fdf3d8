"""Access tokens: in the app's own name, or in the name of the user who signed in."""

import requests
from spotipy.cache_handler import MemoryCacheHandler
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOAuth

from loader.settings import SpotifyAccess

SCOPES = "playlist-read-private playlist-read-collaborative"


class Tokens:
    """Fetches access tokens through spotipy, which is kept from files, prompts and browsers.

    Args:
        access: the credentials, and the address of the accounts service.
        session: sends the requests; spotipy's own would retry and wait by itself.
        timeout: seconds for a connection, and for each silence in an answer.
    """

    def __init__(self, access: SpotifyAccess, session: requests.Session, timeout: float) -> None:
        self._refresh_token = access.refresh_token
        self._app = SpotifyClientCredentials(
            access.client_id,
            access.client_secret,
            requests_session=session,
            requests_timeout=timeout,
            cache_handler=MemoryCacheHandler(),
        )
        self._user = SpotifyOAuth(
            access.client_id,
            access.client_secret,
            access.redirect_uri,
            scope=SCOPES,
            requests_session=session,
            requests_timeout=timeout,
            cache_handler=MemoryCacheHandler(),
            open_browser=False,
        )
        self._app.OAUTH_TOKEN_URL = self._user.OAUTH_TOKEN_URL = f"{access.accounts_url}/api/token"

    def fetch(self) -> str:
        """Ask for a new access token and return it.

        Raises:
            spotipy.oauth2.SpotifyOauthError: refused; the response says why.
            requests.RequestException: the accounts service cannot be reached.
        """
        if self._refresh_token is None:
            return str(self._app.get_access_token(as_dict=False, check_cache=False))
        token = self._user.refresh_access_token(self._refresh_token)
        # Spotify may hand out a new refresh token; the old one is then dead.
        self._refresh_token = token.get("refresh_token") or self._refresh_token
        return str(token["access_token"])
