"""The `.env` of the working folder, changed in place: only the lines of the named variables.

It is replaced all at once, so a crash leaves the old file or the new one, and may be read by its
owner alone. Where `.env` is a symlink, the file that it points to is replaced.
"""

import io
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from loader.errors import SettingsError

DOTENV = Path(".env")


def value_of(name: str) -> str | None:
    """Return what `.env` says of a variable; None where it says nothing."""
    return dotenv_values(DOTENV).get(name)


def refuse_unless_writable() -> None:
    """Make sure that `.env` can be written, before something is asked for that must be kept.

    Raises:
        SettingsError: its folder is read only, or it is no file.
    """
    target = Path(os.path.realpath(DOTENV))
    is_file = target.is_file() or not target.exists()
    if not is_file or not os.access(target.parent, os.W_OK | os.X_OK):
        raise SettingsError(
            f"{target} cannot be written: run `spotify-elt login` in a folder of your own, or with "
            "--print for a secret store."
        )


def write(values: Mapping[str, str]) -> None:
    """Set variables in `.env`: existing lines are replaced in their place, others go to the end.

    Args:
        values: by the variable's name; written without quotes, as Docker and ECS read them.

    Raises:
        SettingsError: a value needs quotes.
        OSError: the file cannot be written; it is as it was.
    """
    target = Path(os.path.realpath(DOTENV))
    try:
        old = target.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        old = ""
    new = _changed(old, values)
    read_back = dotenv_values(stream=io.StringIO(new), interpolate=True)
    for name, value in values.items():
        if read_back.get(name) != value:
            raise SettingsError(f"The new value of {name} cannot be written to .env as it is.")
    _replace(target, new.encode("utf-8", "surrogateescape"))


def _changed(text: str, values: Mapping[str, str]) -> str:
    lines, missing = [], dict(values)
    for binding in parse_stream(io.StringIO(text, newline="")):
        line = binding.original.string
        if binding.key is not None and binding.key in values:
            before = re.match(r"\s*(?:export[^\S\r\n]+)?", line)
            line_break = line[len(line.rstrip("\r\n")) :]
            line = f"{before[0] if before else ''}{binding.key}={values[binding.key]}{line_break}"
            missing.pop(binding.key, None)
        lines.append(line)
    changed = "".join(lines)
    if missing and changed and not changed.endswith(("\n", "\r")):
        changed += "\n"
    return changed + "".join(f"{name}={value}\n" for name, value in missing.items())


def _replace(target: Path, content: bytes) -> None:
    # Readable by its owner alone from the first byte on: mkstemp gives 0600.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".env.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        with suppress(OSError, AttributeError):  # a new file, not ours to give, or Windows
            owned = target.stat()
            os.chown(name, owned.st_uid, owned.st_gid)
        os.replace(name, target)  # noqa: PTH105 - one word with the line above
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
