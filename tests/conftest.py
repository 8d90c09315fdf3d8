"""What the tests stand on: PostgreSQL, the sample API and S3 as servers, the real command line."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from authority import Authority
from command_line import CommandLine
from postgres_server import (
    OUTSIDE,
    Database,
    PostgresServer,
    embedded_binaries,
    machine_binaries,
    running_postgres,
    version_of,
)
from s3_bucket import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Bucket
from skipped import pytest_terminal_summary  # noqa: F401 - pytest calls it

from sample_api import SampleApi

ICU_SINCE = 15  # the first version whose databases may sort by ICU
KINDS = ("embedded", "machine")
NEED_MORE_THAN_PYTHON = {"aws", "image", "infra", "report"}  # a browser, Terraform, TLS
SERVERS = pytest.StashKey[dict[str, PostgresServer]]()

# A busy machine is no failure.
hypothesis.settings.register_profile(
    "steady", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "thorough: one more way to what another test shows, or one that needs more than Python and "
        "make; runs with `make test-all`",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name in NEED_MORE_THAN_PYTHON:
            item.add_marker("thorough")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Have pytest-xdist's workers share the servers, and with them what one of them has loaded."""
    config = node.config
    if SERVERS not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        config.stash[SERVERS] = {
            kind: stack.enter_context(server) for kind in KINDS if (server := _server(kind))
        }
    node.workerinput["servers"] = {
        kind: (server.port, str(server.folder)) for kind, server in config.stash[SERVERS].items()
    }


def _server(kind: str) -> AbstractContextManager[PostgresServer] | None:
    """Return a server that is yet to be started; None where this machine has none of the kind."""
    binaries = embedded_binaries() if kind == "embedded" else machine_binaries()
    if binaries is None:
        return None
    by_code_point, human = ("--locale=C",), ("--locale-provider=icu", "--icu-locale=en")
    sorts_as_people_do = kind == "machine" and version_of(binaries) >= ICU_SINCE
    return running_postgres(binaries, *by_code_point, *(human if sorts_as_people_do else ()))


@contextmanager
def _shared(config: pytest.Config, kind: str) -> Iterator[PostgresServer]:
    """The server that all workers share, or, without workers, one for this process."""
    shared = getattr(config, "workerinput", {}).get("servers")
    if shared and kind in shared:
        port, folder = shared[kind]
        yield PostgresServer(port, Path(folder))
        return
    server = None if shared else _server(kind)
    if server is None:
        pytest.skip(f"This machine has no PostgreSQL of the kind: {kind}.")
    with server as running:
        yield running


@pytest.fixture(scope="session")
def embedded_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """PostgreSQL 18 from the wheel, sorting text by code point."""
    with _shared(pytestconfig, "embedded") as server:
        yield server


@pytest.fixture(scope="session")
def machine_server(pytestconfig: pytest.Config) -> Iterator[PostgresServer]:
    """The machine's own PostgreSQL, sorting text as people do where it can."""
    with _shared(pytestconfig, "machine") as server:
        yield server


@pytest.fixture(
    scope="session", params=["embedded", pytest.param("machine", marks=pytest.mark.thorough)]
)
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


@pytest.fixture(scope="session")
def loaded(
    new_elt: Callable[[], CommandLine], embedded_server: PostgresServer
) -> Callable[..., Database]:
    """Gives a database in which these playlists of the sample were loaded by an earlier run.

    The run is made once for each set of playlists, in extended mode and by the app; every caller
    gets a copy of what it left. The pipeline remembers nothing elsewhere.
    """

    def load(playlist_ids: list[str]) -> str:
        database = embedded_server.new_database()
        with SampleApi() as api:
            config = {"playlists": playlist_ids}
            finished = new_elt()("run", database=database, api=api, config=config)
        assert finished.code == 0, finished.output
        return database["PGDATABASE"]

    def copy(*playlist_ids: str) -> Database:
        wanted = sorted(playlist_ids)
        original = embedded_server.folder / "-".join(["loaded", *wanted])
        with embedded_server.alone(original.name):
            if not original.exists():
                original.write_text(load(wanted))
        return embedded_server.new_database(template=original.read_text())

    return copy


@pytest.fixture
def extended_api() -> Iterator[SampleApi]:
    """The sample in extended mode."""
    with SampleApi() as running:
        yield running


@pytest.fixture(scope="session")
def aws() -> Iterator[dict[str, str]]:
    """The variables with which boto3 finds moto's server and its credentials."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - few tests need it, and it is large

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    server.stop()


@pytest.fixture
def bucket(aws: dict[str, str]) -> Bucket:
    """A bucket of its own for each test."""
    return Bucket(aws)


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Signs the certificate of `tls_server`, and nobody has heard of it."""
    return Authority("The tests' own authority")


@pytest.fixture(scope="session")
def tls_server(authority: Authority) -> Iterator[PostgresServer]:
    """The machine's PostgreSQL, which lets nobody in without TLS; the embedded one knows none.

    Its certificate is for OUTSIDE.
    """
    binaries = machine_binaries()
    if binaries is None:
        pytest.skip("This machine has no PostgreSQL of its own (no initdb found).")
    with running_postgres(binaries, certificate=authority.certificate(OUTSIDE)) as server:
        yield server


@pytest.fixture(scope="session")
def trusted(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Names the authority that signed its certificate."""
    path = tmp_path_factory.mktemp("authority") / "root.crt"
    path.write_bytes(authority.root)
    return {"PGSSLROOTCERT": str(path)}
