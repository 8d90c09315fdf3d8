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
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from loader.errors import one_line
from spotify_elt import versions
from spotify_elt.errors import BuildError
from spotify_elt.run import artefacts
from spotify_elt.warehouse import database, pg_settings

dbt_log = logging.getLogger("dbt")

PROJECT = Path(__file__).resolve().parents[2] / "dbt_spotify"
# dbt's parse state, made for the tests and in the image: parsing anew takes two seconds more.
PARSED_AHEAD = PROJECT / "target"
PARSE_STATE = "partial_parse.msgpack"
# Parsing connects to nothing, but dbt discards its saved parse state when the profile has changed.
# With these values instead of the real ones it is valid for every database, and can be made before
# there is one.
ANY_DATABASE = {"PGHOST": "localhost", "PGUSER": "nobody", "PGDATABASE": "parsed_for_any"}
PROJECT_FILES = (".sql", ".yml", ".md")
ARTEFACTS = ("manifest.json", "run_results.json")
GOOD = ("success", "pass", "warn", "no-op", "skipped")
FAILURES_TOLD = 3
LEVELS = {"info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
DBT_BY_HAND = """
import signal
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
from dbt.cli.main import cli
cli(prog_name="spotify-elt dbt --")
"""


def _environment() -> dict[str, str]:
    """The variables for dbt: where it may write they say, or it is under `.local/dbt`."""
    local = Path(".local/dbt").absolute()
    folders = {"DBT_TARGET_PATH": f"{local}/target", "DBT_LOG_PATH": f"{local}/logs"}
    return {**folders, **os.environ}


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
    code = subprocess.run(command, env={**_environment(), **colors}, check=False).returncode
    return 128 - code if code < 0 else code  # as a shell says that a signal ended it


class Transformation:
    """dbt for one command: parses once it is started, builds and runs operations when told.

    Args:
        schema_prefix: the schemas are `<schema_prefix>_staging`, `_marts`, ...
        target_path: where dbt writes what it makes, if not where its variables say.

    Attributes:
        results: what became of each node, when all was built or failed.
    """

    def __init__(self, schema_prefix: str, target_path: Path | None = None) -> None:
        self.results: list[dict[str, Any]] = []
        # Apart from dbt by hand, which has another target and would undo the saved parse state.
        self._target = target_path or Path(_environment()["DBT_TARGET_PATH"]) / "candidate"
        self._where = _where(schema_prefix)
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - till __exit__
        self._process: Any = None

    def start(self) -> None:
        """Have dbt's process begin to parse, if it has not yet."""
        if self._process is not None:
            return
        options = ["--log-level", "none", "--no-use-colors", "--target", "candidate", *self._where]
        if not (self._target / PARSE_STATE).exists() and Path(PARSED_AHEAD, PARSE_STATE).exists():
            options += ["--partial-parse-file-path", str(PARSED_AHEAD / PARSE_STATE)]
        environment = {**_environment(), "DBT_TARGET_PATH": str(self._target)}
        for name in pg_settings.NAMES:
            environment.pop(name, None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "spotify_elt.run.dbt_process", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,  # a pipe that nobody reads would fill up
            text=True,
            env={**environment, **ANY_DATABASE},
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
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._errors.close()

    @property
    def artefacts(self) -> list[Path]:
        """What dbt wrote about the build; nothing where none was made."""
        written = [self._target / name for name in ARTEFACTS]
        return [path for path in written if path.exists()] if self.results else []

    def parsed(self) -> bool:
        """Have dbt parse the project, and say whether it could."""
        self.start()
        return "parsed" in json.loads(self._process.stdout.readline() or "{}")

    def build(self, on_node: Callable[[int], None]) -> None:
        """Build and test all models, and publish the marts if all is well.

        Args:
            on_node: called for each node that is done, with the number of all.

        Raises:
            BuildError: a model or a test failed; the last good marts stand.
        """
        # Half a second of a run goes into files that are for those who keep them.
        kept = [] if artefacts.address() else ["--no-write-json"]
        nodes = 0
        try:
            for answer in self._answers("build", "--exclude-resource-type", "unit_test", *kept):
                nodes = answer.get("nodes", nodes)
                self.results = answer.get("results", self.results)
                if "node" in answer:
                    on_node(nodes)
        except BuildError as error:
            raise BuildError(
                f"dbt failed, so the last good answers stand: {self._failures() or error}. "
                "The rejected tables are in the schema that ends in _marts_candidate."
            ) from error

    @contextmanager
    def operation(self, macro: str, arguments: Mapping[str, object]) -> Iterator[Any]:
        """Run a macro that prints JSON before it commits; yield that, and then let it commit.

        Where the block is left by an error it never commits.

        Raises:
            BuildError: the macro failed.
        """
        named = ("run-operation", macro, "--args", json.dumps(arguments))
        answers = self._answers(*named, "--no-write-json")  # which would keep the arguments
        yield next(json.loads(answer["printed"]) for answer in answers if "printed" in answer)
        self._tell()
        deque(answers, maxlen=0)

    def _answers(self, *command: str) -> Iterator[dict[str, Any]]:
        """Have dbt run a command, and yield what its process answers until that is done."""
        self.start()
        # A password may open connections for minutes only.
        database.renew_password()
        known = {name: os.environ[name] for name in pg_settings.NAMES if name in os.environ}
        self._tell(command=command, environment=known)
        for line in self._process.stdout:
            answer = json.loads(line)
            if "line" in answer:
                dbt_log.log(LEVELS[answer["level"]], "%s", answer["line"])
            if "failed" in answer:
                raise BuildError(answer["failed"])
            yield answer
            if "done" in answer:
                return
        self._errors.seek(0)
        raise BuildError(one_line(self._errors.read())[-500:] or "its process ended")

    def _tell(self, **word: object) -> None:
        with suppress(BrokenPipeError):  # its last answer says why it ended early
            print(json.dumps(word), file=self._process.stdin, flush=True)

    def _failures(self) -> str:
        """Say which nodes failed and why; of many, only the first."""
        told = [
            f"{one['node'].split('.')[2]}: {one_line(one['message'] or one['status'])}"
            for one in self.results
            if one["status"] not in GOOD
        ]
        more = f" (and {len(told) - FAILURES_TOLD} more)" if len(told) > FAILURES_TOLD else ""
        return "; ".join(told[:FAILURES_TOLD]) + more


if __name__ == "__main__":
    with Transformation("spotify", PARSED_AHEAD) as ahead:
        sys.exit(0 if ahead.parsed() else 1)
