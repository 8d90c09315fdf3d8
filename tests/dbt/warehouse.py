"""A database with raw tables as dlt leaves them, and dbt run upon it.

dbt runs inside the test process: importing it takes longer than a build.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from postgres_server import Database, query

PROJECT = Path(__file__).parents[2] / "dbt_spotify"
DLT_COLUMNS = "payload jsonb, loaded_at timestamptz, _dlt_load_id varchar, _dlt_id varchar"
TABLES = ("playlists", "playlist_items", "albums", "artists")
FIRST_DAY = datetime(2026, 11, 1, tzinfo=UTC)
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

RECORDED = (
    *("playlists", "playlist_entries", "tracks", "albums", "artists", "artist_genres"),
    *("playlist_tracks", "resource_type:snapshot", "popularity_history", "popularity_movers"),
    "playlist_changes",
)

Json = dict[str, Any]


@dataclass
class Outcome:
    """How a command of dbt ended, and all that it said."""

    success: bool
    told: str


def run_dbt(*arguments: str, folder: Path, database: Mapping[str, str]) -> Outcome:
    """Run dbt on this database; all that it writes goes to `folder`."""
    from dbt.cli.main import dbtRunner  # noqa: PLC0415 - takes as long as all else to collect

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

    def load(
        self, playlist_id: str, rows: Sequence[Json], loaded_at: datetime | None = None
    ) -> None:
        """Append a load of a playlist, as the load method `insert` does.

        Args:
            playlist_id: its id; its name is the same, capitalised.
            rows: the API's row objects.
            loaded_at: when it was read; a day after the load before if not told.
        """
        self._loads += 1
        load = (loaded_at or FIRST_DAY + timedelta(self._loads), str(self._loads))
        document = json.dumps({"name": playlist_id.title(), "items": {"total": len(rows)}})
        self.query(
            "insert into spotify_raw.playlists values (%s, %s, %s, %s, '')",
            *(playlist_id, document, *load),
        )
        for position, row in enumerate(rows):
            self.query(
                "insert into spotify_raw.playlist_items values (%s, %s, '', %s, %s, %s, %s)",
                *(playlist_id, position, json.dumps(row), *load, f"{self._loads} {position}"),
            )

    def clear(self, *playlist_ids: str) -> None:
        """Delete what was loaded of these playlists; all that was loaded, if none is named."""
        if playlist_ids:
            for table in ("playlists", "playlist_items"):
                statement = f"delete from spotify_raw.{table} where playlist_id = any(%s)"
                self.query(statement, list(playlist_ids))
        else:
            tables = ", ".join(f"spotify_raw.{table}" for table in TABLES)
            self.query(f"truncate {tables}")

    def load_entity(self, kind: str, entity_id: str, popularity: int | None, at: datetime) -> None:
        """Append a load of an album or artist (`albums`, `artists`); None: not sent."""
        sent = {} if popularity is None else {"popularity": popularity}
        self.query(
            f"insert into spotify_raw.{kind} values (%s, %s, %s, %s, '')",
            *(entity_id, json.dumps({"name": entity_id.title(), **sent}), at, str(at)),
        )

    def dbt(self, *arguments: str) -> Outcome:
        """Run dbt here, with the pipeline's target."""
        options = (*arguments, "--target", "candidate")
        return run_dbt(*options, folder=self._folder, database=self.database)

    def build(self, *arguments: str) -> Outcome:
        """Build as the pipeline does."""
        return self.dbt("build", "--exclude-resource-type", "unit_test", *arguments)

    def record(self) -> Outcome:
        """Build, without tests, what the snapshots read, the snapshots, and the marts on them.

        For tests of many days: a third of the time of a build. Nothing is published.
        """
        unneeded = ("--exclude-resource-type", "test", "unit_test")
        return self.dbt("build", "--select", "staging", *RECORDED, *unneeded)

    def tracks(self) -> list[tuple[str, str]]:
        """Return what a reader sees now: the playlists and their tracks."""
        view = "spotify_marts.most_popular_tracks_with_duration"
        return self.query(f"select playlist_id, track_id from {view} order by 1, 2")

    def exists(self, relation: str) -> bool:
        """Whether there is a table or view of this name."""
        return self.query("select to_regclass(%s) is not null", relation) == [(True,)]
