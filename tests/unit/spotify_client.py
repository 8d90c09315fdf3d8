"""The loader's client, pointed at a sample API and signed in."""

from datetime import timedelta

from loader.access import SpotifyAccess
from loader.client import Spotify
from sample_api import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SampleApi


def signed_in(
    api: SampleApi, *, user: bool = False, concurrency: int = 4, max_wait: float = 2
) -> Spotify:
    """Return a client of the app, or of its user."""
    spotify = Spotify(
        SpotifyAccess(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            refresh_token=REFRESH_TOKEN if user else None,
            redirect_uri="http://127.0.0.1:8888/callback",
            api_url=api.api_url,
            accounts_url=api.accounts_url,
        ),
        concurrency,
        timedelta(seconds=max_wait),
    )
    spotify.sign_in()
    return spotify
