"""The dlt source: playlists with their items, then the artists and albums they refer to.

    Spotify -> extraction -> playlists       (one row a playlist)
                          -> playlist_items  (one row a position)
                          -> artists, albums (one row each, when all playlists are read)

Four tables, each an id, the API's JSON in `payload` and `loaded_at` (UTC); nothing is unnested,
flattening is dbt's work. All rows of one reading of a playlist share `loaded_at`, which tells the
latest load of a playlist from older ones. Every column is hinted and every table materialized,
because dlt creates no column that was always null and no table that was always empty, and replaces
no table by nothing.

    pipeline = dlt.pipeline("spotify", destination="duckdb", dataset_name="spotify_raw")
    pipeline.run(spotify_source(playlists=["31FWVQBp3WQydWLNhO0ACi"]))
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import dlt
from dlt.common.schema.typing import TColumnSchema, TWriteDisposition
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource, DltSource

from loader.access import spotify_access
from loader.client import Spotify
from loader.consent import OnRefreshToken, not_kept
from loader.earlier_loads import EarlierLoads
from loader.entities import KEYS, Entity
from loader.errors import SettingsError
from loader.extraction import Extraction
from loader.outcome import Outcome
from loader.playlist_ids import playlist_id
from loader.reading import Reading

Rows = Iterable[dict[str, Any] | list[Any]]


def _id(name: str) -> TColumnSchema:
    return {"name": name, "data_type": "text", "nullable": False}


POSITION: TColumnSchema = {"name": "position", "data_type": "bigint", "nullable": False}
SNAPSHOT: TColumnSchema = {"name": "snapshot_id", "data_type": "text"}
PAYLOAD: TColumnSchema = {"name": "payload", "data_type": "json", "nullable": False}
LOADED_AT: TColumnSchema = {"name": "loaded_at", "data_type": "timestamp", "nullable": False}


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
) -> tuple[DltResource, ...]:
    """Return a source of the four raw tables.

    Args:
        extraction: reads; knows in the end what became of each playlist.
        write_disposition: dlt's.
        advance: called after each playlist, read or not.
    """

    # All requests are made here, one table after another: whatever order dlt takes its resources
    # in, artists and albums are asked for when all playlists are read.
    @dlt.resource(name="extraction", selected=False)
    def extracted() -> Iterator[tuple[str, Rows]]:
        for reading in extraction.readings():
            advance()
            if reading is not None:
                yield "playlists", [_row("playlist_id", reading.playlist_id, reading)]
                yield "playlist_items", _item_rows(reading)
        for kind, key in KEYS.items():
            yield kind, [dlt.mark.materialize_table_schema()]
            for entity in extraction.rows_of_entities(kind):
                yield kind, [_row(key, entity.id, entity)]

    def table(name: str, *columns: TColumnSchema, **keys: Any) -> DltResource:
        def rows(found: tuple[str, Rows]) -> Rows:
            if found[0] == name:
                yield from found[1]

        return dlt.transformer(
            rows,
            data_from=extracted,
            name=name,
            write_disposition=write_disposition,
            columns=[*columns, PAYLOAD, LOADED_AT],
            **keys,
        )

    playlist = _id("playlist_id")
    return (
        extracted,
        table("playlists", playlist, primary_key="playlist_id"),
        table("playlist_items", playlist, POSITION, SNAPSHOT, merge_key="playlist_id"),
        *(table(kind, _id(key), primary_key=key) for kind, key in KEYS.items()),
    )


def _row(key: str, value: str, read: Reading | Entity) -> dict[str, Any]:
    return {key: value, "payload": read.payload, "loaded_at": read.loaded_at}


def _item_rows(reading: Reading) -> Rows:
    yield dlt.mark.materialize_table_schema()
    for position, payload in enumerate(reading.rows()):
        yield {
            "playlist_id": reading.playlist_id,
            "position": position,
            "snapshot_id": reading.snapshot_id,
            "payload": payload,
            "loaded_at": reading.loaded_at,
        }
