"""The run log's database: the warehouse's, or the one that the LOGGING_PG* variables name."""

import os
import socket

import pytest
from command_line import CommandLine
from postgres_server import Database, PostgresServer

from spotify_elt.errors import DatabaseError
from spotify_elt.warehouse import database as warehouse

NAT_FORGETS_AFTER = 350  # seconds, in AWS
OUTSIDE = {"LOGGING_PGHOST": "0.0.0.0", "LOGGING_PGSSLMODE": "disable"}  # noqa: S104 - another host


@pytest.fixture(autouse=True)
def environment(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The warehouse's variables, as a command has them."""
    for name, value in database.items():
        monkeypatch.setenv(name, value)
    warehouse.fill_in_defaults()


def found() -> tuple[str, int]:
    """The name of the run log's database, and the server's port."""
    with warehouse.connected_to_run_log() as opened, opened.cursor() as cursor:
        cursor.execute("select current_database(), current_setting('port')::integer")
        name, port = cursor.fetchone() or ("", 0)
        return name, port


def test_it_is_the_warehouse_unless_told(database: Database) -> None:
    assert found() == (database["PGDATABASE"], int(database["PGPORT"]))
    assert warehouse.run_log_address() == warehouse.address()


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="named otherwise on this system")
def test_a_connection_that_is_idle_is_not_forgotten_by_a_network() -> None:
    with warehouse.connected() as opened, socket.socket(fileno=os.dup(opened.fileno())) as line:
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) < NAT_FORGETS_AFTER


def test_it_may_be_another_database_of_the_same_server(
    embedded_server: PostgresServer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = embedded_server.new_database()["PGDATABASE"]
    monkeypatch.setenv("LOGGING_PGDATABASE", name)
    assert found() == (name, int(database["PGPORT"]))
    assert warehouse.run_log_address().endswith(f"/{name}")
    assert warehouse.address().endswith(f"/{database['PGDATABASE']}")


def test_it_may_be_on_another_server_which_is_not_sent_the_warehouses_password(
    machine_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = machine_server.new_database()
    named = {"LOGGING_PGPORT": log["PGPORT"], "LOGGING_PGDATABASE": log["PGDATABASE"]}
    for name, value in (OUTSIDE | named).items():
        monkeypatch.setenv(name, value)
    with (
        pytest.raises(
            DatabaseError, match=r"no password supplied\. Check the LOGGING_PG\* variables"
        ),
        warehouse.connected_to_run_log(),
    ):
        pass
    monkeypatch.setenv("LOGGING_PGPASSWORD", log["PGPASSWORD"])
    assert found() == (log["PGDATABASE"], int(log["PGPORT"]))


def test_the_sample_is_not_logged_elsewhere(elt: CommandLine) -> None:
    finished = elt("run", "--sample", environment=OUTSIDE)
    assert finished.code == 2, finished.output
    assert "LOGGING_PGHOST is set" in finished.last_line
