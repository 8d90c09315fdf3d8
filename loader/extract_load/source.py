"""The dlt source: playlists with their items, then the artists and albums they refer to.

    readings (one playlist, whole) -> playlists
                                   -> playlist_items -> needs -> artists, albums

Four tables, each an id, the API's JSON in `payload` and `loaded_at` (UTC); nothing is unnested,
flattening is dbt's work. All rows of one reading of a playlist share `loaded_at`, which is how
staging tells the latest load of a playlist from older ones. Every column is hinted and every table
materialized, because dlt creates no column that was always null and no table that was always empty,
and replaces no table by nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import dlt
from dlt.common.schema.typing import TColumnSchema, TWriteDisposition
from dlt.extract import DltResource

from loader.extract_load.entities import KEYS, Kind
from loader.extract_load.needs import EntityNeeds
from loader.extract_load.reading import Reading
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
    readings: Iterable[Reading], needs: EntityNeeds, method: LoadMethod
) -> tuple[DltResource, ...]:
    """Yield the raw tables of the playlists in `readings`.

    Args:
        readings: whole playlists; consumed one by one.
        needs: told of every row; knows in the end which artists and albums are to be loaded.
        method: the load method, which decides the write disposition.
    """
    disposition = WRITE_DISPOSITIONS[method]

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
    def playlist_items(reading: Reading) -> Iterator[Row | list[Any]]:
        yield dlt.mark.materialize_table_schema()
        for position, row in enumerate(reading.rows()):
            needs.references.add(row)
            yield {
                "playlist_id": reading.playlist_id,
                "position": position,
                "snapshot_id": reading.snapshot_id,
                "payload": row,
                "loaded_at": reading.loaded_at,
            }

    def entities(kind: Kind) -> DltResource:
        key = KEYS[kind]

        @dlt.resource(
            name=kind,
            primary_key=key,
            write_disposition=disposition,
            columns=_columns(_id(key)),
        )
        def rows() -> Iterator[Row | list[Any]]:
            yield dlt.mark.materialize_table_schema()
            for one, payload, loaded_at in needs.rows(kind):
                yield {key: one, "payload": payload, "loaded_at": loaded_at}

        return rows

    return whole_playlists, playlists, playlist_items, entities("artists"), entities("albums")
