"""What a run would meet, told before it: settings, credentials, playlists, database, versions.

It writes nothing: no schema, no run log, no embedded database. (A refresh token that Spotify
replaces while it looks is kept all the same.) It asks Spotify for a token and for the head of
each playlist, and for nothing before the moment at which Spotify wants to be called again.
Run it alone: `spotify-elt check`.
"""

import json
from collections.abc import Mapping
from functools import partial

from rich.console import Console

from loader import consent
from loader.access import SpotifyAccess, spotify_access
from loader.client import Spotify
from loader.errors import ComeBackLaterError, PipelineError, WithheldError
from loader.reading import PlaylistReader, Reading
from loader.references import References
from loader.spool import Spool
from spotify_elt import versions
from spotify_elt.console import counted
from spotify_elt.operations import check_database
from spotify_elt.operations.findings import Findings
from spotify_elt.settings import dotenv_file
from spotify_elt.settings.local_file import LocalFile
from spotify_elt.settings.pipeline_yml import PipelineConfig, pipeline_config

NONE_READABLE, SOME_UNREADABLE = 1, 3  # exit codes

WHAT_IS_SENT = {
    "extended": "extended: Spotify sends every field, so nothing will be NULL for want of it",
    "development": (
        "development: track_popularity, album_popularity, artist_popularity, artist_followers and "
        "album_label will be NULL, and the top artists are ranked by their tracks in the playlist"
    ),
    "unknown": "unknown: no track could be read",
}


def check(screen: Console) -> int:
    """Print a table of everything that was found, good or bad, and return the exit code."""
    found = Findings()
    config = found.attempt("Settings", pipeline_config)
    if config:
        count = counted(len(config.playlists), "playlists")
        found.add("Settings", "ok", f"{count}, load method {config.load_method}")
    where = dotenv_file.place()  # the one that `ENV_FILE` names was refused before
    if isinstance(where, LocalFile) and where.exposed:
        found.add("Secrets", "warning", where.exposed)
    access = found.attempt("Credentials", spotify_access)
    look_at_database = partial(check_database.look, found, config, access)
    not_before = found.attempt("Database", look_at_database)
    if access and not config:
        found.add("Spotify", "not asked", "the settings must be right first")
    elif not_before:
        detail = f"it asked not to be called before {not_before:%Y-%m-%d %H:%M:%S} UTC"
        found.add("Spotify", "not asked", f"{detail}; come back then", exit_code=75)
    elif access and config:
        _look_at_spotify(found, config, access)
    _add_versions(found)
    code = found.print(screen)
    if code == 0:
        screen.print("Ready for `spotify-elt run`.")
    return code


def _add_versions(found: Findings) -> None:
    installed = versions.installed()
    detail = ", ".join(f"{package} {number}" for package, number in installed.items() if number)
    if missing := [package for package, number in installed.items() if number is None]:
        detail = f"not installed: {', '.join(missing)}; {detail}"
        found.add("Versions", "problem", detail, exit_code=1)
    else:
        found.add("Versions", "ok", detail)


def _look_at_spotify(found: Findings, config: PipelineConfig, access: SpotifyAccess) -> None:
    """Sign in, ask for the head of each playlist, and add all that was found."""
    keep = dotenv_file.keep_refresh_token
    spotify = Spotify(access, config.concurrency, config.max_wait, keep, config.market)
    try:
        spotify.sign_in()
    except PipelineError as error:
        found.add("Credentials", "problem", str(error), error.exit_code)
        found.add("Playlists", "not asked", "the credentials must be accepted first")
        return
    _add_credentials(found, access)
    references = References()
    heads = dict(PlaylistReader(spotify, Spool()).heads(config.playlists))
    for head in heads.values():
        if isinstance(head, Reading) and references.access_mode is None:
            for row in head.rows():
                references.add(row)
    # Only Development Mode sends a playlist without its contents.
    withheld = any(isinstance(head, WithheldError) for head in heads.values())
    mode = references.access_mode or ("development" if withheld else "unknown")
    found.add("Access mode", "not asked" if mode == "unknown" else "ok", WHAT_IS_SENT[mode])
    _add_playlists(found, heads)


def _add_playlists(found: Findings, heads: Mapping[str, Reading | PipelineError]) -> None:
    refused = [not isinstance(head, Reading | ComeBackLaterError) for head in heads.values()]
    unreadable = NONE_READABLE if all(refused) else SOME_UNREADABLE
    first_of: dict[str, str] = {}  # those of which the same is told, by that
    for playlist_id, head in heads.items():
        subject = f"Playlist {playlist_id}"
        if isinstance(head, Reading):
            name = json.loads(head.payload).get("name") or "without a name"
            found.add(subject, "ok", f"{name} ({counted(head.total, 'rows')})")
        elif isinstance(head, ComeBackLaterError):
            found.add(subject, "not asked", str(head), head.exit_code)
        else:
            first = first_of.setdefault(str(head).replace(playlist_id, ""), playlist_id)
            detail = str(head) if first == playlist_id else f"the same as for playlist {first}"
            found.add(subject, "problem", detail, unreadable)


def _add_credentials(found: Findings, access: SpotifyAccess) -> None:
    if access.refresh_token is None:
        found.add("Credentials", "ok", "accepted, in the app's own name")
    elif ending := consent.warning(access):
        found.add("Credentials", "warning", f"accepted, with a user's consent. {ending}")
    else:
        ends = "its end is unknown, as SPOTIFY_CONSENT_DATE is not set"
        if access.consent_date is not None:
            ends = f"it lasts until {consent.end_of(access.consent_date)}"
        found.add("Credentials", "ok", f"accepted, with a user's consent: {ends}")
