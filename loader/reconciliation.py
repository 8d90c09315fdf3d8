"""Rows counted at every stage: as Spotify says, as read, in raw, in staging, in the marts.

dbt's test `api_totals_reach_the_marts` keeps marts that lost a row from being published; this
writes the counts into the run log, playlist by playlist, and fails a run where they differ.
"""

from collections.abc import Iterable
from dataclasses import replace

from loader.console import counted
from loader.errors import PipelineError
from loader.extract_load.outcome import PlaylistLoad
from loader.extract_load.stored import Stored
from loader.postgres import database

STAGES = {
    "rows_staged": "select playlist_id, count(*) from {prefix}_staging.stg_playlist_items "
    "where playlist_id = any(%s) group by 1",
    "rows_in_marts": "select playlist_id, count(*) from {prefix}_marts.playlist_entries "
    "where playlist_id = any(%s) group by 1",
}
PLACES = {
    "rows_loaded": "the raw tables hold",
    "rows_staged": "staging holds",
    "rows_in_marts": "the marts hold",
}


def counted_in_raw(loads: Iterable[PlaylistLoad], stored: Stored) -> list[PlaylistLoad]:
    """Return the loads with the rows that the raw tables now hold of those that were loaded."""
    loads = list(loads)
    rows = stored.rows(load.playlist_id for load in loads if load.status == "loaded")
    return [
        replace(load, rows_loaded=rows.get((load.playlist_id, load.loaded_at), 0))
        if load.loaded_at
        else load
        for load in loads
    ]


def counted_in_dbt(loads: Iterable[PlaylistLoad], schema_prefix: str) -> list[PlaylistLoad]:
    """Return the loads with the rows that staging and the marts hold of those that are answered."""
    loads = list(loads)
    ids = {load.playlist_id for load in loads if load.status in {"loaded", "unchanged"}}
    with database.connected() as connection, connection.cursor() as cursor:
        for stage, query in STAGES.items():
            cursor.execute(query.format(prefix=schema_prefix), [list(ids)])
            rows = dict(cursor.fetchall())
            loads = [
                replace(load, **{stage: rows.get(load.playlist_id, 0)})
                if load.playlist_id in ids
                else load
                for load in loads
            ]
    return loads


def refuse_differences(loads: Iterable[PlaylistLoad]) -> None:
    """Make sure that all that was counted is what Spotify said.

    Raises:
        PipelineError: rows were lost, or came from nowhere.
    """
    for load in loads:
        for stage, holds in PLACES.items():
            count = getattr(load, stage)
            if count is not None and count != load.total:
                raise PipelineError(
                    f"Playlist {load.playlist_id}: Spotify says {counted(load.total or 0, 'rows')}"
                    f", {holds} {count}. Run again with --force; if it stays so, report it."
                )
