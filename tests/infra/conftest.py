"""infra/, applied when the first test asks for it."""

from collections.abc import Iterator

import pytest
from stack import Stack, initialized


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """What Terraform made of infra/, with the defaults."""
    folder = tmp_path_factory.mktemp("stack")
    if unable := initialized(folder):
        pytest.skip(unable)
    with Stack(folder) as applied:
        yield applied
