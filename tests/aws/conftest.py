"""A PostgreSQL that takes IAM tokens for passwords."""

from collections.abc import Iterator

import pytest
from iam_gate import IamGate
from postgres_server import PASSWORD, PostgresServer
from s3_bucket import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY


@pytest.fixture
def gate(tls_server: PostgresServer) -> Iterator[IamGate]:
    """Lets in to `tls_server` who has a token that is signed with the credentials of `aws`."""
    socket = tls_server.folder / f".s.PGSQL.{tls_server.port}"
    gate = IamGate(socket, PASSWORD, (ACCESS_KEY_ID, SECRET_ACCESS_KEY), REGION)
    yield gate
    gate.close()
