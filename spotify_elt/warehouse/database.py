"""PostgreSQL as libpq's own variables name it: `PGHOST`, `PGPORT`, `PGUSER`, ...

dlt, dbt and psycopg2 all read them, so there is one truth and no second place for a password. The
run log may be in another database, which `LOGGING_PGHOST` and its companions name.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import Any

import psycopg2
from psycopg2.extensions import connection

from loader.errors import one_line
from spotify_elt.errors import DatabaseError
from spotify_elt.warehouse import pg_settings
from spotify_elt.warehouse.embedded import embedded_postgres

Row = Mapping[str, Any]  # of a query's answer, by column name

# What a query raises where a schema or a table is not there yet.
NOT_THERE = (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName)
CONNECT_TIMEOUT = 10  # seconds
# A run's lock and its log are idle while dbt works. NAT forgets an idle connection after some five
# minutes, without a word, and the server would keep the lock.
KEPT_ALIVE_AFTER = 60  # seconds
LIBPQ_ASKS = re.compile(r" Is the server running [^?]*\?")
MENDS = {
    "does not support SSL": (
        "It offers no TLS: set {0}PGSSLMODE=disable if you trust the network to it."
    ),
    "no encryption": "It wants TLS: set {0}PGSSLMODE=verify-full.",
    "does not match host name": (
        "Set {0}PGHOST to a name that is in its certificate, or {0}PGSSLMODE=verify-ca."
    ),
    "certificate": (
        "Set {0}PGSSLROOTCERT to the file of the authority that signed its certificate."
    ),
}


@contextmanager
def at_hand() -> Iterator[bool]:
    """Point the PG* variables at a database: the one that `PGHOST` names, or the embedded one.

    Yields whether it is the embedded one.

    Raises:
        SettingsError: a variable has a value that is none, or there is no embedded one.
        DatabaseError: the embedded one does not start.
    """
    embedded = not os.environ.get("PGHOST")
    with embedded_postgres() if embedded else nullcontext():
        fill_in_defaults()
        yield embedded


def fill_in_defaults() -> None:
    """Set what libpq would assume or should, because dbt and dlt want to be told.

    Raises:
        SettingsError: a variable has a value that is none.
    """
    settings = pg_settings.with_defaults(os.environ)
    for name in pg_settings.NAMES:
        os.environ.pop(name, None)  # one that is set to nothing is not set
    os.environ.update(settings)


def renew_password() -> None:
    """Have a password in `PGPASSWORD` with which connections can be opened for 15 minutes.

    Raises:
        SettingsError: it is an IAM token, and there are no AWS credentials.
    """
    if password := pg_settings.password(os.environ):
        os.environ["PGPASSWORD"] = password


def address() -> str:
    """Return user, host, port and database for a sentence; never the password."""
    return _address(os.environ)


def run_log_address() -> str:
    """Return the same of the database that the run log is in."""
    return _address(pg_settings.of_the_run_log(os.environ))


def connected() -> AbstractContextManager[connection]:
    """Open a connection in autocommit mode.

    Raises:
        DatabaseError: PostgreSQL cannot be reached, or refuses; libpq's own words say which.
        SettingsError: there are no AWS credentials for an IAM token.
    """
    return _connected(os.environ, "")


def connected_to_run_log() -> AbstractContextManager[connection]:
    """Open a connection to the database that the run log is in, in autocommit mode.

    Raises:
        DatabaseError: PostgreSQL cannot be reached, or refuses; libpq's own words say which.
        SettingsError: a variable has a value that is none, or there are no AWS credentials.
    """
    own = any(os.environ.get(pg_settings.RUN_LOG + name) for name in pg_settings.NAMES)
    settings = pg_settings.of_the_run_log(os.environ)
    return _connected(settings, pg_settings.RUN_LOG if own else "")


def _address(at: Mapping[str, str]) -> str:
    return f"{at['PGUSER']}@{at['PGHOST']}:{at['PGPORT']}/{at['PGDATABASE']}"


@contextmanager
def _connected(settings: Mapping[str, str], prefix: str) -> Iterator[connection]:
    password = pg_settings.password(settings)
    try:
        # Everything is said: what is not, libpq would take from the warehouse's variables.
        opened = psycopg2.connect(
            host=settings["PGHOST"],
            port=settings["PGPORT"],
            user=settings["PGUSER"],
            password=password,
            dbname=settings["PGDATABASE"],
            sslmode=settings.get("PGSSLMODE", "prefer"),
            sslrootcert=settings.get("PGSSLROOTCERT", ""),
            connect_timeout=CONNECT_TIMEOUT,
            keepalives_idle=KEPT_ALIVE_AFTER,
            application_name="spotify-elt",
        )
    except psycopg2.Error as error:
        words = LIBPQ_ASKS.sub(".", one_line(error))
        raise DatabaseError(
            f"Cannot connect to PostgreSQL at {_address(settings)}: {words.rstrip('.')}. "
            f"{_mend(words, settings, prefix)}"
        ) from error
    opened.autocommit = True
    with closing(opened):
        yield opened


def _mend(words: str, settings: Mapping[str, str], prefix: str) -> str:
    for told, mend in MENDS.items():
        if told in words:
            return mend.format(prefix)
    if "authentication failed" in words and settings.get("PG_IAM_AUTH") == "true":
        return (
            "It was asked with an IAM token: grant rds_iam to this role, and let the AWS "
            "credentials rds-db:connect as it."
        )
    return f"Check the {prefix}PG* variables."


def has(opened: connection, relation: str) -> bool:
    """Tell whether there is such a table or view, named with its schema."""
    with opened.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [relation])
        return cursor.fetchone() == (True,)


def rows(
    opened: connection, query: str, parameters: Sequence[object] | Mapping[str, object] = ()
) -> list[Row]:
    """Return what a query finds, each row by column name."""
    with opened.cursor() as cursor:
        cursor.execute(query, parameters)
        columns = [column.name for column in cursor.description or ()]
        # Plain dicts: psycopg2's own are ordered ones, and take three times the memory.
        return [dict(zip(columns, row, strict=True)) for row in cursor]
