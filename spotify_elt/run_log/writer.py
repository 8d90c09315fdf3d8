"""The run log in `<prefix>_logging`: what each run did, written while it happens.

Without it no run begins, because it is the pipeline's memory (see `earlier_runs`). Once a run goes
on, a log that cannot be written breaks nothing: a warning says so on standard error.
"""

import logging
import socket
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, Self

import psycopg2
from psycopg2.extensions import connection
from psycopg2.extras import Json, execute_values

from loader.access import SpotifyAccess
from loader.errors import PipelineError, one_line
from loader.outcome import PlaylistLoad
from spotify_elt import versions
from spotify_elt.errors import DatabaseError, in_words
from spotify_elt.logs import RunLines
from spotify_elt.redaction import redacted
from spotify_elt.run_log.earlier_runs import NEVER_ENDED, SOME_HOST, EarlierRuns, app_digest
from spotify_elt.run_log.tables import migrate
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database
from spotify_elt.warehouse.schemas import Schemas

log = logging.getLogger(__name__)

Row = Mapping[str, Any]  # by column
Status = Literal["running", "success", "skipped", "partial", "failed", "abandoned"]

ABANDON = """
update {logging}.pipeline_runs
set status = 'abandoned', finished_at = now(), error = format(%s, run_id, coalesce(host, %s))
where status = 'running'
"""


class RunLog:
    """This run's row in the log.

    Args:
        lines: what the run logs; they know its id and when it began.
        opened: a connection to the log's database, in autocommit mode.
        config: the run's settings.
        access: who asks Spotify; only a digest of it is stored.

    Attributes:
        earlier: what the log tells of the runs before.

    Raises:
        DatabaseError: the log cannot be written.
    """

    def __init__(
        self, lines: RunLines, opened: connection, config: PipelineConfig, access: SpotifyAccess
    ) -> None:
        self._schema = Schemas.of(config.schema_prefix).logging
        self.earlier = EarlierRuns(opened, self._schema, access)
        self._lines = lines
        self._connection = opened
        self._finished = False
        self._run: Row = {
            "run_id": lines.run_id,
            "pipeline_name": config.name,
            "status": "running",
            "started_at": lines.began,
            "config": config.model_dump_json(),
            "spotify_app": app_digest(access),
            "warehouse": database.address(),
            "host": socket.gethostname(),
            "versions": versions.installed(),
        }
        try:
            migrate(opened, self._schema)
            with opened.cursor() as cursor:
                cursor.execute(ABANDON.format(logging=self._schema), [NEVER_ENDED, SOME_HOST])
            self._upsert(opened, "pipeline_runs", [self._run])
        except psycopg2.Error as error:
            raise DatabaseError(
                f"Cannot write the run log in {self._schema} of {database.run_log_address()}: "
                f"{one_line(error)}. Undo what was changed in it, or drop that "
                "schema: the next run makes it anew, and reads everything again."
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
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

    def playlist_loads(
        self, loads: Iterable[PlaylistLoad], counts: Mapping[str, Mapping[str, int]]
    ) -> None:
        """Write what became of the playlists.

        Args:
            loads: the playlists.
            counts: how many rows each stage holds of them: by column, by playlist.
        """
        self._write(
            "playlist_loads",
            [
                {
                    "playlist_id": load.playlist_id,
                    "status": load.status,
                    "reason": load.reason,
                    "snapshot_id": load.snapshot_id,
                    "total_by_api": load.total,
                    "rows_read": load.total if load.status == "loaded" else None,
                    "loaded_at": load.loaded_at,
                }
                | {column: rows.get(load.playlist_id) for column, rows in counts.items()}
                for load in loads
            ],
        )

    def dbt_results(self, results: Iterable[Row]) -> None:
        """Write what dbt said of each node, by the names of the columns."""
        self._write("dbt_results", results)

    def finish(self, status: Status, error: str | None, **columns: Any) -> None:
        """End this run's row; `columns` are further columns of `pipeline_runs`."""
        self._finished = True
        self._note(**columns, status=status, error=error, finished_at=datetime.now(UTC))

    def _note(self, **columns: Any) -> None:
        """Write columns of this run's row, and what it has logged so far: it may be killed."""
        self._run = {**self._run, **columns, "logs": self._lines.text}
        self._write("pipeline_runs", [self._run])

    def _write(self, table: str, rows: Iterable[Row]) -> None:
        """Write, over another connection where the run's own was lost meanwhile; or else warn."""
        of_this_run = [{"run_id": self._lines.run_id, **row} for row in rows]
        try:
            try:
                self._upsert(self._connection, table, of_this_run)
            except psycopg2.Error:
                if not self._connection.closed:
                    raise
                with database.connected_to_run_log() as another:
                    self._upsert(another, table, of_this_run)
        except (psycopg2.Error, PipelineError) as failure:
            log.warning("The run log could not be written: %s", one_line(failure))

    def _upsert(self, opened: connection, table: str, rows: Sequence[Row]) -> None:
        """Write rows, all with the same columns, in the place of those with the same keys."""
        if not rows:
            return
        columns = ", ".join(rows[0])
        new = ", ".join(f"excluded.{column}" for column in rows[0])
        statement = (
            f"insert into {self._schema}.{table} ({columns}) values %s "  # noqa: S608 - our own names
            f"on conflict on constraint {table}_pkey do update set ({columns}) = row({new})"
        )
        with opened.cursor() as cursor:
            execute_values(cursor, statement, [[*map(_clean, row.values())] for row in rows])


def _clean(value: Any) -> Any:
    """Return a value as it can be stored: a text without secrets and NUL, a dictionary as JSON."""
    if isinstance(value, str):
        return redacted(value).replace("\0", " ")
    return Json(value) if isinstance(value, dict) else value
