"""What all measurements share: timed processes, a PostgreSQL of their own, the sample's API."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sample_api import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SampleApi
from spotify_elt.warehouse import database
from spotify_elt.warehouse.embedded import embedded_postgres

SPOTIFY_ELT = (sys.executable, "-m", "spotify_elt")


@dataclass(frozen=True)
class Timed:
    """A process that ended well.

    Attributes:
        seconds: from its start to its end.
        cpu: processor seconds, its own and those of processes that it waited for.
        peak: the memory of the largest of them, in MB.
        output: what it wrote to standard output.
    """

    seconds: float
    cpu: float
    peak: float
    output: str


def timed(
    command: Sequence[str], folder: Path | str = ".", environment: Mapping[str, str] | None = None
) -> Timed:
    """Run a command to its end.

    Raises:
        SystemExit: it failed; what it wrote is the message.
    """
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        written = output.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{written}")
    return Timed(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, written)


def median(measure: Callable[[], float], times: int) -> float:
    """Return the median of several measurements."""
    return statistics.median(measure() for _ in range(times))


@contextmanager
def postgres() -> Iterator[Path]:
    """Have an empty embedded PostgreSQL, named by the PG* variables; yields a scratch folder."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="spotify-elt-bench-") as folder:
        os.chdir(folder)
        try:
            with embedded_postgres():
                yield Path(folder)
        finally:
            os.chdir(home)


def new_database(name: str) -> dict[str, str]:
    """Create an empty database, and return all PG* variables for it."""
    with database.connected() as connection, connection.cursor() as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name}")
    known = {variable: value for variable, value in os.environ.items() if variable[:2] == "PG"}
    return {**known, "PGDATABASE": name}


def for_api(api: SampleApi) -> dict[str, str]:
    """Return the variables of a process that asks this API, by consent where the app needs one."""
    by_consent = {"SPOTIFY_REFRESH_TOKEN": REFRESH_TOKEN} if api.mode == "development" else {}
    return {
        "PATH": os.environ["PATH"],
        "SPOTIPY_CLIENT_ID": CLIENT_ID,
        "SPOTIPY_CLIENT_SECRET": CLIENT_SECRET,
        "SPOTIFY_API_URL": api.api_url,
        "SPOTIFY_ACCOUNTS_URL": api.accounts_url,
        **by_consent,
    }
