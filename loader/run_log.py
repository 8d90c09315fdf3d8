"""The run log in `<prefix>_logging`: what each run did, and what the next one must know.

It is the pipeline's only memory. A fresh container learns from it which playlists are loaded
whole, until when Spotify must not be called, and that another run is at work (an advisory lock).
"""

import hashlib
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import psycopg2.errors
from psycopg2 import sql
from psycopg2.extensions import connection

from loader import database
from loader.errors import ComeBackLaterError, DatabaseError, PipelineError
from loader.outcome import PlaylistLoad
from loader.run_log_tables import TABLES
from loader.settings import PipelineConfig, SpotifyAccess

log = logging.getLogger(__name__)

NOT_BEFORE = """
select max(not_before) from {logging}.pipeline_runs
where spotify_app = %s and not_before > now()
"""
NOTHING_LOGGED_YET = (
    psycopg2.errors.UndefinedTable,
    psycopg2.errors.UndefinedColumn,  # an older version's
    psycopg2.errors.InvalidSchemaName,
)

Status = Literal["running", "success", "skipped", "partial", "failed", "abandoned"]


@dataclass(frozen=True)
class KnownPlaylist:
    """A playlist as an earlier run loaded it whole.

    Attributes:
        rows: how many rows it had.
        entities_missing: that run was stopped before it had all artists and albums.
    """

    snapshot_id: str | None
    loaded_at: datetime
    rows: int
    entities_missing: bool


class RunLog:
    """This run's row in the log, held open by the lock that keeps a second run out.

    Args:
        opened: a connection of its own, in autocommit mode; the lock ends with it.
        config: the run's settings.
        access: who asks Spotify; only a digest of it is stored.

    Raises:
        PipelineError: another run is at work.
        DatabaseError: the log cannot be written.
    """

    def __init__(self, opened: connection, config: PipelineConfig, access: SpotifyAccess) -> None:
        self.run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self._connection = opened
        self._logging = f"{config.schema_prefix}_logging"
        self._a_mart = f"{config.schema_prefix}_marts.playlists"
        self._app = app_digest(access)
        if not self._locked():
            raise PipelineError(
                f"Another run is loading into {self._logging} of {database.address()}; "
                "this one leaves it alone. Wait for it to end."
            )
        try:
            self._execute(TABLES)
            self._execute(
                "update {logging}.pipeline_runs set status = 'abandoned', finished_at = now() "
                "where status = 'running'"
            )
            self._execute(
                "insert into {logging}.pipeline_runs "
                "(run_id, pipeline_name, status, started_at, config, spotify_app) "
                "values (%s, %s, 'running', now(), %s, %s)",
                [self.run_id, config.name, config.model_dump_json(), self._app],
            )
        except psycopg2.Error as error:
            raise DatabaseError(
                f"Cannot write the run log in {self._logging}: {' '.join(str(error).split())}"
            ) from error

    def refuse_before_time(self) -> None:
        """Make sure that Spotify may be called.

        Raises:
            ComeBackLaterError: Spotify asked this app not to call before a moment yet to come.
        """
        until = not_before(self._connection, self._logging, self._app)
        if until is not None:
            raise ComeBackLaterError(until, "Spotify asked not to be called yet")

    def known_playlists(self, max_age: timedelta) -> dict[str, KnownPlaylist]:
        """Return the playlists that this app has loaded whole and not too long ago, by id."""
        found = self._execute(
            "select distinct on (playlist_id) playlist_id, snapshot_id, loaded_at, "
            "rows_loaded, runs.not_before is not null "
            "from {logging}.playlist_loads as loads "
            "inner join {logging}.pipeline_runs as runs on loads.run_id = runs.run_id "
            "where loads.status = 'loaded' and runs.status in ('success', 'partial') "
            "and spotify_app = %s and loaded_at > now() - %s "
            # After a run that broke off while it changed the raw tables, nothing is taken as read.
            "and not exists (select from {logging}.pipeline_runs as broken "
            "where broken.changed_raw and broken.status not in ('success', 'partial') "
            "and broken.started_at > runs.started_at) "
            "order by playlist_id, loaded_at desc",
            [self._app, max_age],
        )
        return {playlist_id: KnownPlaylist(*rest) for playlist_id, *rest in found}

    def batches_were_refused(self) -> bool:
        """Say whether Spotify refused batches to this app in the last run that asked it."""
        found = self._execute(
            "select batches_refused from {logging}.pipeline_runs "
            "where spotify_app = %s and changed_raw order by started_at desc limit 1",
            [self._app],
        )
        return bool(found and found[0][0])

    def marts_are_current(self, version: str) -> bool:
        """Say whether the marts are there, published with `version` after raw last changed."""
        ((there,),) = self._execute("select to_regclass(%s) is not null", [self._a_mart])
        if not there:
            return False
        found = self._execute(
            "select built_with from {logging}.pipeline_runs "
            "where changed_raw or built_with is not null order by started_at desc limit 1"
        )
        return bool(found and found[0][0] == version)

    def changes_raw(self, dlt_load_ids: list[str]) -> None:
        """Note that these load packages begin to change the raw tables.

        Until something is published, the marts are older than they are.
        """
        self._update(changed_raw=True, dlt_load_ids=dlt_load_ids)

    def published(self, version: str) -> None:
        """Note that the marts were published with this version of the dbt project."""
        self._update(built_with=version)

    def playlist_loads(self, loads: Iterable[PlaylistLoad]) -> None:
        """Write what became of the playlists."""
        for load in loads:
            rows = load.total if load.status == "loaded" else None
            self._execute(
                "insert into {logging}.playlist_loads (run_id, playlist_id, status, reason, "
                "snapshot_id, total_by_api, rows_read, rows_loaded, loaded_at) "
                "values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    self.run_id,
                    load.playlist_id,
                    load.status,
                    load.reason,
                    load.snapshot_id,
                    load.total,
                    rows,
                    rows,
                    load.loaded_at,
                ],
            )

    def finish(self, status: Status, error: str | None = None, **columns: Any) -> None:
        """End this run's row; `columns` are further columns of `pipeline_runs`.

        A log that cannot be written breaks no run.
        """
        try:
            self._update(status=status, error=error, finished_at=datetime.now(UTC), **columns)
        except psycopg2.Error as failure:
            log.warning("The run log could not be written: %s", " ".join(str(failure).split()))

    def _locked(self) -> bool:
        # A lock of its own for each set of schemas; it ends with the connection, however that ends.
        key = int.from_bytes(hashlib.sha256(self._logging.encode()).digest()[:8], signed=True)
        return bool(self._execute("select pg_try_advisory_lock(%s)", [key])[0][0])

    def _update(self, **columns: Any) -> None:
        assignments = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns
        )
        statement = sql.SQL("update {} set {} where run_id = %s").format(
            sql.Identifier(self._logging, "pipeline_runs"), assignments
        )
        with self._connection.cursor() as cursor:
            cursor.execute(statement, [*columns.values(), self.run_id])

    def _execute(self, statement: str, parameters: list[Any] | None = None) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement.format(logging=self._logging), parameters)
            return cursor.fetchall() if cursor.description else []


def app_digest(access: SpotifyAccess) -> str:
    """Return what the log knows an app by: a digest of its id and of the way it signs in."""
    flow = "user" if access.refresh_token else "app"
    return hashlib.sha256(f"{access.client_id}\n{flow}".encode()).hexdigest()[:16]


def not_before(opened: connection, schema: str, app: str) -> datetime | None:
    """Return until when Spotify asked this app not to be called; None where it may be called.

    It only reads, and answers also where there is no run log yet.

    Args:
        opened: a connection.
        schema: the run log's.
        app: the app's digest.
    """
    with opened.cursor() as cursor:
        try:
            cursor.execute(NOT_BEFORE.format(logging=schema), [app])
        except NOTHING_LOGGED_YET:
            return None
        found: tuple[datetime | None] = cursor.fetchone() or (None,)
        return found[0]
