"""The dlt source: playlists with their items, then the artists and albums they refer to.

    readings (one playlist, whole) -> playlists
                                   -> playlist_items -> references -> artists, albums

Four tables, each an id, the API's JSON in `payload` and `loaded_at` (UTC); nothing is unnested,
flattening is dbt's work. All rows of one reading of a playlist share `loaded_at`, which is how
staging tells the latest load of a playlist from older ones. Every column is hinted, because dlt
creates no column that was always null and no table that was always empty.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import dlt
from dlt.common.schema.typing import TColumnSchema, TWriteDisposition
from dlt.extract import DltResource

from loader.entities import Entities, References, carried_albums
from loader.reading import Reading
from loader.settings import LoadMethod

Row = dict[str, Any]

# dlt's merge deletes and inserts by key: right for a playlist, which is replaced as a set, and
# known to PostgreSQL 14, which has no MERGE statement.
WRITE_DISPOSITIONS: dict[LoadMethod, TWriteDisposition] = {
    "upsert": "merge",
    "overwrite": "replace",
    "insert": "append",
}


def _columns(*keys: TColumnSchema) -> list[TColumnSchema]:
    return [
        *keys,
        {"name": "payload", "data_type": "json", "nullable": False},
        {"name": "loaded_at", "data_type": "timestamp", "nullable": False},
    ]


def _id(name: str) -> TColumnSchema:
    return {"name": name, "data_type": "text", "nullable": False}


@dlt.source(name="spotify", max_table_nesting=0)
def spotify_source(
    readings: Iterable[Reading], entities: Entities, references: References, method: LoadMethod
) -> tuple[DltResource, ...]:
    """Yield the raw tables of the playlists in `readings`.

    Args:
        readings: whole playlists; consumed one by one.
        entities: where artists and albums are asked for, once all playlists are read.
        references: collects on the way what the playlists refer to.
        method: the load method, which decides the write disposition.
    """
    disposition = WRITE_DISPOSITIONS[method]
    done: list[Reading] = []

    @dlt.resource(name="readings", selected=False)
    def whole_playlists() -> Iterator[Reading]:
        yield from readings

    @dlt.transformer(
        data_from=whole_playlists,
        name="playlists",
        primary_key="playlist_id",
        write_disposition=disposition,
        columns=_columns(_id("playlist_id")),
    )
    def playlists(reading: Reading) -> Iterator[Row]:
        yield {
            "playlist_id": reading.playlist_id,
            "payload": reading.payload,
            "loaded_at": reading.loaded_at,
        }

    @dlt.transformer(
        data_from=whole_playlists,
        name="playlist_items",
        merge_key="playlist_id",
        write_disposition=disposition,
        columns=_columns(
            _id("playlist_id"),
            {"name": "position", "data_type": "bigint", "nullable": False},
            {"name": "snapshot_id", "data_type": "text"},
        ),
    )
    def playlist_items(reading: Reading) -> Iterator[Row]:
        done.append(reading)
        for position, row in enumerate(reading.rows()):
            references.add(row)
            yield {
                "playlist_id": reading.playlist_id,
                "position": position,
                "snapshot_id": reading.snapshot_id,
                "payload": row,
                "loaded_at": reading.loaded_at,
            }

    @dlt.resource(
        name="artists",
        primary_key="artist_id",
        write_disposition=disposition,
        columns=_columns(_id("artist_id")),
    )
    def artists() -> Iterator[Row]:
        yield from _rows("artist_id", entities.read("artists", references.artists))

    @dlt.resource(
        name="albums",
        primary_key="album_id",
        write_disposition=disposition,
        columns=_columns(_id("album_id")),
    )
    def albums() -> Iterator[Row]:
        yield from _rows("album_id", entities.read("albums", references.albums))
        rows = (row for reading in done for row in reading.rows())
        carried = references.carried_albums.keys() - references.albums.keys()
        yield from _rows("album_id", carried_albums(rows, carried))

    return whole_playlists, playlists, playlist_items, artists, albums


def _rows(key: str, found: Iterable[tuple[str, str]]) -> Iterator[Row]:
    for one, payload in found:
        yield {key: one, "payload": payload, "loaded_at": datetime.now(UTC)}
