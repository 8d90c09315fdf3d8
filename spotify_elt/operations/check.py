"""What a run would meet, told before it: settings, credentials, playlists, database, versions.

It writes nothing: no schema, no run log, no embedded database. (A refresh token that Spotify
replaces while it looks is kept all the same.) It asks Spotify for a token and for the head of
each playlist, and for nothing before the moment at which Spotify wants to be called again.
Run it alone: `spotify-elt check`.
"""

from datetime import datetime

from rich.console import Console

from loader.access import SpotifyAccess, spotify_access
from loader.errors import SettingsError
from spotify_elt import versions
from spotify_elt.console import counted
from spotify_elt.operations import check_database, check_spotify
from spotify_elt.operations.findings import Finding, exit_code, print_findings
from spotify_elt.settings import dotenv_file
from spotify_elt.settings import pipeline_yml as settings
from spotify_elt.settings.local_file import LocalFile
from spotify_elt.settings.pipeline_yml import PipelineConfig


def check(screen: Console) -> int:
    """Print a table of everything that was found, good or bad, and return the exit code."""
    config, settings_found = _settings()
    access, credentials_missing = _credentials()
    database_found, not_before = check_database.findings(config, access)
    findings = [
        settings_found,
        *_env_file(),
        *(credentials_missing or _spotify(config, access, not_before)),
        *database_found,
        _versions(),
    ]
    print_findings(screen, findings)
    code = exit_code(findings)
    if code == 0:
        screen.print("Ready for `spotify-elt run`.")
    return code


def _settings() -> tuple[PipelineConfig | None, Finding]:
    try:
        config = settings.pipeline_config()
    except SettingsError as error:
        return None, Finding("Settings", "problem", str(error), error.exit_code)
    count = counted(len(config.playlists), "playlists")
    detail = f"{count}, load method {config.load_method}"
    return config, Finding("Settings", "ok", detail)


def _env_file() -> list[Finding]:
    """Return a warning where others may read the secrets; `ENV_FILE` was refused before."""
    where = dotenv_file.place()
    exposed = where.exposed if isinstance(where, LocalFile) else None
    return [Finding("Secrets", "warning", exposed)] if exposed else []


def _credentials() -> tuple[SpotifyAccess | None, list[Finding]]:
    """Return who asks Spotify; or, where that is not set, a finding that says what to set."""
    try:
        return spotify_access(), []
    except SettingsError as error:
        return None, [Finding("Credentials", "problem", str(error), error.exit_code)]


def _spotify(
    config: PipelineConfig | None, access: SpotifyAccess | None, not_before: datetime | None
) -> list[Finding]:
    if access is None or config is None:
        return [Finding("Spotify", "not asked", "the settings must be right first")]
    if not_before is not None:
        detail = f"it asked not to be called before {not_before:%Y-%m-%d %H:%M:%S} UTC"
        return [Finding("Spotify", "not asked", f"{detail}; come back then", exit_code=75)]
    return check_spotify.findings(config, access)


def _versions() -> Finding:
    found = versions.installed()
    detail = ", ".join(f"{package} {number}" for package, number in found.items() if number)
    missing = [package for package, number in found.items() if number is None]
    if missing:
        missed = f"not installed: {', '.join(missing)}; {detail}"
        return Finding("Versions", "problem", missed, exit_code=1)
    return Finding("Versions", "ok", detail)
