"""A database with raw tables as dlt leaves them, and dbt run upon it.

dbt runs inside the test process: importing it takes longer than a build.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from dbt.cli.main import dbtRunner
from postgres_server import Database, query

PROJECT = Path(__file__).parents[2] / "dbt_spotify"
DLT_COLUMNS = "payload jsonb, loaded_at timestamptz, _dlt_load_id varchar, _dlt_id varchar"
LAYERS = ("raw", "staging", "marts", "marts_candidate", "history")
RAW_TABLES = f"""
create schema spotify_raw;
create table spotify_raw.playlists (playlist_id varchar not null, {DLT_COLUMNS});
create table spotify_raw.playlist_items (
    playlist_id varchar, position bigint, snapshot_id varchar, {DLT_COLUMNS}
);
create table spotify_raw.albums (album_id varchar, {DLT_COLUMNS});
create table spotify_raw.artists (artist_id varchar, {DLT_COLUMNS});
"""

Json = dict[str, Any]


@dataclass
class Outcome:
    """How a command of dbt ended, and all that it said."""

    success: bool
    told: str


def run_dbt(*arguments: str, folder: Path, database: Mapping[str, str]) -> Outcome:
    """Run dbt on this database; all that it writes goes to `folder`."""
    told: list[str] = []
    where = {"DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
    project = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
    with mock.patch.dict(os.environ, {**where, **database}):
        runner = dbtRunner(callbacks=[lambda event: told.append(event.info.msg)])
        result = runner.invoke(["--quiet", *arguments, *project])
    return Outcome(result.success, "\n".join(told))


def track(track_id: str, **fields: object) -> Json:
    """Return a playlist's row that holds a track on album `a` by artist `x`."""
    item: Json = {
        "id": track_id,
        "type": "track",
        "name": track_id.upper(),
        "popularity": 50,
        "duration_ms": 60_000,
        "album": {"id": "a", "name": "Album", "release_date": "2024-05"},
        "artists": [{"id": "x", "name": "Ex"}],
    }
    return {"item": item | fields}


class Warehouse:
    """A database with the raw tables, and what runs of the pipeline do to it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._folder = folder
        self._loads = 0
        schemas = ", ".join(f"spotify_{layer}" for layer in LAYERS)
        self.query(f"drop schema if exists {schemas} cascade")
        self.query(RAW_TABLES)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run SQL and return its rows."""
        return query(self.database, sql, *values)

    def load(self, playlist_id: str, rows: Sequence[Json]) -> None:
        """Append a load of a playlist, as the load method `insert` does."""
        self._loads += 1
        load = (f"2026-11-{self._loads:02}", str(self._loads), "")
        document = json.dumps({"name": playlist_id.title()})
        self.query(
            "insert into spotify_raw.playlists values (%s, %s, %s, %s, %s)",
            *(playlist_id, document, *load),
        )
        for position, row in enumerate(rows):
            self.query(
                "insert into spotify_raw.playlist_items values (%s, %s, '', %s, %s, %s, %s)",
                *(playlist_id, position, json.dumps(row), *load),
            )

    def dbt(self, *arguments: str) -> Outcome:
        """Run dbt here, with the pipeline's target."""
        options = (*arguments, "--target", "candidate")
        return run_dbt(*options, folder=self._folder, database=self.database)

    def build(self, *arguments: str) -> Outcome:
        """Build as the pipeline does."""
        return self.dbt("build", "--exclude-resource-type", "unit_test", *arguments)

    def tracks(self) -> list[tuple[str, str]]:
        """Return what a reader sees now: the playlists and their tracks."""
        view = "spotify_marts.most_popular_tracks_with_duration"
        return self.query(f"select playlist_id, track_id from {view} order by 1, 2")

    def exists(self, relation: str) -> bool:
        """Whether there is a table or view of this name."""
        return self.query("select to_regclass(%s) is not null", relation) == [(True,)]
