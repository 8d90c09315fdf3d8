"""How long dbt's models and tests take, by rows: after a full load, and when a part has changed.

Playlists of 100 rows, each item 1.2 kB of JSON; parsing, which a run does while it waits for
Spotify, is not counted.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg2.extensions import cursor

from bench import warehouse
from bench.measure import postgres
from spotify_elt.run.transform import Transformation
from spotify_elt.warehouse import database

SIZES = (10_000, 100_000, 1_000_000)
DEAREST = 4
COLUMNS = ("rows", "after a full load, s", "after 1 % changed, s", "dearest nodes of the former, s")
FORGET = "drop schema if exists {} cascade".format(
    ", ".join(f"spotify_{layer}" for layer in ("raw", "staging", "marts", "history"))
)


@dataclass(frozen=True)
class Build:
    """One build: its seconds from the run's word to dbt's answer, and those of each node."""

    seconds: float
    nodes: dict[str, float]

    @property
    def dearest(self) -> str:
        """The nodes that took longest, each with its seconds."""
        nodes = sorted(self.nodes.items(), key=lambda node: -node[1])[:DEAREST]
        return ", ".join(f"{name.split('.')[2]} {seconds:.1f}" for name, seconds in nodes)


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


def table() -> Iterator[list[object]]:
    """Measure each size; yields its figures, and the dearest nodes after a full load."""
    with postgres(), database.connected() as connection:
        for rows in SIZES:
            full, changed = measure(connection.cursor(), rows)
            yield [rows, full.seconds, changed.seconds, full.dearest]
