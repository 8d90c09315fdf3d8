"""What a run would meet, told before it: settings, credentials, playlists, database, versions.

It writes nothing: no schema, no run log, no embedded database. (A refresh token that Spotify
replaces while it looks is kept all the same.) It asks Spotify for a token and for the head of
each playlist, and for nothing before the moment at which Spotify wants to be called again.
Run it alone: `spotify-elt check`.
"""

from functools import partial

from rich.console import Console

from loader.access import spotify_access
from spotify_elt import versions
from spotify_elt.console import counted
from spotify_elt.operations import check_database, check_spotify
from spotify_elt.operations.findings import Findings
from spotify_elt.settings import dotenv_file
from spotify_elt.settings.local_file import LocalFile
from spotify_elt.settings.pipeline_yml import pipeline_config


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
        found += check_spotify.findings(config, access)
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
