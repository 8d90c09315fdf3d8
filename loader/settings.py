"""Settings: secrets and addresses from the environment, the rest from `pipeline.yml`.

The names of the environment variables are those of the tools that use them (spotipy, libpq); a
`.env` has filled in some of them before (`dotenv_file`). Whatever is wrong is one `SettingsError`
that names the variable or the key.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from loader.errors import SettingsError, one_line

LOFI_GIRLS_FAVORITE_PLAYLIST = "31FWVQBp3WQydWLNhO0ACi"
PLAYLIST_ID = re.compile(
    r"^(?:spotify:(?:user:[^:]+:)?playlist:"
    r"|(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?(?:embed/)?(?:user/[^/]+/)?playlist/)?"
    r"(?P<id>[0-9A-Za-z]{22})/?(?:[?#].*)?$"
)
DURATION = re.compile(r"^(?P<number>\d+)\s*(?P<unit>[smhd])$")
LONGEST_DURATION = timedelta(days=3650)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def playlist_id(text: str) -> str:
    """Return the 22-character id in a playlist's id, URI or URL.

    Raises:
        ValueError: it is none of the three.
    """
    found = PLAYLIST_ID.match(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} is no playlist: give its 22-character id, its URI "
            "(spotify:playlist:...) or its URL (https://open.spotify.com/playlist/...)"
        )
    return found["id"]


def duration(value: object) -> object:
    """Return `90s`, `15m`, `20h` or `7d` as a timedelta; one that is a timedelta already, as it is.

    Raises:
        ValueError: it is no duration.
    """
    if isinstance(value, timedelta):
        return value
    found = DURATION.match(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is no duration: give a number and a unit, such as 90s or 20h")
    number = int(found["number"])
    if number > LONGEST_DURATION // timedelta(**{UNITS[found["unit"]]: 1}):
        raise ValueError(f"{value!r} is longer than ten years")
    return timedelta(**{UNITS[found["unit"]]: number})


def in_units(time: timedelta) -> str:
    """Return a duration as it is written in the settings: `90s`, `6h`."""
    for unit, name in reversed(UNITS.items()):
        if not time % timedelta(**{name: 1}):
            return f"{time // timedelta(**{name: 1})}{unit}"
    return f"{time.total_seconds():g}s"


def _longer_than_nothing(time: timedelta) -> timedelta:
    if not time:
        raise ValueError("no time at all is too little: leave the key out for the default")
    return time


def _no_schema_of_postgres(prefix: str) -> str:
    if prefix == "pg" or prefix.startswith("pg_"):
        raise ValueError("PostgreSQL keeps schemas that begin with pg_ for itself")
    return prefix


def _web_address(url: SecretStr) -> SecretStr:
    address = urlsplit(url.get_secret_value())
    spaced = any(character.isspace() for character in url.get_secret_value())
    if address.scheme not in {"http", "https"} or not address.hostname or spaced:
        raise ValueError("give an address that starts with https:// (or http://)")
    return url


def _file(path: Path | Literal[False]) -> Path | Literal[False]:
    if path == Path():
        raise ValueError("give the path of a file, or false for none")
    return path


def _without_repeats(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


Duration = Annotated[timedelta, BeforeValidator(duration)]
PlaylistId = Annotated[str, AfterValidator(playlist_id)]
LoadMethod = Literal["upsert", "overwrite", "insert"]


class PipelineConfig(BaseModel):
    """The keys of `pipeline.yml`; the file itself explains each of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(default="spotify", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    playlists: Annotated[list[PlaylistId], AfterValidator(_without_repeats)] = Field(
        default=[LOFI_GIRLS_FAVORITE_PLAYLIST], min_length=1
    )
    playlists_file: str | None = None
    load_method: LoadMethod = "upsert"
    max_age: Duration = timedelta(hours=20)
    entity_max_age: Duration = timedelta(days=7)
    concurrency: int = Field(default=8, ge=1, le=64, strict=True)
    max_wait: Duration = timedelta(seconds=60)
    max_runtime: Annotated[Duration, AfterValidator(_longer_than_nothing)] = timedelta(hours=6)
    schema_prefix: Annotated[str, AfterValidator(_no_schema_of_postgres)] = Field(
        default="spotify", pattern=r"^[a-z][a-z0-9_]{0,39}$"
    )
    report: Annotated[Path | Literal[False], AfterValidator(_file)] = Path("report/index.html")
    notify_url: Annotated[SecretStr, AfterValidator(_web_address)] | None = None
    retention_days: int | None = Field(default=None, ge=1, le=3650, strict=True)


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


def pipeline_config(environment: Mapping[str, str] = os.environ) -> PipelineConfig:
    """Read and validate `pipeline.yml`, or the file that `PIPELINE_CONFIG` names.

    Returns:
        The settings; the defaults where there is no `pipeline.yml` and none was named. The
        variable `NOTIFY_URL` goes before the key `notify_url`.

    Raises:
        SettingsError: the file is missing, is no YAML, or has an unknown key or a bad value.
    """
    named = environment.get("PIPELINE_CONFIG")
    path = Path(named or "pipeline.yml")
    notice = {"notify_url": url} if (url := environment.get("NOTIFY_URL", "").strip()) else {}
    alone = validated(notice, "NOTIFY_URL")
    if not named and not path.exists():
        return alone
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"Cannot read {path}: {error.strerror}.") from error
    except yaml.MarkedYAMLError as error:  # whose own text quotes the line, which may be a secret
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}, line {line} is no valid YAML: {error.problem}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is no valid YAML: {one_line(error)}.") from error
    if content is not None and not isinstance(content, dict):
        raise SettingsError(f"{path} must hold `key: value` lines.")
    return validated({**_with_playlists_file(content or {}, path), **notice}, str(path))


def _with_playlists_file(content: dict[str, object], config: Path) -> dict[str, object]:
    """Add the playlists in `playlists_file`, one a line, to those in the settings themselves."""
    name, listed = content.get("playlists_file"), content.get("playlists", [])
    if not isinstance(name, str) or not isinstance(listed, list):
        return content  # to be refused, or nothing to add
    path = config.parent / name
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config}: cannot read playlists_file {path} ({error}).") from error
    stripped = (line.split(" #")[0].strip() for line in lines)
    named = [line for line in stripped if line and not line.startswith("#")]
    return {**content, "playlists": [*listed, *named]}


def validated(content: Mapping[str, object], origin: str) -> PipelineConfig:
    """Return the settings in `content`, or say in one line what is wrong with the first bad one.

    Raises:
        SettingsError: an unknown key or a bad value; `origin` says where it stands.
    """
    try:
        return PipelineConfig.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(PipelineConfig.model_fields)
            raise SettingsError(f"{origin}: unknown key {key}; known are {known}.") from error
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{origin}: {key}: {reason}.") from error


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
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise SettingsError(
            "SPOTIFY_CONSENT_DATE must be a day such as 2026-11-22: the one on which "
            "`spotify-elt login` was run."
        ) from error
    if day > datetime.now(UTC) + timedelta(days=1):  # a day ahead of UTC is a time zone
        raise SettingsError(f"SPOTIFY_CONSENT_DATE is {text}, which is yet to come.")
    return day.date()


def _url(environment: Mapping[str, str], name: str, default: str) -> str:
    url = (environment.get(name) or default).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise SettingsError(f"{name} must start with https:// (or http:// on your own machine).")
    return url
