"""Deleting from the run log, and telling it that the marts are outdated."""

from psycopg2.extensions import cursor

from spotify_elt.operations.purge.deletions import Deletions
from spotify_elt.operations.purge.playlists import PurgedPlaylists
from spotify_elt.run_log.earlier_runs import SPEAKS_FOR_THE_MARTS
from spotify_elt.warehouse.database import has

RUNS = "{logging}.pipeline_runs"
# What Spotify has forbidden until later is no past yet, and the last good run is what `status` and
# the next run look for.
OLDER = """
    finished_at < now() - make_interval(days => %(days)s)
    and (not_before is null or not_before < now())
    and started_at < (
        select max(started_at) from {logging}.pipeline_runs where status = 'success'
    )
"""
FORGET_CONFIGURED = """
update {logging}.pipeline_runs
set config = jsonb_set(config, '{{playlists}}', (config -> 'playlists') - %(ids)s)
where config -> 'playlists' ?| %(ids)s
"""
FORGET_TOLD = """
update {{logging}}.pipeline_runs
set {text} = regexp_replace({text}, %(lines)s, '(about a playlist that was purged)', 'g')
where {text} ~ %(lines)s
"""
TEXTS = ("error", "logs")
SET_BUILT_WITH = f"""
update {{logging}}.pipeline_runs set built_with = %(version)s
where run_id = ({SPEAKS_FOR_THE_MARTS})
"""  # noqa: S608 - a constant
PURGED_SINCE = "purged since"  # the version of no dbt project


def delete_older(deletions: Deletions, days: int) -> None:
    """Delete runs that ended longer ago than this, with all that the log says of them."""
    if "pipeline_runs" in deletions.columns("logging"):
        deletions.delete(f"ended more than {days} days ago", RUNS, OLDER, days=days)


def forget_playlists(deletions: Deletions, playlists: PurgedPlaylists) -> None:
    """Delete what the log says of named playlists: rows of their own, and lines in texts."""
    tables, ids = deletions.columns("logging"), playlists.ids
    if "playlist_loads" in tables:
        table = "{logging}.playlist_loads"
        deletions.delete(playlists.reason, table, playlists.condition, ids=ids)
    if "pipeline_runs" in tables:
        deletions.change("mentions removed", RUNS, FORGET_CONFIGURED, ids=ids)
        lines = rf"[^\n]*({'|'.join(ids)})[^\n]*"
        for text in filter(tables["pipeline_runs"].__contains__, TEXTS):
            statement = FORGET_TOLD.format(text=text)
            deletions.change("mentions removed", RUNS, statement, lines=lines)


def note_built_with(cursor: cursor, logging: str, version: str) -> None:
    """Note with which dbt project the marts were published; with PURGED_SINCE they are outdated.

    Where there is no run log, or no run in it, the next run takes them for outdated anyway.
    """
    if has(cursor.connection, f"{logging}.pipeline_runs"):
        cursor.execute(SET_BUILT_WITH.format(logging=logging), {"version": version})
