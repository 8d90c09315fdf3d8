"""`PGHOST` may be the folder of a socket, as libpq has it."""

from pathlib import Path

import dlt
import pytest
from postgres_server import Database, PostgresServer, query

from spotify_elt.warehouse import database as connections
from spotify_elt.warehouse.load import Warehouse


@dlt.source(name="spotify")
def one_playlist() -> object:
    return dlt.resource([{"playlist_id": "p"}], name="playlists")


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
    warehouse = Warehouse("by_socket", "spotify_raw")
    warehouse.extract(one_playlist())
    assert warehouse.load()["playlists"] == 1
    assert query(database, "select playlist_id from spotify_raw.playlists") == [("p",)]
