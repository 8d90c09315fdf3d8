"""One-time consent in the browser (authorization code flow), answered to a server of our own.

    browser -> <accounts>/authorize -> the user says yes -> SPOTIPY_REDIRECT_URI?code=...&state=...

The server listens on exactly the address of `SPOTIPY_REDIRECT_URI`, on this machine alone, for a
few minutes. The refresh token goes to `.env`, or to standard output for a secret store, and
nowhere else. Run it alone: `spotify-elt login`.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import SplitResult

import click

from loader import consent
from loader.access import SpotifyAccess
from loader.errors import ComeBackLaterError, PipelineError, RefusedError, SettingsError
from loader.refusals import FaultError, RateLimitedError
from loader.tokens import Tokens
from spotify_elt.operations.consent_server import address_of, consent_code
from spotify_elt.settings import dotenv_file

PATIENCE = 300.0  # seconds in which the user says yes in the browser
_tell = partial(click.echo, err=True)  # standard output is for the token alone


def login(access: SpotifyAccess, *, printed: bool) -> None:
    """Have the user sign in, and keep the refresh token in `.env` or print it alone.

    Args:
        access: the app's credentials, the address of the accounts service, the redirect URI.
        printed: write it to standard output, and nothing else there, instead of to `.env`.

    Raises:
        SettingsError: the redirect URI or the credentials are wrong, or the user said no.
        PipelineError: nobody answered in time, or Spotify did not.
    """
    address = address_of(access.redirect_uri)
    if not printed:
        dotenv_file.place().refuse_unless_writable()
    token = _refresh_token(access, address)
    day = consent.today()
    if printed:
        click.echo(token)
        _tell(f"Signed in. Keep the consent's day beside the token: SPOTIFY_CONSENT_DATE={day}")
    else:
        _keep({"SPOTIFY_REFRESH_TOKEN": token, "SPOTIFY_CONSENT_DATE": str(day)})
    _tell(f"The consent lasts six months, until {consent.end_of(day)}.")


def _keep(values: dict[str, str]) -> None:
    elsewhere = {name: os.environ[name] for name in values if name in os.environ}
    overruled = [name for name, it in elsewhere.items() if it != dotenv_file.value_of(name)]
    dotenv_file.write(values)
    kept_in = dotenv_file.place()
    _tell(f"Signed in: the refresh token is in {kept_in}.")
    if overruled:
        _tell(f"But {' and '.join(overruled)} in the environment overrules {kept_in}: unset it.")


def _refresh_token(access: SpotifyAccess, address: SplitResult) -> str:
    tokens = Tokens(replace(access, refresh_token=None))
    state = secrets.token_urlsafe(24)
    url = tokens.consent_url(state)

    def invite() -> None:
        with _told_plainly():
            tokens.fetch()  # in the app's own name: a wrong id would only be told in the browser
        _tell("Sign in to Spotify and agree, in the browser that opens or at this address:")
        _tell(f"\n{url}\n")
        _tell(f"(Spotify must know {access.redirect_uri}: add it on your app's page there.)")
        _open_browser(url)

    code = consent_code(address, state, invite, PATIENCE)
    with _told_plainly():
        return tokens.exchange(code)


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        raise SettingsError(str(error)) from error
    except RateLimitedError as error:
        wait = error.wait or timedelta(minutes=1)
        raise ComeBackLaterError(
            datetime.now(UTC) + wait, "Spotify's rate limit is reached"
        ) from error
    except FaultError as error:
        raise PipelineError(f"{error}: run `spotify-elt login` again.") from error


def _open_browser(url: str) -> None:
    """Open the browser, if there is one; in a process of its own, as some talk and some block."""
    subprocess.Popen(
        [sys.executable, "-m", "webbrowser", url],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
