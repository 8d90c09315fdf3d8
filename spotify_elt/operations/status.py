"""The last runs, and whether all is well: `spotify-elt status`, also as a health check.

A pipeline is healthy when the last run that ended did not fail, and the last good one (`success` or
`skipped`) is not older than `max_age` and a margin: so a nightly run that was never started, or a
playlist that fails every night, is noticed the next morning.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import PipelineError, one_line, printable
from spotify_elt.errors import DatabaseError
from spotify_elt.redaction import redacted
from spotify_elt.run_log.earlier_runs import NEVER_ENDED, SOME_HOST
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database, run_lock
from spotify_elt.warehouse.database import Row
from spotify_elt.warehouse.schemas import Schemas

RUNS_SHOWN = 10
MARGIN = timedelta(hours=6)  # on top of max_age, for runs that begin late or take long
BAD = ("failed", "abandoned")
WELL = "Healthy: the last run did not fail, and a good one is recent."
STYLES = {"failed": "bold red", "abandoned": "bold red", "partial": "yellow", "running": "cyan"}

LAST_RUNS = Path(__file__).with_suffix(".sql")


def status(screen: Console, config: PipelineConfig, *, as_json: bool) -> int:
    """Print the last runs and whether all is well, and return the exit code: 1 where it is not.

    Raises:
        PipelineError: the run log cannot be read; as JSON that is the trouble.
    """
    found: list[Row] = []
    try:
        found = _last_runs(config.schema_prefix)
        trouble = _trouble(found, config.max_age + MARGIN)
    except PipelineError as error:
        if not as_json:
            raise
        trouble = redacted(str(error))
    last_good = found[0]["last_good"] if found else None
    if as_json:
        good = last_good.isoformat() if last_good else None
        verdict = {"healthy": trouble is None, "trouble": trouble, "last_good": good}
        screen.out(json.dumps({**verdict, "runs": [row["run"] for row in found]}, indent=2))
    else:
        _print(screen, found)
        if last_good:
            screen.print(f"Last good run: {last_good:%Y-%m-%d %H:%M} UTC")
        screen.print(trouble or WELL, markup=False, soft_wrap=True)
    return 1 if trouble else 0


def _last_runs(schema_prefix: str) -> list[Row]:
    """Return the last runs, the latest first, in UTC."""
    with database.at_hand():
        with database.connected() as warehouse:
            at_work = run_lock.at_work(warehouse, schema_prefix)
        with database.connected_to_run_log() as opened:
            found = _read(opened, Schemas.of(schema_prefix).logging)
    for row in found:
        run = row["run"]
        # One that died is still called running.
        if run["status"] == "running" and not (at_work and row is found[0]):
            run["status"] = "abandoned"
            run["error"] = NEVER_ENDED % (run["run_id"], run.get("host") or SOME_HOST)
    return found


def _read(opened: connection, schema: str) -> list[Row]:
    try:
        if not database.has(opened, f"{schema}.pipeline_runs"):
            return []
        query = LAST_RUNS.read_text(encoding="utf-8").format(logging=schema)
        return database.rows(opened, query, [RUNS_SHOWN])
    except psycopg2.Error as error:
        raise DatabaseError(f"The run log in {schema} cannot be read: {one_line(error)}") from error


def _trouble(found: list[Row], oldest: timedelta) -> str | None:
    """Return the sentence that says what is wrong; None where all is well."""
    last_ended = next((row for row in found if row["run"]["status"] != "running"), None)
    if last_ended is None:
        return "No run has ended yet: `spotify-elt run` makes one."
    run, last_good = last_ended["run"], last_ended["last_good"]
    if run["status"] in BAD:
        return f"The last run, {run['run_id']}, {run['status']}: see above."
    if last_good is None:
        return "No run has been good yet: see above what to do."
    if datetime.now(UTC) - last_good > oldest:
        hours = oldest // timedelta(hours=1)
        return (
            f"The last good run ended more than {hours} hours ago (max_age and a margin): is it "
            "still scheduled, and does a playlist fail every time?"
        )
    return None


def _print(screen: Console, found: list[Row]) -> None:
    """Print the runs as a table, and what went wrong in them."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("started (UTC)", "status"):
        table.add_column(heading, no_wrap=True)
    for heading in ("seconds", "rows", "requests"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("playlists")
    for row in found:
        run = row["run"]
        ended = run["status"] not in {"abandoned", "running"} and row["seconds"]
        figures = (row["seconds"], row["rows"], str(run["api_requests"])) if ended else ("",) * 3
        status = Text(run["status"], style=STYLES.get(run["status"], ""))
        playlists = (f"{count} {state}" for state, count in sorted(run["playlists"].items()))
        table.add_row(row["started"], status, *figures, ", ".join(playlists))
    if found:
        screen.print(table)
    for run in (row["run"] for row in found):
        if run["error"]:
            said = f"{run['run_id']} {run['status']}: {run['error']}"
            screen.print(printable(said), markup=False, soft_wrap=True)
