"""PostgreSQL as libpq's own variables name it: `PGHOST`, `PGPORT`, `PGUSER`, ...

dlt, dbt and psycopg2 all read them, so there is one truth and no second place for a password.
"""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection

from loader.errors import DatabaseError

CONNECT_TIMEOUT = 10  # seconds


def fill_in_defaults() -> None:
    """Set what libpq would assume, because dbt and dlt want to be told."""
    os.environ.setdefault("PGPORT", "5432")
    os.environ.setdefault("PGUSER", getpass.getuser())
    os.environ.setdefault("PGDATABASE", os.environ["PGUSER"])


def address() -> str:
    """Return user, host, port and database for a sentence; never the password."""
    at = os.environ
    return f"{at['PGUSER']}@{at['PGHOST']}:{at['PGPORT']}/{at['PGDATABASE']}"


@contextmanager
def connected() -> Iterator[connection]:
    """Open a connection in autocommit mode.

    Raises:
        DatabaseError: PostgreSQL cannot be reached, or refuses; libpq's own words say which.
    """
    try:
        opened = psycopg2.connect(connect_timeout=CONNECT_TIMEOUT, application_name="spotify-elt")
    except psycopg2.Error as error:
        raise DatabaseError(
            f"Cannot connect to PostgreSQL at {address()}: {' '.join(str(error).split())} "
            "Check the PG* variables."
        ) from error
    opened.autocommit = True
    try:
        yield opened
    finally:
        opened.close()
