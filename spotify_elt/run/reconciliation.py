"""Rows counted at every stage: as Spotify says, as read, in raw, in staging, in the marts.

dbt's test `api_totals_reach_the_marts` keeps marts that lost a row from being published; this
writes the counts into the run log, playlist by playlist, and fails a run where they differ.
"""

from collections.abc import Iterable

from loader.errors import PipelineError
from loader.outcome import Outcome
from spotify_elt.console import counted
from spotify_elt.run_log.writer import RunLog
from spotify_elt.warehouse import database
from spotify_elt.warehouse.schemas import Schemas

LATEST_LOADS = """
{0.raw}.playlist_items
inner join (
    select playlist_id, max(loaded_at) as loaded_at from {0.raw}.playlists group by 1
) as latest using (playlist_id, loaded_at)
"""
# By column of the run log: what holds the rows, with its verb, and where they are.
STAGES = {
    "rows_loaded": ("the raw tables hold", LATEST_LOADS),
    "rows_staged": ("staging holds", "{0.staging}.stg_playlist_items"),
    "rows_in_marts": ("the marts hold", "{0.marts}.playlist_entries"),
}
# A load that was appended twice is one.
COUNT = """
select playlist_id, count(distinct position) from {relation}
where playlist_id = any(%s)
group by 1
"""


def reconcile(
    outcome: Outcome, run_log: RunLog, schemas: Schemas, stages: Iterable[str] = STAGES
) -> None:
    """Count the rows of playlists, note the counts, and fail where Spotify said another number.

    Args:
        outcome: the playlists, with Spotify's totals.
        run_log: where the counts are written.
        schemas: where the rows are.
        stages: those that have been reached.

    Raises:
        PipelineError: rows were lost, or came from nowhere.
    """
    ids = outcome.answered
    counts: dict[str, dict[str, int]] = {}
    with database.connected() as connection, connection.cursor() as cursor:
        for stage in stages if ids else ():
            relation = STAGES[stage][1].format(schemas)
            cursor.execute(COUNT.format(relation=relation), [ids])
            counts[stage] = {**dict.fromkeys(ids, 0), **dict(cursor.fetchall())}
    run_log.playlist_loads(outcome.loads, counts)
    for stage, rows in counts.items():
        for load in outcome.loads:
            count = rows.get(load.playlist_id, load.total)
            if count != load.total:
                said, holder = counted(load.total or 0, "rows"), STAGES[stage][0]
                raise PipelineError(
                    f"Playlist {load.playlist_id}: Spotify says {said}, {holder} {count}. "
                    "Run again with --force; if it stays so, report it."
                )
