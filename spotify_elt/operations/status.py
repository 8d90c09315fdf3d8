"""The last runs, and whether all is well: `spotify-elt status`, also as a health check.

A pipeline is healthy when the last run that ended did not fail, and the last good one (`success` or
`skipped`) is not older than `max_age` and a margin: so a nightly run that was never started, or a
playlist that fails every night, is noticed the next morning.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg2
from psycopg2.extensions import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import one_line, printable
from spotify_elt.errors import DatabaseError
from spotify_elt.run_log.earlier_runs import NEVER_ENDED, SOME_HOST
from spotify_elt.warehouse.database import has

RUNS_SHOWN = 10
MARGIN = timedelta(hours=6)  # on top of max_age, for runs that begin late or take long
PATIENCE = "10s"  # with somebody who has locked the log: a health check must end
GOOD, BAD = ("success", "skipped"), ("failed", "abandoned")
WELL = "Healthy: the last run did not fail, and a good one is recent."
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


@dataclass(frozen=True)
class Health:
    """The last runs, and what they say together.

    Attributes:
        runs: the columns of `pipeline_runs`, the latest run first, and its `playlists` by status.
        last_good: when the last good run ended; None where there is none.
        trouble: the sentence that says what is wrong; None where all is well.
    """

    runs: list[dict[str, Any]]
    last_good: datetime | None
    trouble: str | None


def health(opened: connection, schema: str, max_age: timedelta, *, at_work: bool) -> Health:
    """Read the run log and judge it.

    Args:
        opened: a connection to it; nothing is written.
        schema: the run log's.
        max_age: of an unchanged playlist, as in the settings.
        at_work: whether a run is really at work; one that died is still called running.

    Raises:
        DatabaseError: the log cannot be read.
    """
    try:
        runs, last_good = _read(opened, schema)
    except psycopg2.Error as error:
        raise DatabaseError(f"The run log in {schema} cannot be read: {one_line(error)}") from error
    for run in runs:
        if run["status"] == "running" and not (at_work and run is runs[0]):
            run["status"] = "abandoned"
            run["error"] = NEVER_ENDED % (run["run_id"], run.get("host") or SOME_HOST)
    return Health(runs, last_good, _trouble(runs, last_good, max_age + MARGIN))


def _read(opened: connection, schema: str) -> tuple[list[dict[str, Any]], datetime | None]:
    if not has(opened, f"{schema}.pipeline_runs"):
        return [], None
    with opened.cursor() as cursor:
        cursor.execute(f"set statement_timeout = '{PATIENCE}'")
        cursor.execute(LAST_RUNS.format(logging=schema), [RUNS_SHOWN])
        runs = [{**run, "playlists": playlists or {}} for run, playlists in cursor.fetchall()]
        cursor.execute(LAST_GOOD_END.format(logging=schema), [list(GOOD)])
        (last_good,) = cursor.fetchone() or (None,)
    return runs, last_good.astimezone(UTC) if last_good else None


def _trouble(
    runs: list[dict[str, Any]], last_good: datetime | None, oldest: timedelta
) -> str | None:
    last_ended = next((run for run in runs if run["status"] != "running"), None)
    if last_ended is None:
        return "No run has ended yet: `spotify-elt run` makes one."
    if last_ended["status"] in BAD:
        return f"The last run, {last_ended['run_id']}, {last_ended['status']}: see above."
    if last_good is None:
        return "No run has been good yet: see above what to do."
    if datetime.now(UTC) - last_good > oldest:
        hours = oldest // timedelta(hours=1)
        return (
            f"The last good run ended more than {hours} hours ago (max_age and a margin): is it "
            "still scheduled, and does a playlist fail every time?"
        )
    return None


def print_status(screen: Console, found: Health) -> None:
    """Print the last runs as a table, what went wrong in them, and whether all is well."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("started (UTC)", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for heading in ("seconds", "rows", "requests"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("playlists")
    for run in found.runs:
        table.add_row(
            _moment(run["started_at"]).strftime("%Y-%m-%d %H:%M"),
            Text(run["status"], style=STYLES.get(run["status"], "")),
            *_figures(run),
            ", ".join(f"{count} {status}" for status, count in sorted(run["playlists"].items())),
        )
    if found.runs:
        screen.print(table)
    for run in found.runs:
        if run["error"]:
            said = f"{run['run_id']} {run['status']}: {run['error']}"
            screen.print(printable(said), markup=False, soft_wrap=True)
    if found.last_good:
        screen.print(f"Last good run: {found.last_good:%Y-%m-%d %H:%M} UTC")
    screen.print(found.trouble or WELL, markup=False, soft_wrap=True)


def as_json(found: Health) -> str:
    """Return the last runs and the verdict as one JSON object."""
    last_good = found.last_good.isoformat() if found.last_good else None
    verdict = {"healthy": found.trouble is None, "trouble": found.trouble, "last_good": last_good}
    return json.dumps({**verdict, "runs": found.runs}, indent=2)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _figures(run: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return seconds, rows and requests, which are not known of a run that did not end."""
    if run["status"] in {"abandoned", "running"} or run["finished_at"] is None:
        return "", "", ""
    seconds = (_moment(run["finished_at"]) - _moment(run["started_at"])).total_seconds()
    rows = sum(run.get("rows_by_table", {}).values())
    return f"{seconds:.1f}", str(rows), str(run["api_requests"])
