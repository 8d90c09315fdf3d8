"""infra/ is applied beside the other tests, and those that look at it come last."""

import pytest
from stack import Stack

APPLYING = pytest.StashKey[Stack]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "stack" in getattr(item, "fixturenames", ()))


def pytest_collection_finish(session: pytest.Session) -> None:
    wanted = any("stack" in getattr(item, "fixturenames", ()) for item in session.items)
    if wanted and not session.config.option.collectonly:
        factory: pytest.TempPathFactory = session.config._tmp_path_factory
        session.config.stash[APPLYING] = Stack(factory.mktemp("stack"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    stack = session.config.stash.get(APPLYING, None)
    if stack:
        stack.stop()


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Stack:
    """What Terraform made of infra/, with the defaults."""
    stack = request.config.stash[APPLYING]
    unable = stack.why_not()
    if unable:
        pytest.skip(unable)
    return stack
