"""Rows counted at every stage: as Spotify says, as read, in raw, in staging, in the marts.

dbt's test `api_totals_reach_the_marts` keeps marts that lost a row from being published; this
writes the counts into the run log, playlist by playlist, and fails a run where they differ.
"""

from collections.abc import Iterable, Mapping

from psycopg2.extensions import connection

from loader.errors import PipelineError
from loader.outcome import Outcome
from spotify_elt.console import counted
from spotify_elt.warehouse.stored import Stored

Counts = Mapping[str, int]  # rows by playlist

COUNT = "select playlist_id, count(*) from {relation} where playlist_id = any(%s) group by 1"


def counted_in_raw(outcome: Outcome, stored: Stored) -> Counts:
    """Return the rows that the raw tables now hold of what was loaded."""
    loads = outcome.of("loaded")
    held = stored.rows(load.playlist_id for load in loads)
    return {
        load.playlist_id: held.get((load.playlist_id, load.loaded_at), 0)
        for load in loads
        if load.loaded_at
    }


def counted_in(relation: str, database: connection, playlist_ids: Iterable[str]) -> Counts:
    """Return the rows that a relation of dbt's holds of these playlists."""
    ids = list(playlist_ids)
    with database.cursor() as cursor:
        cursor.execute(COUNT.format(relation=relation), [ids])
        return {**dict.fromkeys(ids, 0), **dict(cursor.fetchall())}


def refuse_differences(outcome: Outcome, counts: Counts, where: str) -> None:
    """Make sure that all that was counted is what Spotify said.

    Args:
        outcome: with Spotify's totals.
        counts: what was counted.
        where: what holds them, with its verb.

    Raises:
        PipelineError: rows were lost, or came from nowhere.
    """
    for load in outcome.loads:
        count = counts.get(load.playlist_id, load.total)
        if count != load.total:
            raise PipelineError(
                f"Playlist {load.playlist_id}: Spotify says {counted(load.total or 0, 'rows')}"
                f", {where} {count}. Run again with --force; if it stays so, report it."
            )
