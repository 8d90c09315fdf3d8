"""dbt's part of the sequence, and dbt by hand, with the settings and the database of the run.

`python -m spotify_elt.run.transform` parses the dbt project ahead of the first run.
"""

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from loader.errors import one_line
from spotify_elt import versions
from spotify_elt.errors import BuildError
from spotify_elt.warehouse import database

dbt_log = logging.getLogger("dbt")

PROJECT = Path(__file__).resolve().parents[2] / "dbt_spotify"
# dbt's parse state, made when the package is installed: parsing anew takes two seconds more.
PARSED_AHEAD = PROJECT / "target"
ARTEFACTS = ("manifest.json", "run_results.json")
PARSE_STATE = "partial_parse.msgpack"
PROJECT_FILES = (".sql", ".yml", ".md")
FAILURES_TOLD = 3
LEVELS = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
DBT_BY_HAND = """
import signal
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
from dbt.cli.main import cli
cli(prog_name="spotify-elt dbt --")
"""


def _folders() -> dict[str, str]:
    """Where dbt may write; its own variables say so, or it is under `.local/dbt`."""
    local = Path(".local/dbt").absolute()
    return {
        "DBT_TARGET_PATH": os.environ.get("DBT_TARGET_PATH", str(local / "target")),
        "DBT_LOG_PATH": os.environ.get("DBT_LOG_PATH", str(local / "logs")),
    }


def _where(schema_prefix: str) -> list[str]:
    variables = json.dumps({"schema_prefix": schema_prefix})
    folder = str(PROJECT)
    return ["--project-dir", folder, "--profiles-dir", folder, "--vars", variables]


def run_dbt(arguments: list[str], schema_prefix: str) -> int:
    """Run dbt with `arguments` as typed by the user, and return its exit code.

    It has a process of its own, because it handles signals and closed pipes in its own way.
    """
    colors = {} if sys.stdout.isatty() else {"DBT_USE_COLORS": "false"}
    database.renew_password()
    command = [sys.executable, "-c", DBT_BY_HAND, *arguments, *_where(schema_prefix)]
    with subprocess.Popen(command, env={**os.environ, **_folders(), **colors}) as process:
        try:
            return _exit_code(process.wait())
        except BaseException:
            process.terminate()
            raise


def _exit_code(returned: int) -> int:
    """Return what a shell would say of a process that ended by itself or by a signal."""
    return 128 - returned if returned < 0 else returned


class Transformation:
    """The dbt build of one run: begins to parse at once, builds when told.

    Args:
        schema_prefix: the schemas are `<schema_prefix>_staging`, `_marts`, ...
        target_path: where dbt writes what it makes, if not where its variables say.

    Attributes:
        results: what became of each node, when all was built or failed.
    """

    def __init__(self, schema_prefix: str, target_path: Path | None = None) -> None:
        self.results: list[dict[str, Any]] = []
        folders = _folders()
        # Apart from dbt by hand, which has another target and would undo the saved parse state.
        self._target = target_path or Path(folders["DBT_TARGET_PATH"]) / "candidate"
        quiet = ["--log-level", "none", "--no-use-colors", "--target", "candidate"]
        if not (self._target / PARSE_STATE).exists() and Path(PARSED_AHEAD, PARSE_STATE).exists():
            quiet += ["--partial-parse-file-path", str(PARSED_AHEAD / PARSE_STATE)]
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - till __exit__
        self._process = subprocess.Popen(
            [sys.executable, "-m", "spotify_elt.run.dbt_process", *quiet, *_where(schema_prefix)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,  # a pipe that nobody reads would fill up
            text=True,
            env={**os.environ, **folders, "DBT_TARGET_PATH": str(self._target)},
        )

    @property
    def version(self) -> str:
        """A digest of the dbt project: what is built with another one is built anew."""
        digest = hashlib.sha256(versions.OWN.encode())
        for path in sorted(PROJECT.rglob("*")):
            if path.suffix in PROJECT_FILES and PARSED_AHEAD not in path.parents:
                digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    @property
    def artefacts(self) -> list[Path]:
        """What dbt wrote about the build; nothing where none was made."""
        written = [self._target / name for name in ARTEFACTS]
        return [path for path in written if path.exists()] if self.results else []

    def parsed(self) -> bool:
        """Wait until dbt has parsed the project, and say whether it could."""
        return bool(json.loads(self._stream("stdout").readline() or "{}").get("parsed"))

    def build(self, on_node: Callable[[int], None]) -> None:
        """Build and test all models, and publish the marts if all is well.

        Args:
            on_node: called for each node that is done, with the number of all.

        Raises:
            BuildError: a model or a test failed; the last good marts stand.
        """
        # It was started with a password that may no longer open connections.
        database.renew_password()
        word = {"build": {"PGPASSWORD": os.environ.get("PGPASSWORD", "")}}
        # Where it ended early, its last answer says why.
        with suppress(BrokenPipeError):
            self._stream("stdin").write(f"{json.dumps(word)}\n")
            self._stream("stdin").flush()
        last: dict[str, Any] = {}
        nodes = 0
        for line in self._stream("stdout"):
            last = json.loads(line)
            nodes = last.get("nodes", nodes)
            if "node" in last:
                on_node(nodes)
            if "line" in last:
                dbt_log.log(LEVELS[last["level"]], "%s", last["line"])
            if "done" in last:
                break  # its process takes a moment to end, which nobody need wait for
        self.results = last.get("results", [])
        if not last.get("done"):
            raise BuildError(self._explained(last))

    def _explained(self, last: dict[str, Any]) -> str:
        failures = last.get("failures", [])
        told = "; ".join(failures[:FAILURES_TOLD])
        if "done" not in last:
            self._errors.seek(0)
            told = one_line(self._errors.read())[-500:] or "its process ended"
        more = len(failures) - FAILURES_TOLD
        rest = f" (and {more} more)" if more > 0 else ""
        return (
            f"dbt failed, so the last good answers stand: {told}{rest}. "
            "The rejected tables are in the schema that ends in _marts_candidate."
        )

    def _stream(self, name: str) -> Any:
        return getattr(self._process, name)


def parse_ahead() -> bool:
    """Parse the project now, so that the first run need not; `make install` and the image do so."""
    with Transformation("spotify", PARSED_AHEAD) as transformation:
        return transformation.parsed()


if __name__ == "__main__":
    sys.exit(0 if parse_ahead() else 1)
