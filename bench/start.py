"""What a run pays before it does anything: imports, dbt's parse, the embedded PostgreSQL."""

import os
import sys
import time
from collections.abc import Iterator

from bench.measure import SPOTIFY_ELT, median, postgres, timed
from spotify_elt.run.transform import Transformation
from spotify_elt.warehouse import database

COLUMNS = ("what", "seconds")
PYTHON = (sys.executable, "-c")
PROCESSES = {
    "Python alone": [*PYTHON, "pass"],
    "the command line, `--help`": [*SPOTIFY_ELT, "--help"],
    "imports of a run (dlt, spotipy, psycopg2)": [*PYTHON, "import spotify_elt.run.sequence"],
    "import of dbt, in its own process": [*PYTHON, "import dbt.cli.main"],
}


def table(times: int = 5) -> Iterator[tuple[str, float]]:
    """Yield what was started, and the median of its seconds."""
    for name, command in PROCESSES.items():
        yield name, median(lambda command=command: timed(command).seconds, times)  # type: ignore[misc]
    with postgres():
        os.environ["DBT_TARGET_PATH"] = "target"
        yield "dbt, imported and parsed (as left by an earlier run)", median(_parsed, times)
        yield "a connection to PostgreSQL", median(_connected, times)
    yield "the embedded PostgreSQL, made and started", median(_embedded, times)


def _parsed() -> float:
    began = time.perf_counter()
    with Transformation("spotify") as dbt:
        dbt.parsed()
        return time.perf_counter() - began


def _connected() -> float:
    began = time.perf_counter()
    with database.connected():
        return time.perf_counter() - began


def _embedded() -> float:
    began = time.perf_counter()
    with postgres():
        return time.perf_counter() - began
