"""The `.env`: read before anything else, changed in place, only the lines of the named variables.

It is the one that `ENV_FILE` names, as a path or as `s3://bucket/key`, or else the one in the
working folder, if any. What the environment says itself goes before.
"""

import io
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values, load_dotenv
from dotenv.parser import parse_stream

from loader.consent import not_kept
from loader.errors import SettingsError
from spotify_elt.settings.local_file import LocalFile
from spotify_elt.settings.s3_object import S3Object

log = logging.getLogger(__name__)

DOTENV = Path(".env")
# What may stand before a line's variable and behind its value, and stays.
ASSIGNMENT = re.compile(r"(\s*(?:export[^\S\r\n]+)?).*?([\r\n]*)", re.DOTALL)


def place() -> LocalFile | S3Object:
    """Return where the `.env` is; as a string it is its name for a sentence.

    Raises:
        SettingsError: `ENV_FILE` is neither a path nor an address in S3.
    """
    named = os.environ.get("ENV_FILE")
    if not named:
        return LocalFile(DOTENV, named=False)
    if found := S3Object.at(named):
        return found
    if "://" in named or named.startswith("arn:"):
        raise SettingsError(f"ENV_FILE is {named}: give s3://bucket/key, or a path.")
    return LocalFile(Path(named).expanduser(), named=True)


def load() -> None:
    """Fill in from `.env` what the environment does not say.

    Raises:
        SettingsError: it cannot be read, or a line of it is no `KEY=VALUE`.
    """
    where = place()
    text = _text(where)
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or "\0" in binding.original.string:
            line = binding.original.line
            raise SettingsError(f"{where}, line {line}: this is no KEY=VALUE line.")
        if binding.key == "ENV_FILE" and binding.value:
            raise SettingsError(
                f"{where} names an ENV_FILE, which is read in its place: set it in the environment."
            )
    load_dotenv(stream=io.StringIO(text))


def value_of(name: str) -> str | None:
    """Return what `.env` says of a variable; None where it says nothing.

    Raises:
        SettingsError: it cannot be read.
    """
    return dotenv_values(stream=io.StringIO(_text(place()))).get(name)


def write(values: Mapping[str, str]) -> None:
    """Set variables in `.env`: existing lines are replaced in their place, others go to the end.

    Args:
        values: by the variable's name; written without quotes, as Docker and ECS read them.

    Raises:
        SettingsError: a value needs quotes, or S3 refuses; it is as it was.
        OSError: the file cannot be written; it is as it was.
    """
    where = place()
    new = _changed(where.read().decode("utf-8", "surrogateescape"), values)
    read_back = dotenv_values(stream=io.StringIO(new), interpolate=True)
    for name, value in values.items():
        if read_back.get(name) != value:
            raise SettingsError(f"The new value of {name} cannot be written to {where} as it is.")
    where.replace(new.encode("utf-8", "surrogateescape"))


def keep_refresh_token(old: str, new: str) -> None:
    """Keep a refresh token that Spotify handed out in place of `old`, where `old` stands in `.env`.

    Anywhere else, such as a secret store, it is out of our reach, and a warning says so.
    """
    try:
        if value_of("SPOTIFY_REFRESH_TOKEN") == old:
            write({"SPOTIFY_REFRESH_TOKEN": new})
            log.info("Spotify handed out a new refresh token, kept in %s.", place())
            return
    except (OSError, SettingsError) as error:
        log.warning("The new refresh token could not be kept: %s", error)
    not_kept(old, new)


def _text(where: LocalFile | S3Object) -> str:
    try:
        return where.read().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{where} cannot be read ({error}): it must be a UTF-8 text file of yours."
        ) from error


def _changed(text: str, values: Mapping[str, str]) -> str:
    lines, missing = [], dict(values)
    for binding in parse_stream(io.StringIO(text, newline="")):
        line, name = binding.original.string, binding.key or ""
        if name in values and (found := ASSIGNMENT.fullmatch(line)):
            line = f"{found[1]}{name}={values[name]}{found[2]}"
            missing.pop(name, None)
        lines.append(line)
    if missing and lines and not lines[-1].endswith(("\n", "\r")):
        lines.append("\n")
    return "".join([*lines, *(f"{name}={value}\n" for name, value in missing.items())])
