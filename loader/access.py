"""Who asks Spotify, and where: from the environment, under the names that spotipy has for it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from loader.errors import SettingsError

# The tokens that Spotify has given to this process: secrets, for whoever writes logs to take out.
HANDED_OUT: set[str] = set()


@dataclass(frozen=True)
class SpotifyAccess:
    """Where Spotify is and who asks.

    Attributes:
        client_id: the app's id.
        client_secret: the app's secret.
        refresh_token: a user's consent; without it the app asks in its own name.
        redirect_uri: the address registered for the consent.
        api_url: base of the Web API, without a slash at the end.
        accounts_url: base of the accounts service, whose token endpoint is `/api/token`.
        consent_date: when the user consented (UTC); None where it is not known.
    """

    client_id: str
    client_secret: str
    refresh_token: str | None
    redirect_uri: str
    api_url: str
    accounts_url: str
    consent_date: date | None = None


def spotify_access(environment: Mapping[str, str] = os.environ) -> SpotifyAccess:
    """Read the Spotify credentials and addresses.

    Raises:
        SettingsError: the app's id or secret is missing, an address or a date is none.
    """
    names = ("SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET")
    missing = [name for name in names if not environment.get(name, "").strip()]
    if missing:
        raise SettingsError(
            f"No Spotify credentials: set {' and '.join(missing)} in the environment or in .env "
            "(copy .env.example), or run `make run` without a .env to see the bundled sample."
        )
    return SpotifyAccess(
        client_id=environment["SPOTIPY_CLIENT_ID"].strip(),
        client_secret=environment["SPOTIPY_CLIENT_SECRET"].strip(),
        refresh_token=environment.get("SPOTIFY_REFRESH_TOKEN", "").strip() or None,
        redirect_uri=environment.get("SPOTIPY_REDIRECT_URI") or "http://127.0.0.1:8888/callback",
        api_url=_url(environment, "SPOTIFY_API_URL", "https://api.spotify.com/v1"),
        accounts_url=_url(environment, "SPOTIFY_ACCOUNTS_URL", "https://accounts.spotify.com"),
        consent_date=_consent_date(environment),
    )


def _consent_date(environment: Mapping[str, str]) -> date | None:
    text = environment.get("SPOTIFY_CONSENT_DATE", "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            "SPOTIFY_CONSENT_DATE must be a day such as 2026-11-22: the one on which "
            "`spotify-elt login` was run."
        ) from error
    if day > datetime.now(UTC).date() + timedelta(days=1):  # a day ahead of UTC is a time zone
        raise SettingsError(f"SPOTIFY_CONSENT_DATE is {text}, which is yet to come.")
    return day


def _url(environment: Mapping[str, str], name: str, default: str) -> str:
    url = (environment.get(name) or default).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"{name} must start with https:// (or http:// on your own machine).")
    return url
