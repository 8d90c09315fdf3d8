"""How long dbt's models and tests take, by rows: after a full load, and when a part has changed.

`.venv/bin/python bench/builds.py [ROWS ...]`, for 10,000, 100,000 and 1,000,000 rows if not told:
about ten minutes, and 8 GB of disk, in an embedded PostgreSQL of its own.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass

import warehouse
from psycopg2.extensions import cursor

from spotify_elt.run.transform import Transformation
from spotify_elt.warehouse import database
from spotify_elt.warehouse.embedded import embedded_postgres

SIZES = (10_000, 100_000, 1_000_000)
DEAREST = 10
FORGET = "drop schema if exists {} cascade".format(
    ", ".join(f"spotify_{layer}" for layer in ("raw", "staging", "marts", "history"))
)


@dataclass(frozen=True)
class Build:
    """One build: its seconds from the run's word to dbt's answer, and those of each node."""

    seconds: float
    nodes: dict[str, float]

    def __str__(self) -> str:
        dearest = sorted(self.nodes.items(), key=lambda node: -node[1])[:DEAREST]
        told = [f"{seconds:8.2f} s  {name}" for name, seconds in dearest]
        return "\n".join([f"{self.seconds:.1f} s, {len(self.nodes)} nodes", *told])


def build() -> Build:
    """Build as a run does; parsing, which a run does while it waits for Spotify, is not counted.

    Raises:
        BuildError: a model or a test failed.
    """
    with Transformation("spotify") as transformation:
        transformation.parsed()
        start = time.perf_counter()
        transformation.build(lambda _: None)
        seconds = time.perf_counter() - start
        nodes = {one["node"]: one["seconds"] for one in transformation.results}
    return Build(seconds, nodes)


def measure(run: cursor, rows: int) -> tuple[Build, Build]:
    """Build after a full load of so many rows, and after 1 % of the playlists changed."""
    run.execute(FORGET)
    warehouse.fill(run, rows)
    full = build()
    warehouse.change(run, rows, day=1)
    return full, build()


def main(sizes: list[int]) -> None:
    """Measure each size, and print how long a build took and its dearest nodes."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with embedded_postgres(), database.connected() as connection:
            for rows in sizes:
                full, changed = measure(connection.cursor(), rows)
                print(f"{rows:,} rows, full load: {full}")
                print(f"{rows:,} rows, 1 % changed: {changed}", flush=True)


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or list(SIZES))
