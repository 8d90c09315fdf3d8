"""The last runs, and whether all is well: `spotify-elt status`, also as a health check.

All is well when the last run that ended did not fail, and the last one that ended well is not
older than `max_age` and a margin: a nightly run that was never started is noticed the next morning.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2.errors
from psycopg2.extensions import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.console import printable

RUNS_SHOWN = 10
MARGIN = timedelta(hours=6)  # on top of max_age, for runs that begin late or take long
ENDED_WELL = ("success", "skipped", "partial")
STYLES = {"failed": "bold red", "abandoned": "bold red", "partial": "yellow", "running": "cyan"}

# As JSON, so that a log that an older version wrote can be read, too. `{logging}` is its schema.
LAST_RUNS = """
select
    to_jsonb(runs) - 'logs' - 'config' - 'spotify_app',
    (
        select jsonb_object_agg(loads.status, loads.count)
        from (
            select status, count(*) from {logging}.playlist_loads
            where playlist_loads.run_id = runs.run_id
            group by 1
        ) as loads
    )
from {logging}.pipeline_runs as runs
order by runs.started_at desc
limit %s
"""
LAST_GOOD_END = """
select max(finished_at) from {logging}.pipeline_runs where status = any(%s)
"""
NOTHING_LOGGED_YET = (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName)


@dataclass(frozen=True)
class Health:
    """The last runs, and what they say together.

    Attributes:
        runs: the columns of `pipeline_runs`, the latest run first, and its `playlists` by status.
        trouble: the sentence that says what is wrong; None where all is well.
    """

    runs: list[dict[str, Any]]
    trouble: str | None


def health(opened: connection, schema: str, max_age: timedelta, *, at_work: bool) -> Health:
    """Read the run log and judge it.

    Args:
        opened: a connection to it; nothing is written.
        schema: the run log's.
        max_age: of an unchanged playlist, as in the settings.
        at_work: whether a run is really at work; one that died is still called running.
    """
    try:
        with opened.cursor() as cursor:
            cursor.execute(LAST_RUNS.format(logging=schema), [RUNS_SHOWN])
            runs = [{**run, "playlists": playlists or {}} for run, playlists in cursor.fetchall()]
            cursor.execute(LAST_GOOD_END.format(logging=schema), [list(ENDED_WELL)])
            (last_good,) = cursor.fetchone() or (None,)
    except NOTHING_LOGGED_YET:
        runs, last_good = [], None
    for run in runs:
        if run["status"] == "running" and not (at_work and run is runs[0]):
            run["status"] = "abandoned"
    return Health(runs, _trouble(runs, last_good, max_age + MARGIN))


def _trouble(
    runs: list[dict[str, Any]], last_good: datetime | None, oldest: timedelta
) -> str | None:
    last_ended = next((run for run in runs if run["status"] != "running"), None)
    if last_ended is not None and last_ended["status"] not in ENDED_WELL:
        return f"The last run ({last_ended['run_id']}) {_ended_badly(last_ended)}"
    if last_good is None:
        return "No run has ended yet: `spotify-elt run` makes one."
    if datetime.now(UTC) - last_good > oldest:
        hours = oldest // timedelta(hours=1)
        return (
            f"The last run that ended well did so at {last_good.astimezone(UTC):%Y-%m-%d %H:%M} "
            f"UTC, more than {hours} hours ago (max_age and a margin): is it still scheduled?"
        )
    return None


def _ended_badly(run: Mapping[str, Any]) -> str:
    if run["status"] == "abandoned":
        return "died without a word: it was killed, or its machine was."
    return f"failed: {run['error']}"


def print_status(screen: Console, found: Health) -> None:
    """Print the last runs as a table, and whether all is well."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("started (UTC)", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for heading in ("seconds", "rows", "requests"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("playlists, and what went wrong")
    for run in found.runs:
        table.add_row(
            _moment(run["started_at"]).strftime("%Y-%m-%d %H:%M:%S"),
            Text(run["status"], style=STYLES.get(run["status"], "")),
            _seconds(run),
            str(sum(run.get("rows_by_table", {}).values())),
            str(run["api_requests"]),
            Text(printable(_told(run))),
        )
    if found.runs:
        screen.print(table)
    screen.print(found.trouble or "All is well.", markup=False)


def as_json(found: Health) -> str:
    """Return the last runs and the verdict as one JSON object."""
    told = {"healthy": found.trouble is None, "trouble": found.trouble, "runs": found.runs}
    return json.dumps(told, indent=2)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _seconds(run: Mapping[str, Any]) -> str:
    if run["status"] == "abandoned" or run["finished_at"] is None:
        return ""
    return f"{(_moment(run['finished_at']) - _moment(run['started_at'])).total_seconds():.1f}"


def _told(run: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count} {status}" for status, count in sorted(run["playlists"].items()))
    return ". ".join(part for part in (counts, run["error"]) if part)
