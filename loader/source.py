"""The dlt source: playlists with their items, then the artists and albums they refer to.

    Spotify -> extraction -> playlists       (one row a playlist)
                          -> playlist_items  (one row a position)
                          -> artists, albums (one row each, after the playlists)

Four tables, each an id, the API's JSON in `payload` and `loaded_at` (UTC); nothing is unnested,
flattening is dbt's work. All rows of one reading of a playlist share `loaded_at`, which tells the
latest load of a playlist from older ones. Every column is hinted and every table materialized,
because dlt creates no column that was always null and no table that was always empty, and replaces
no table by nothing.

Rows go to dlt as Arrow tables of a megabyte, their JSON as text: dlt neither looks into it nor
makes an object of each row.

    pipeline = dlt.pipeline("spotify", destination="duckdb", dataset_name="spotify_raw")
    pipeline.run(spotify_source(playlists=["31FWVQBp3WQydWLNhO0ACi"]))
"""

import logging
import math
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import dlt
from dlt.common.schema.typing import TColumnSchema, TWriteDisposition
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource, DltSource

from loader.access import spotify_access
from loader.client import Spotify
from loader.consent import OnRefreshToken, not_kept
from loader.earlier_loads import EarlierLoads
from loader.entities import KEYS
from loader.errors import SettingsError
from loader.extraction import Extraction
from loader.outcome import Outcome
from loader.playlist_ids import playlist_id

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 400_000  # characters of JSON in memory at once


def _id(name: str) -> TColumnSchema:
    return {"name": name, "data_type": "text", "nullable": False}


POSITION: TColumnSchema = {"name": "position", "data_type": "bigint", "nullable": False}
SNAPSHOT: TColumnSchema = {"name": "snapshot_id", "data_type": "text"}
PAYLOAD: TColumnSchema = {"name": "payload", "data_type": "json", "nullable": False}
LOADED_AT: TColumnSchema = {"name": "loaded_at", "data_type": "timestamp", "nullable": False}
COLUMNS: dict[str, list[TColumnSchema]] = {
    "playlists": [_id("playlist_id"), PAYLOAD, LOADED_AT],
    "playlist_items": [_id("playlist_id"), POSITION, SNAPSHOT, PAYLOAD, LOADED_AT],
    **{kind: [_id(key), PAYLOAD, LOADED_AT] for kind, key in KEYS.items()},
}
Row = tuple[Any, ...]  # in the order of its table's columns, of which the last but one is JSON

# dlt adds its columns to Arrow tables only when told so; to other rows it always does.
dlt.config["normalize.parquet_normalizer.add_dlt_load_id"] = True
dlt.config["normalize.parquet_normalizer.add_dlt_id"] = True
# Of each table dlt would say that the hint of `payload` is JSON and Arrow's type is text.
logging.getLogger("dlt").addFilter(lambda record: "merging arrow schema" not in str(record.msg))


@dlt.source(name="spotify", max_table_nesting=0)
def spotify_source(  # noqa: PLR0913 - each is somebody's setting
    playlists: Sequence[str] = dlt.config.value,
    *,
    client_id: str | None = None,
    client_secret: TSecretStrValue | None = None,
    refresh_token: TSecretStrValue | None = None,
    api_url: str | None = None,
    accounts_url: str | None = None,
    write_disposition: TWriteDisposition = "merge",
    concurrency: int = 8,
    max_wait: float = 60.0,
    market: str | None = None,
    earlier: EarlierLoads | None = None,
    outcome: Outcome | None = None,
    on_refresh_token: OnRefreshToken | None = None,
) -> DltSource:
    """Read playlists whole from Spotify's Web API, in either of its access modes.

    Every setting may also stand in dlt's own configuration, in the section `sources.spotify`.

    Args:
        playlists: their ids, URIs or URLs, or that of a single one.
        client_id: the app's; `SPOTIPY_CLIENT_ID` by default.
        client_secret: the app's; `SPOTIPY_CLIENT_SECRET` by default.
        refresh_token: a user's consent, which Development Mode needs; `SPOTIFY_REFRESH_TOKEN` by
            default, and without one the app asks in its own name.
        api_url: the Web API; `SPOTIFY_API_URL` by default.
        accounts_url: the accounts service; `SPOTIFY_ACCOUNTS_URL` by default.
        write_disposition: `merge` replaces each playlist as a set (of one that is empty now dlt
            deletes nothing: what counts are the rows with its `loaded_at`), `append` adds to what
            is there, `replace` leaves this load alone.
        concurrency: how many requests may be under way at once.
        max_wait: the longest single wait for a rate limit, in seconds.
        market: the country (ISO 3166-1 alpha-2) as seen from which playlists and albums are read;
            tracks that are not available there come as the recordings that replace them.
        earlier: tells what earlier loads left; without it everything is read anew.
        outcome: collects the playlists that fail, while the others are loaded; without it the
            first failure is raised, and dlt loads nothing.
        on_refresh_token: called with the old and the new one where Spotify replaces the token.

    Raises:
        SettingsError: a playlist is none, credentials are missing or were refused.
        PlaylistError: a playlist was not found or not permitted.
        ComeBackLaterError: a rate limit longer than `max_wait`, or a used-up quota.
        SpotifyError: no usable answer after retries.
    """
    given = {
        "SPOTIPY_CLIENT_ID": client_id,
        "SPOTIPY_CLIENT_SECRET": client_secret,
        "SPOTIFY_REFRESH_TOKEN": refresh_token,
        "SPOTIFY_API_URL": api_url,
        "SPOTIFY_ACCOUNTS_URL": accounts_url,
    }
    access = spotify_access({**os.environ, **{name: one for name, one in given.items() if one}})
    named = [playlists] if isinstance(playlists, str) else playlists
    try:
        ids = list(dict.fromkeys(map(playlist_id, named)))
    except ValueError as error:
        raise SettingsError(f"{error}.") from error
    longest = timedelta(seconds=max_wait)
    spotify = Spotify(access, concurrency, longest, on_refresh_token or not_kept, market)
    extraction = Extraction(spotify, ids, earlier or EarlierLoads(), outcome)
    return raw_tables(extraction, write_disposition)


@dlt.source(name="spotify", max_table_nesting=0)
def raw_tables(
    extraction: Extraction,
    write_disposition: TWriteDisposition,
    advance: Callable[[], None] = lambda: None,
    at_most: float = math.inf,
) -> tuple[DltResource, ...]:
    """Return a source of the four raw tables.

    Args:
        extraction: reads; knows in the end what became of each playlist.
        write_disposition: dlt's.
        advance: called after each playlist, read or not.
        at_most: after as many characters of JSON no further playlist is begun: the next source of
            this extraction goes on with it, unless it is `finished`.
    """

    # All requests are made here, one table after another: whatever order dlt takes its resources
    # in, artists and albums are asked for when the playlists are read.
    @dlt.resource(name="extraction", selected=False)
    def extracted() -> Iterator[tuple[str, Any]]:
        for name in COLUMNS:
            yield name, dlt.mark.materialize_table_schema()
        yield from _in_batches(_rows(extraction, advance, at_most))

    def table(name: str, **keys: Any) -> DltResource:
        def batches(found: tuple[str, Any]) -> Iterator[Any]:
            if found[0] == name:
                yield found[1]

        return dlt.transformer(
            batches,
            data_from=extracted,
            name=name,
            write_disposition=write_disposition,
            columns=COLUMNS[name],
            **keys,
        )

    return (
        extracted,
        table("playlists", primary_key="playlist_id"),
        table("playlist_items", merge_key="playlist_id"),
        *(table(kind, primary_key=key) for kind, key in KEYS.items()),
    )


def _rows(
    extraction: Extraction, advance: Callable[[], None], at_most: float
) -> Iterator[tuple[str, Row]]:
    """Yield the rows of whole playlists and of what they refer to, each with its table."""
    size = 0
    for reading in extraction.readings():
        advance()
        if reading is not None:
            playlist, loaded_at = reading.playlist_id, reading.loaded_at
            yield "playlists", (playlist, reading.payload, loaded_at)
            for position, payload in enumerate(reading.rows()):
                size += len(payload)
                row = (playlist, position, reading.snapshot_id, payload, loaded_at)
                yield "playlist_items", row
            if size >= at_most:
                break
    yield from extraction.rows_of_entities()


def _in_batches(rows: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, "pa.Table"]]:
    waiting: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    size = 0
    for name, row in rows:
        waiting[name].append(row)
        size += len(row[-2])
        if size >= BATCH:
            yield from _emptied(waiting)
            size = 0
    yield from _emptied(waiting)


def _emptied(waiting: dict[str, list[Row]]) -> Iterator[tuple[str, "pa.Table"]]:
    for name, rows in waiting.items():
        if rows:
            yield name, _arrow_table(name, rows)
            rows.clear()


def _arrow_table(name: str, rows: list[Row]) -> "pa.Table":
    import pyarrow as pa  # noqa: PLC0415 - a load that finds nothing new does without

    types: dict[Any, Any] = {
        "text": pa.string(),
        "json": pa.string(),
        "bigint": pa.int64(),
        "timestamp": pa.timestamp("us", "UTC"),
    }
    schema = pa.schema(
        pa.field(column["name"], types[column["data_type"]], column.get("nullable", True))
        for column in COLUMNS[name]
    )
    values = zip(*rows, strict=True)  # column by column
    return pa.table(list(map(pa.array, values, schema.types)), schema=schema)
