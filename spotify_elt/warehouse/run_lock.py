"""The lock that keeps runs and purges of the same schemas out of each other's way."""

import hashlib

from psycopg2.extensions import connection

from loader.errors import PipelineError
from spotify_elt.warehouse import database


def only_run(connection: connection, schema_prefix: str) -> None:
    """Take the lock on the schemas of this prefix; it ends with the connection, however that ends.

    Args:
        connection: to the database that holds the schemas, in autocommit mode.
        schema_prefix: each prefix has a lock of its own.

    Raises:
        PipelineError: somebody else has it.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s)", [_key(schema_prefix)])
        if cursor.fetchone() != (True,):
            raise PipelineError(
                f"Another run is at work, or a purge, in the schemas {schema_prefix}_* of "
                f"{database.address()}; this command leaves them alone. Wait for it to end."
            )


def at_work(connection: connection, schema_prefix: str) -> bool:
    """Say whether a run or a purge has the lock; it is not touched."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where locktype = 'advisory' and granted "
            "and database = (select oid from pg_database where datname = current_database()) "
            "and (classid::bigint << 32 | objid::bigint) = %s)",
            [_key(schema_prefix)],
        )
        return cursor.fetchone() == (True,)


def _key(schema_prefix: str) -> int:
    digest = hashlib.sha256(f"spotify-elt {schema_prefix}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
