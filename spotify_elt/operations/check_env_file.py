"""A `.env` held against its two readers: Amazon's ECS agent, and python-dotenv, which we use.

ECS hands every character behind the first `=` on as it stands; python-dotenv trims, and takes
quotes, `export`, comments, `${...}` and several lines for more than text. A file that both read
alike is one `KEY=VALUE` a line.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from loader.errors import SettingsError
from spotify_elt.console import counted
from spotify_elt.operations.findings import Findings

WRONG_SETTINGS = 2  # exit code
# The first that fits says why. Values are never shown.
REASONS = (
    (r"^\ufeff", "it begins with a byte order mark, which ECS makes a part of the name"),
    (r"^\s+\S", "it begins with a space: ECS makes that a part of the name"),
    (r"^export\s", "ECS takes `export` for a part of the name: leave it out"),
    (r"^[^=]*\s+=|^[^=]*=\s", "there is a space beside the `=`: ECS keeps it"),
    (r"^[^=]*=['\"]", "ECS makes quotes a part of the value: leave them out"),
    (r"^[^=]*=$", "ECS leaves out a variable without a value: give one, or delete the line"),
    (r"^[^=]*==", "ECS leaves out a variable whose value begins with `=`"),
    (r"\s#", "ECS makes a comment behind a value a part of it: give it a line of its own"),
    (r"\s$", "it ends with a space: ECS keeps it"),
    (r"\$\{", "python-dotenv puts another variable in the place of ${...}, ECS does not"),
    (r"\r", "there is a carriage return in it: only python-dotenv begins a new line there"),
    (r"^[^=]*$", "this is no KEY=VALUE line"),
    ("", "ECS and python-dotenv read it differently"),
)


def findings(path: Path) -> Findings:
    """Return a finding for each line that the two read differently; one that says all is well.

    Raises:
        SettingsError: the file cannot be read.
    """
    try:
        text = path.read_bytes().decode()  # with its line breaks as they are
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(f"{path} cannot be read: {reason}.") from error
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # our findings say it better
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    found = Findings()
    for number, line in enumerate(lines, start=1):
        if not line.startswith("#") and _by_ecs(line) != _by_dotenv(line):
            why = next(reason for pattern, reason in REASONS if re.search(pattern, line))
            found.add(f"{path}, line {number}", "problem", why, WRONG_SETTINGS)
    keys = Counter(line.partition("=")[0] for line in lines if "=" in line and line[0] != "#")
    for key, count in keys.items():
        if count > 1:
            found.add(str(path), "warning", f"{key} is there {count} times; the last one counts")
    if not found:
        told = f"{counted(len(keys), 'variables')}, the same for ECS and dotenv"
        found.add(str(path), "ok", told)
    return found


def _by_ecs(line: str) -> Mapping[str, str | None]:
    """Read a line as the ECS agent does (agent/taskresource/envFiles, parseEnvfileStream)."""
    name, equals, value = line.partition("=")
    return {name: value} if equals and name and value and value[0] != "=" else {}


def _by_dotenv(line: str) -> Mapping[str, str | None]:
    # A variable that would be put in is not known, so that a reference to one is a difference.
    return dotenv_values(stream=io.StringIO(line), interpolate=True)
