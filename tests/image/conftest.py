"""The image, whose build starts before the first test, whichever that is."""

from pathlib import Path

import pytest
from container import Build, missing

HERE = Path(__file__).parent
BUILD = pytest.StashKey[Build]()


def pytest_collection_finish(session: pytest.Session) -> None:
    wanted = any(HERE in item.path.parents for item in session.items)
    if wanted and not session.config.option.collectonly and not missing():
        session.config.stash[BUILD] = Build()


def pytest_unconfigure(config: pytest.Config) -> None:
    if BUILD in config.stash:
        config.stash[BUILD].process.wait(timeout=600)


@pytest.fixture(scope="session")
def image(request: pytest.FixtureRequest) -> str:
    """The id of the real image."""
    if lacking := missing():
        pytest.skip(f"The image is not built and run here: that takes {', '.join(lacking)}.")
    return request.config.stash[BUILD].image()
