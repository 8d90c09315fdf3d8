"""How fast playlists are loaded, against plain `COPY` of the same bytes into tables of one shape.

Rows of 1.2 kB in playlists of 100. Everything of a run takes part but Spotify and dbt: rows are
invented in the place of answers, and go their way through the source, dlt and PostgreSQL, merged
into empty tables. Each size is loaded by a process of its own, whose peak memory counts.
"""

import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self

from bench.measure import postgres, timed
from loader.earlier_loads import EarlierLoads
from loader.entities import Entities, Entity, Kind
from loader.extraction import Extraction
from loader.outcome import Outcome
from loader.reading import Reading
from spotify_elt.warehouse import database
from spotify_elt.warehouse.load import TABLES, Warehouse

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = (
    *("rows", "seconds", "rows/s", "COPY seconds", "ratio to COPY"),
    *("loader CPU s", "server CPU s", "loader MB", "server MB", "disk MB"),
)
SIZES = (10_000, 100_000, 1_000_000)
ROWS_IN_PLAYLIST = 100
ROWS_PER_ARTIST, ROWS_PER_ALBUM = 20, 10
SAMPLED_EVERY = 0.1  # seconds
RAW, COPIED = "spotify_raw", "copied"
MEGABYTE = 1_000_000


def _row() -> str:
    """Return a row of 1.2 kB as JSON text, with places for the numbers of what it names."""
    artist = {"id": "artist%(artist)016d", "name": "Anybody", "type": "artist", "uri": "spotify:x"}
    track = {
        "id": "track%(number)017d",
        "type": "track",
        "name": 'A "song" \\ of number %(number)d — ünïcödé',
        "popularity": 50,
        "duration_ms": 200_000,
        "artists": [artist],
        "album": {
            "id": "album%(album)017d",
            "name": "An album",
            "artists": [artist],
            "images": [{"url": "https://i.scdn.co/image/" + "0" * 40, "height": 640}] * 3,
            "release_date": "2024-05-17",
        },
        "external_ids": {"isrc": "XX0000000000"},
        "external_urls": {"spotify": "https://open.spotify.com/track/track%(number)017d"},
    }
    text = json.dumps({"added_at": "2025-12-31T00:00:00Z", "item": track}, ensure_ascii=False)
    return text[:-1] + ', "padding": "' + "." * (1200 - len(text)) + '"}'


ROW = _row()


class Generated(Extraction):
    """Reads invented playlists: as many rows as are wanted, and what they refer to."""

    def __init__(self, rows: int) -> None:
        ids = [f"playlist{number:014d}" for number in range(rows // ROWS_IN_PLAYLIST)]
        super().__init__(_NoSpotify(), ids, EarlierLoads(), Outcome())
        self._reader = _Reader()
        self._heads = self._reader.heads(ids)
        self.entities = _Entities(_NoSpotify())


class _NoSpotify:
    concurrency, for_user = 1, False


class _Reader:
    def heads(self, playlist_ids: Iterable[str]) -> Iterator[tuple[str, Reading]]:
        for number, playlist_id in enumerate(playlist_ids):
            payload = json.dumps({"name": "a", "items": {"total": ROWS_IN_PLAYLIST}})
            rows = partial(_rows, number * ROWS_IN_PLAYLIST)
            told = (playlist_id, "snapshot", payload, ROWS_IN_PLAYLIST, datetime.now(UTC))
            yield playlist_id, Reading(*told, rows)

    def whole(self, head: Reading) -> Reading:
        return head


class _Entities(Entities):
    def read(self, kind: Kind, ids: Iterable[str]) -> Iterator[Entity]:
        payload = json.dumps({"name": kind, "popularity": 50, "padding": "." * 500})
        return (Entity(one, payload, datetime.now(UTC)) for one in ids)


def _rows(first: int) -> Iterator[str]:
    for number in range(first, first + ROWS_IN_PLAYLIST):
        artist, album = number // ROWS_PER_ARTIST, number // ROWS_PER_ALBUM
        yield ROW % {"number": number, "artist": artist, "album": album}


def load(rows: int) -> dict[str, int]:
    """Load so many rows, as a run does, and return how many came into each table."""
    warehouse, extraction = Warehouse("bench", RAW, "upsert"), Generated(rows)
    counts: Counter[str] = Counter()
    while not extraction.finished:
        warehouse.extract(extraction, lambda: None)
        counts.update(warehouse.load([]))
    return counts


def measured(rows: int, folder: Path) -> dict[str, float]:
    """Load so many rows into the database at hand, in a process of its own, and copy them then.

    Args:
        rows: how many.
        folder: where dlt may work.

    Returns:
        Seconds, rows per second, the ratio to `COPY`, CPU seconds of the loader and of PostgreSQL,
        peak memory of the loader and of PostgreSQL's processes, and disk beside the database, in
        megabytes.
    """
    _execute(f"drop schema if exists {RAW}, {RAW}_staging, {COPIED} cascade")
    before = _server_seconds()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DLT_DATA_DIR": str(folder / "dlt")}
    with Peaks(folder / "dlt") as peaks:
        told = timed([sys.executable, "-m", "bench.load", str(rows)], folder, environment).output
    seconds, cpu, memory = json.loads(told)
    server = _server_seconds() - before
    before = _server_seconds()
    copied = _seconds_of_copy()
    copied_cpu = _server_seconds() - before
    return {
        "rows": rows,
        "seconds": seconds,
        "rows/s": rows / seconds,
        "COPY seconds": copied,
        "ratio to COPY": copied / seconds,
        "COPY CPU s": copied_cpu,
        "loader CPU s": cpu,
        "server CPU s": server,
        "loader MB": memory,
        "server MB": peaks.memory / MEGABYTE,
        "disk MB": peaks.disk / MEGABYTE,
    }


class Peaks:
    """The most that was seen while it was entered, in bytes.

    Args:
        folder: where dlt works.

    Attributes:
        memory: of one of the server's processes, without what they share.
        disk: in the folder where dlt works.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self.memory = self.disk = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(SAMPLED_EVERY):
            self.memory = max(self.memory, *map(_own_memory, _server_processes()))
            sizes = (_quietly(lambda one=one: one.stat().st_size) for one in self._files())
            self.disk = max(self.disk, sum(sizes))

    def _files(self) -> list[Path]:
        return list(self._folder.rglob("*"))


def _quietly(told: Callable[[], int]) -> int:
    try:
        return told()
    except OSError:  # it has gone meanwhile
        return 0


def _server_processes() -> list[int]:
    server = int(Path(_value("show data_directory"), "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return [server, *map(int, children)]


def _own_memory(process: int) -> int:
    def told() -> int:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) * 1024
        return 0

    return _quietly(told)


def _server_seconds() -> float:
    """Return the CPU seconds of the server's processes, those that have ended included."""
    ticks = 0
    for number, process in enumerate(_server_processes()):
        fields = _fields(process)
        ticks += sum(map(int, fields[11 : 13 if number else 15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds_of_copy() -> float:
    """Copy what was loaded out, and time copying it into empty tables of the same shape."""
    seconds = 0.0
    with (
        database.connected() as connection,
        connection.cursor() as cursor,
        tempfile.TemporaryFile("w+b") as file,
    ):
        cursor.execute(f"create schema {COPIED}")
        for table in TABLES:
            cursor.execute(f"create table {COPIED}.{table} (like {RAW}.{table} including all)")
            file.seek(0)
            file.truncate()
            cursor.copy_expert(f"copy {RAW}.{table} to stdout (format csv)", file)
            cursor.execute("checkpoint")
            file.seek(0)
            began = time.perf_counter()
            cursor.copy_expert(f"copy {COPIED}.{table} from stdin (format csv)", file)
            seconds += time.perf_counter() - began
    return seconds


def _execute(statement: str) -> None:
    with database.connected() as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("checkpoint")


def _value(query: str) -> Any:
    with database.connected() as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _load_alone(rows: int) -> None:
    """Load, and print seconds, CPU seconds and peak memory, without the time of the imports."""
    began, before = time.perf_counter(), time.process_time()
    load(rows)
    seconds, cpu = time.perf_counter() - began, time.process_time() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MEGABYTE
    print(json.dumps([seconds, cpu, memory]))


def table() -> Iterator[list[object]]:
    """Measure each size; yields a line of figures for each."""
    with postgres() as folder:
        for rows in SIZES:
            yield list(measured(rows, folder).values())


if __name__ == "__main__":
    _load_alone(int(sys.argv[1]))
