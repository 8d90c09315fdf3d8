"""The image, built when the first test asks for it."""

import pytest
from container import build, missing


@pytest.fixture(scope="session")
def image() -> str:
    """The id of the real image."""
    if lacking := missing():
        pytest.skip(f"The image is not built and run here: that takes {', '.join(lacking)}.")
    return build()
