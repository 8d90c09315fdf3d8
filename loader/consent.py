"""A user's consent: how long it lasts, and what to say when it ends.

A refresh token dies six months after the user said yes, whatever it is used for. When that was is
in `SPOTIFY_CONSENT_DATE`, which `spotify-elt login` writes beside the token.
"""

import calendar
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from loader.access import SpotifyAccess

log = logging.getLogger(__name__)

OnRefreshToken = Callable[[str, str], None]  # given the old token and the new one
LASTS = 6  # months
WARN_BEFORE = timedelta(days=30)


def end_of(consent_date: date) -> date:
    """Return the day on which a consent of that day ends."""
    years, month = divmod(consent_date.month - 1 + LASTS, 12)
    year = consent_date.year + years
    last_day = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(consent_date.day, last_day))


def today() -> date:
    """Return the day in UTC, which consents are counted by."""
    return datetime.now(UTC).date()


def warning(access: SpotifyAccess) -> str | None:
    """Return the sentence that says when consent ends, from 30 days before; None until then."""
    if access.refresh_token is None or access.consent_date is None:
        return None
    end = end_of(access.consent_date)
    if today() < end - WARN_BEFORE:
        return None
    ends = "ends on" if today() < end else "was to end on"
    return (
        f"The consent behind SPOTIFY_REFRESH_TOKEN {ends} {end}, six months after it was given: "
        "run `spotify-elt login` again."
    )


def why_refused(consent_date: date | None) -> str:
    """Return the sentence for a refresh token that Spotify refused as `invalid_grant`."""
    if consent_date is None:
        cause = "the user's consent ended (it lasts six months) or was taken back"
    elif today() < end_of(consent_date):
        cause = (
            f"the user's consent was taken back (its six months last until {end_of(consent_date)})"
        )
    else:
        cause = f"the six months of the user's consent ended on {end_of(consent_date)}"
    return (
        f"Spotify no longer accepts SPOTIFY_REFRESH_TOKEN (invalid_grant): {cause}. Sign in again "
        "with `spotify-elt login`."
    )


def not_kept(old: str, new: str) -> None:  # noqa: ARG001 - the form of OnRefreshToken
    """Warn that a refresh token was replaced, where nobody keeps the new one."""
    log.warning(
        "Spotify handed out a new refresh token, which cannot be kept where the old one came "
        "from: the next run may be refused. Run `spotify-elt login` again."
    )
