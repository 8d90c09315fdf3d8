"""The settings in `pipeline.yml`; secrets and addresses are in the environment.

Those are read where they are used (`spotify.access`, `postgres.pg_settings`), under the names of
the tools they belong to. What is wrong is one `SettingsError` that names the key.
"""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.functional_validators import AfterValidator, BeforeValidator

from loader.errors import SettingsError, one_line
from loader.playlist_ids import playlist_id

LOFI_GIRLS_FAVORITE_PLAYLIST = "31FWVQBp3WQydWLNhO0ACi"
DURATION = re.compile(r"(\d{1,9})\s*([smhd])")
ADDRESS = re.compile(r"[a-z0-9]+://\S*", re.IGNORECASE)
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(value: object) -> object:
    """Return `90s`, `15m`, `20h` or `7d` as a timedelta; one that is a timedelta already, as it is.

    Raises:
        ValueError: it is no duration.
    """
    if isinstance(value, timedelta):
        return value
    found = DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is no duration: give a number and a unit, such as 90s or 20h")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def in_units(time: timedelta) -> str:
    """Return a duration as it is written in the settings: `90s`, `6h`."""
    for unit, name in reversed(UNITS.items()):
        if not time % timedelta(**{name: 1}):
            return f"{time // timedelta(**{name: 1})}{unit}"
    return f"{time.total_seconds():g}s"


def _no_schema_of_postgres(prefix: str) -> str:
    if prefix == "pg" or prefix.startswith("pg_"):
        raise ValueError("PostgreSQL keeps schemas that begin with pg_ for itself")
    return prefix


def _notice_address(url: SecretStr) -> SecretStr:
    """Look as closely as can be done without apprise, whose import takes a second."""
    address = url.get_secret_value()
    with suppress(ValueError):  # whose words would show the address
        parts = urlsplit(address)
        of_the_web = parts.scheme in {"http", "https"}
        if ADDRESS.fullmatch(address) and (parts.hostname or not of_the_web):
            return url
    raise ValueError(
        "give an address that starts with https:// (or http://), or with one of apprise's "
        "schemes, such as slack:// or mailto://"
    )


def _file(path: Path | Literal[False]) -> Path | Literal[False]:
    if path == Path():
        raise ValueError("give the path of a file, or false for none")
    return path


Duration = Annotated[timedelta, BeforeValidator(duration), Field(le=timedelta(days=3650))]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
PlaylistId = Annotated[str, AfterValidator(playlist_id)]
EachOnce = AfterValidator(lambda ids: list(dict.fromkeys(ids)))
Playlists = Annotated[list[PlaylistId], Field(min_length=1), EachOnce]
LoadMethod = Literal["upsert", "overwrite", "insert"]


class PipelineConfig(BaseModel):
    """The keys of `pipeline.yml`; the file itself explains each of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name = "spotify"
    playlists: Playlists = [LOFI_GIRLS_FAVORITE_PLAYLIST]
    playlists_file: str | None = None
    load_method: LoadMethod = "upsert"
    max_age: Duration = timedelta(hours=20)
    entity_max_age: Duration = timedelta(days=7)
    market: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    concurrency: int = Field(default=8, ge=1, le=64, strict=True)
    max_wait: Duration = timedelta(seconds=60)
    max_runtime: Duration = Field(default=timedelta(hours=6), gt=timedelta())
    schema_prefix: Annotated[Name, AfterValidator(_no_schema_of_postgres)] = "spotify"
    report: Annotated[Path | Literal[False], AfterValidator(_file)] = Path("report/index.html")
    notify_url: Annotated[SecretStr, AfterValidator(_notice_address)] | None = None
    retention_days: int | None = Field(default=None, ge=1, le=3650, strict=True)


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


def playlist_ids(named: Sequence[str]) -> list[str]:
    """Return the ids of the playlists that a user named on the command line, each once.

    Raises:
        SettingsError: one of them is no playlist.
    """
    return validated({"playlists": named}, "arguments").playlists
