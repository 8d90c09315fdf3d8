"""The bundled sample: `sample_api` in a process of its own, in Spotify's place.

The sample only ever goes into the embedded database, which then says of itself that it holds the
sample; a later run without `--sample` clears it away first, so the two never mix.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.extensions import connection, cursor

from loader.access import SpotifyAccess
from loader.errors import PipelineError, SettingsError
from spotify_elt.warehouse.schemas import Schemas

MARK = "holds the bundled sample, not your data"


@contextmanager
def sample_spotify() -> Iterator[SpotifyAccess]:
    """Run the sample API and yield how to reach it; it ends with this process.

    Raises:
        SettingsError: the database is not the embedded one.
    """
    _refuse_unless_embedded()
    command = [sys.executable, "-m", "sample_api", "--until-stdin-closes"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            first_line = process.stdout.readline() if process.stdout else ""
            if "http://" not in first_line:
                raise PipelineError("The bundled sample API did not start.")
            url = first_line.split()[-1]
            yield SpotifyAccess(
                client_id="sample-client-id",
                client_secret="sample-client-secret",  # noqa: S106 - the sample's own
                refresh_token=None,
                redirect_uri="http://127.0.0.1:8888/callback",
                api_url=f"{url}/v1",
                accounts_url=url,
            )
        finally:
            process.terminate()


def _refuse_unless_embedded() -> None:
    """Refuse to write the sample to a database of the user's own."""
    for name in ("PGHOST", "LOGGING_PGHOST"):
        if os.environ.get(name):
            raise SettingsError(
                f"--sample writes to the embedded database only, and {name} is set: unset it, or "
                "run without --sample to load your own playlists."
            )


def keep_apart(database: connection, schema_prefix: str, *, sample: bool) -> None:
    """Make sure that the sample and the user's own data never meet in one database.

    Raises:
        SettingsError: the sample is to be loaded where the user's own data is.
    """
    schemas = Schemas.of(schema_prefix)
    with database.cursor() as cursor:
        found = _comment_on(schemas.raw, cursor)
        sample_is_there = found == (MARK,)
        if sample and found is not None and not sample_is_there:
            raise SettingsError(
                "The embedded database holds your own playlists: run without --sample, or delete "
                "them with `make clean` to go back to the sample."
            )
        if not sample and sample_is_there:
            for schema in schemas:
                cursor.execute(f"drop schema if exists {schema} cascade")
        if sample and found is None:
            cursor.execute(f"create schema {schemas.raw}")
            cursor.execute(f"comment on schema {schemas.raw} is %s", [MARK])


def holds_sample(database: connection, schema_prefix: str) -> bool:
    """Tell whether the database holds the bundled sample, as it says of itself."""
    with database.cursor() as asking:
        return _comment_on(Schemas.of(schema_prefix).raw, asking) == (MARK,)


def _comment_on(schema: str, asking: cursor) -> tuple[Any, ...] | None:
    """Return the comment on a schema in a row, or None where there is no such schema."""
    asking.execute(
        "select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s",
        [schema],
    )
    return asking.fetchone()
