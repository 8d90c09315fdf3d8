"""The run log in `<prefix>_logging`: what each run did, written while it happens.

Without it no run begins, because it is the pipeline's memory (see `earlier_runs`). Once a run goes
on, a log that cannot be written breaks nothing: a warning says so on standard error.
"""

import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor
from psycopg2.extras import Json, execute_values

from loader.access import SpotifyAccess
from loader.errors import PipelineError, one_line
from loader.outcome import PlaylistLoad
from spotify_elt import versions
from spotify_elt.errors import DatabaseError, in_words
from spotify_elt.logs import RunLines
from spotify_elt.redaction import redacted
from spotify_elt.run_log.earlier_runs import NEVER_ENDED, SOME_HOST, app_digest
from spotify_elt.run_log.tables import migrate
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database

log = logging.getLogger(__name__)

Status = Literal["running", "success", "skipped", "partial", "failed", "abandoned"]


class NodeResult(NamedTuple):
    """What became of one node of the dbt project.

    Attributes:
        node: dbt's unique id.
        resource_type: model, test, snapshot, ...
        status: dbt's own word.
        seconds: how long it took.
        failures: rows that a test found.
        message: what dbt said of it.
    """

    node: str
    resource_type: str
    status: str
    seconds: float
    failures: int | None
    message: str | None


class RunLog:
    """This run's row in the log.

    Args:
        lines: what the run logs; they know its id and when it began.
        opened: a connection to the log's database, in autocommit mode.
        config: the run's settings.
        access: who asks Spotify; only a digest of it is stored.

    Attributes:
        schema: the log's.

    Raises:
        DatabaseError: the log cannot be written.
    """

    def __init__(
        self, lines: RunLines, opened: connection, config: PipelineConfig, access: SpotifyAccess
    ) -> None:
        self.schema = f"{config.schema_prefix}_logging"
        self._run_id = lines.run_id
        self._lines = lines
        self._connection = opened
        self._finished = False
        try:
            migrate(opened, self.schema)
            self._execute(
                "update {}.pipeline_runs set status = 'abandoned', finished_at = now(), "
                "error = format(%s, run_id, coalesce(host, %s)) where status = 'running'",
                [NEVER_ENDED, SOME_HOST],
            )
            self._execute(
                "insert into {}.pipeline_runs (run_id, pipeline_name, status, started_at, config, "
                "spotify_app, warehouse, host, versions) "
                "values (%s, %s, 'running', %s, %s, %s, %s, %s, %s)",
                [
                    lines.run_id,
                    config.name,
                    lines.began,
                    config.model_dump_json(),
                    app_digest(access),
                    database.address(),
                    socket.gethostname(),
                    versions.installed(),
                ],
            )
        except psycopg2.Error as error:
            raise DatabaseError(
                f"Cannot write the run log in {self.schema} of {database.run_log_address()}: "
                f"{one_line(error)}. Undo what was changed in it, or drop that "
                "schema: the next run makes it anew, and reads everything again."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Make sure that a run that fails does not look as if it were running."""
        if error is not None and not self._finished:
            self.finish("failed", in_words(error))

    def changes_raw(self, dlt_load_ids: list[str]) -> None:
        """Note that these load packages begin to change the raw tables.

        Until something is published, the marts are older than they are.
        """
        self._note(changed_raw=True, dlt_load_ids=dlt_load_ids)

    def published(self, version: str) -> None:
        """Note that the marts were published with this version of the dbt project."""
        self._note(built_with=version)

    def playlist_loads(self, loads: Iterable[PlaylistLoad], in_raw: Mapping[str, int]) -> None:
        """Write what became of the playlists, and how many rows of each the raw tables hold."""
        rows = []
        for load in loads:
            read = load.total if load.status == "loaded" else None
            told = (load.status, load.reason, load.snapshot_id, load.total, read)
            held = in_raw.get(load.playlist_id)
            rows.append((self._run_id, load.playlist_id, *told, held, load.loaded_at))
        self._write_rows(
            "insert into {}.playlist_loads (run_id, playlist_id, status, reason, snapshot_id, "
            "total_by_api, rows_read, rows_loaded, loaded_at) values %s",
            rows,
        )

    def reconciled(self, staged: Mapping[str, int], in_marts: Mapping[str, int]) -> None:
        """Add the rows that dbt made of the playlists."""
        self._write_rows(
            "update {}.playlist_loads as loads "
            "set rows_staged = counted.staged, rows_in_marts = counted.in_marts "
            "from (values %s) as counted (run_id, playlist_id, staged, in_marts) "
            "where loads.run_id = counted.run_id and loads.playlist_id = counted.playlist_id",
            [
                (self._run_id, playlist_id, rows, in_marts[playlist_id])
                for playlist_id, rows in staged.items()
            ],
        )

    def dbt_results(self, results: Iterable[NodeResult]) -> None:
        """Write what dbt said of each node."""
        self._write_rows(
            "insert into {}.dbt_results "
            "(run_id, node, resource_type, status, seconds, failures, message) values %s",
            [(self._run_id, *result) for result in results],
        )

    def finish(self, status: Status, error: str | None, **columns: Any) -> None:
        """End this run's row; `columns` are further columns of `pipeline_runs`."""
        self._finished = True
        self._note(**columns, status=status, error=error, finished_at=datetime.now(UTC))

    def _note(self, **columns: Any) -> None:
        """Write columns of this run's row, and what it has logged so far: it may be killed."""
        columns["logs"] = self._lines.text
        assignments = sql.SQL(", ").join(
            sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns
        )
        statement = sql.SQL("update {} set {} where run_id = %s").format(
            sql.Identifier(self.schema, "pipeline_runs"), assignments
        )
        values = [_clean(value) for value in (*columns.values(), self._run_id)]
        self._write(lambda cursor: cursor.execute(statement, values))

    def _write_rows(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        clean = [[_clean(value) for value in row] for row in rows]
        self._write(lambda cursor: execute_values(cursor, statement.format(self.schema), clean))

    def _write(self, write: Callable[[cursor], object]) -> None:
        """Write, over another connection where the run's own was lost meanwhile; or else warn."""
        try:
            with self._connection.cursor() as cursor:
                write(cursor)
        except psycopg2.Error as failure:
            if self._connection.closed:
                self._write_anew(write)
            else:
                _warn(failure)

    def _write_anew(self, write: Callable[[cursor], object]) -> None:
        try:
            with database.connected_to_run_log() as another, another.cursor() as cursor:
                write(cursor)
        except (psycopg2.Error, PipelineError) as failure:
            _warn(failure)

    def _execute(self, statement: str, parameters: Iterable[Any]) -> None:
        clean = [_clean(parameter) for parameter in parameters]
        with self._connection.cursor() as cursor:
            cursor.execute(statement.format(self.schema), clean)


def _clean(value: Any) -> Any:
    """Return a value as it can be stored: a text without secrets and NUL, a dictionary as JSON."""
    if isinstance(value, str):
        return redacted(value).replace("\0", " ")
    return Json(value) if isinstance(value, dict) else value


def _warn(failure: Exception) -> None:
    log.warning("The run log could not be written: %s", one_line(failure))
