"""`PGHOST` may be the folder of a socket, as libpq has it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from postgres_server import Database, PostgresServer, query

from loader.reading import Reading
from spotify_elt.warehouse import database as connections
from spotify_elt.warehouse.load import Warehouse


class OnePlaylist:
    """Stands in for an extraction."""

    def readings(self) -> Iterator[Reading]:
        yield Reading("p", None, "{}", 0, datetime.now(UTC), lambda: iter(()))

    def rows_of_entities(self) -> Iterator[object]:
        return iter(())


def test_dlt_loads_through_a_socket(
    embedded_server: PostgresServer,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = {"PGHOST": str(embedded_server.folder), "DLT_DATA_DIR": str(tmp_path)}
    for name, value in (database | folder).items():
        monkeypatch.setenv(name, value)
    connections.fill_in_defaults()
    warehouse = Warehouse("by_socket", "spotify_raw", "upsert")
    warehouse.extract(OnePlaylist(), lambda: None)
    assert warehouse.load(["p"])["playlists"] == 1
    assert query(database, "select playlist_id from spotify_raw.playlists") == [("p",)]
