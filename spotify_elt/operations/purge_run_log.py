"""Deleting from the run log, and telling it that the marts are outdated."""

from collections import Counter
from pathlib import Path

import yaml
from psycopg2.extensions import cursor

from spotify_elt.run_log.earlier_runs import SPEAKS_FOR_THE_MARTS
from spotify_elt.run_log.tables import THERE
from spotify_elt.warehouse import database

DELETIONS = Path(__file__).with_suffix(".yml")
SET_BUILT_WITH = f"""
update {{logging}}.pipeline_runs set built_with = %(version)s
where run_id = ({SPEAKS_FOR_THE_MARTS})
"""  # noqa: S608 - a constant
PURGED_SINCE = "purged since"  # the version of no dbt project


def delete(cursor: cursor, logging: str, what: str, **parameters: object) -> Counter[str]:
    """Delete from the log what a file beside this one says, in order.

    Args:
        cursor: in a transaction.
        logging: the log's schema.
        what: `playlists`, `older`, `everything` or `nothing`.
        parameters: the ids of the `playlists`, or how many `days` a run may be old.

    Returns:
        How many rows went or changed, by what they were.
    """
    cursor.execute(THERE, [logging])
    there = set(cursor.fetchall())
    counts: Counter[str] = Counter()
    for one in yaml.safe_load(DELETIONS.read_text(encoding="utf-8"))[what]:
        if (one["table"], one["column"]) in there:
            cursor.execute(one["sql"].replace("{logging}", logging), parameters)
            counts[f"{logging}.{one['table']}: {one['reason'] % parameters}"] += cursor.rowcount
    return +counts


def note_built_with(cursor: cursor, logging: str, version: str) -> None:
    """Note with which dbt project the marts were published; with PURGED_SINCE they are outdated.

    Where there is no run log, or no run in it, the next run takes them for outdated anyway.
    """
    if database.has(cursor.connection, f"{logging}.pipeline_runs"):
        cursor.execute(SET_BUILT_WITH.format(logging=logging), {"version": version})
