"""What AWS offers, for real: S3 by moto's server, PostgreSQL behind TLS and behind IAM tokens."""

from collections.abc import Iterator

import pytest
from authority import Authority
from iam_gate import IamGate
from moto.server import ThreadedMotoServer
from postgres_server import PASSWORD, PostgresServer, machine_binaries
from s3_bucket import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Bucket


@pytest.fixture(scope="session")
def aws() -> Iterator[dict[str, str]]:
    """The variables with which boto3 finds moto's server and its credentials."""
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

    It is for the address 0.0.0.0, by which a client reaches its own machine, though it is none of
    those that stand for it.
    """
    binaries = machine_binaries()
    if binaries is None:
        pytest.skip("This machine has no PostgreSQL of its own (no initdb found).")
    server = PostgresServer(binaries, certificate=authority.certificate("0.0.0.0"))  # noqa: S104
    yield server
    server.stop()


@pytest.fixture
def gate(tls_server: PostgresServer) -> Iterator[IamGate]:
    """Lets in to `tls_server` who has a token that is signed with the credentials of `aws`."""
    socket = tls_server.folder / f".s.PGSQL.{tls_server.port}"
    gate = IamGate(socket, PASSWORD, (ACCESS_KEY_ID, SECRET_ACCESS_KEY), REGION)
    yield gate
    gate.close()
