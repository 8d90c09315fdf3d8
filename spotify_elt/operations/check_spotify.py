"""Spotify as a check sees it: who may sign in, what will be sent, which playlists may be read."""

import json

from loader import consent
from loader.access import SpotifyAccess
from loader.client import Spotify
from loader.errors import ComeBackLaterError, PipelineError, WithheldError
from loader.reading import PlaylistReader, Reading
from loader.references import References
from loader.spool import Spool
from spotify_elt.console import counted
from spotify_elt.operations.findings import Finding, State
from spotify_elt.settings import dotenv_file
from spotify_elt.settings.pipeline_yml import PipelineConfig

NONE_READABLE, SOME_UNREADABLE = 1, 3  # exit codes

WHAT_IS_SENT = {
    "extended": "extended: Spotify sends every field, so nothing will be NULL for want of it",
    "development": (
        "development: track_popularity, album_popularity, artist_popularity, artist_followers and "
        "album_label will be NULL, and the top artists are ranked by their tracks in the playlist"
    ),
    "unknown": "unknown: no track could be read",
}


def findings(config: PipelineConfig, access: SpotifyAccess) -> list[Finding]:
    """Sign in, ask for the head of each playlist, and return all that was found."""
    keep = dotenv_file.keep_refresh_token
    spotify = Spotify(access, config.concurrency, config.max_wait, keep)
    try:
        spotify.sign_in()
    except PipelineError as error:
        return [
            Finding("Credentials", "problem", str(error), error.exit_code),
            Finding("Playlists", "not asked", "the credentials must be accepted first"),
        ]
    mode, playlists = _playlists(config, spotify)
    known: State = "not asked" if mode == "unknown" else "ok"
    return [_credentials(access), Finding("Access mode", known, WHAT_IS_SENT[mode]), *playlists]


def _credentials(access: SpotifyAccess) -> Finding:
    if access.refresh_token is None:
        return Finding("Credentials", "ok", "accepted, in the app's own name")
    if ending := consent.warning(access):
        return Finding("Credentials", "warning", f"accepted, with a user's consent. {ending}")
    ends = "its end is unknown, as SPOTIFY_CONSENT_DATE is not set"
    if access.consent_date is not None:
        ends = f"it lasts until {consent.end_of(access.consent_date)}"
    return Finding("Credentials", "ok", f"accepted, with a user's consent: {ends}")


def _playlists(config: PipelineConfig, spotify: Spotify) -> tuple[str, list[Finding]]:
    """Return the access mode that the answers tell, and a finding for each playlist."""
    references, found, withheld = References(), [], False
    reader = PlaylistReader(spotify, Spool())
    for playlist_id, head in reader.heads(config.playlists):
        withheld |= isinstance(head, WithheldError)
        if isinstance(head, Reading) and references.access_mode is None:
            for row in head.rows():
                references.add(row)
        found.append(_playlist(f"Playlist {playlist_id}", head))
    if all(finding.state == "problem" for finding in found):
        found = [Finding(each.subject, "problem", each.detail, NONE_READABLE) for each in found]
    # Only Development Mode sends a playlist without its contents.
    return references.access_mode or ("development" if withheld else "unknown"), found


def _playlist(subject: str, head: Reading | PipelineError) -> Finding:
    if isinstance(head, Reading):
        name = json.loads(head.payload).get("name") or "without a name"
        return Finding(subject, "ok", f"{name} ({counted(head.total, 'rows')})")
    if isinstance(head, ComeBackLaterError):
        return Finding(subject, "not asked", str(head), head.exit_code)
    return Finding(subject, "problem", str(head), SOME_UNREADABLE)
