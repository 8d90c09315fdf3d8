"""The one place where a test takes over the time of the loader."""

import pytest
from waiting import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """What the loader waits by: for a rate limit, and before it tries again after a fault."""
    clock = Clock()
    for module in ("loader.pause", "tenacity.nap"):
        monkeypatch.setattr(f"{module}.time", clock)
    return clock
