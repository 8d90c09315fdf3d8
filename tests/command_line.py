"""The real command line as a process, in a folder and an environment of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from waiting import PATIENCE

from sample_api import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SampleApi


@dataclass(frozen=True)
class Finished:
    """A command that ended.

    Attributes:
        code: its exit code.
        stdout: what it wrote to standard output.
        stderr: what it wrote to standard error.
    """

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both streams, for what must appear in neither."""
        return self.stdout + self.stderr

    @property
    def last_line(self) -> str:
        """The last line of standard error: the sentence of a command that failed."""
        return self.stderr.rstrip().rpartition("\n")[2]

    @property
    def words(self) -> str:
        """Both streams on one line, for sentences that wrap."""
        return " ".join(self.output.split())


class CommandLine:
    """Runs `spotify-elt` in one folder, again and again.

    Args:
        folder: the working folder; `pipeline.yml` and `.local` are there.
        parse_state: a folder where dbt keeps what it parsed, shared to save time.
    """

    program = (sys.executable, "-m", "spotify_elt")

    def __init__(self, folder: Path, parse_state: Path) -> None:
        self.folder = folder
        self.parse_state = parse_state

    def __call__(
        self,
        *arguments: str,
        database: Mapping[str, str] | None = None,
        api: SampleApi | None = None,
        user: bool = False,
        config: Mapping[str, Any] | str | None = None,
        environment: Mapping[str, str | None] | None = None,
    ) -> Finished:
        """Run one command.

        Args:
            arguments: of the command.
            database: the PG* variables.
            api: sets the addresses and the app's credentials.
            user: gives the refresh token too.
            config: what `pipeline.yml` holds from now on; text is written as it is.
            environment: variables on top of these; None takes one away.
        """
        if config is not None:
            text = config if isinstance(config, str) else yaml.safe_dump(dict(config))
            (self.folder / "pipeline.yml").write_text(text, encoding="utf-8")
        finished = subprocess.run(
            [*self.program, *arguments],
            cwd=self.folder,
            env=self._environment(database, api, environment or {}, user=user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        result = Finished(finished.returncode, finished.stdout, finished.stderr)
        assert "Traceback" not in result.output, result.output
        return result

    def start(
        self,
        *arguments: str,
        database: Mapping[str, str] | None = None,
        api: SampleApi | None = None,
        environment: Mapping[str, str | None] | None = None,
    ) -> subprocess.Popen[str]:
        """Start one command and return its process, to be answered, signalled or killed."""
        return subprocess.Popen(
            [*self.program, *arguments],
            cwd=self.folder,
            env=self._environment(database, api, environment or {}, user=False),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def _environment(
        self,
        database: Mapping[str, str] | None,
        api: SampleApi | None,
        changes: Mapping[str, str | None],
        *,
        user: bool,
    ) -> dict[str, str]:
        """Nothing of the developer's own: a PGPASSWORD or a proxy there must not decide a test."""
        variables: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "DBT_TARGET_PATH": str(self.parse_state),
            **(database or {}),
        }
        if api is not None:
            variables |= {
                "SPOTIPY_CLIENT_ID": CLIENT_ID,
                "SPOTIPY_CLIENT_SECRET": CLIENT_SECRET,
                "SPOTIFY_API_URL": api.api_url,
                "SPOTIFY_ACCOUNTS_URL": api.accounts_url,
            }
        if user:
            variables["SPOTIFY_REFRESH_TOKEN"] = REFRESH_TOKEN
        variables |= changes
        return {name: value for name, value in variables.items() if value is not None}
