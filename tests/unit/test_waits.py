"""How the client waits: for a rate limit all workers together, after a fault each for itself."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from spotify_client import signed_in
from waiting import Clock

from loader.errors import ComeBackLaterError, SpotifyError
from sample_api import Catalogue, Fault, SampleApi

WORKERS = 4


@pytest.fixture
def api() -> Iterator[SampleApi]:
    with SampleApi(Catalogue()) as running:
        running.catalogue.add_artist("Mosslark")
        yield running


def test_a_wait_is_kept_to_by_all_workers(api: SampleApi, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(sleepers=WORKERS)  # it does not go on before the last of them waits
    monkeypatch.setattr("loader.pause.time", clock)
    spotify = signed_in(api, concurrency=WORKERS)
    (path,) = (f"artists/{one}" for one in api.catalogue.artists)
    api.faults = [Fault("rate_limit", "artist", retry_after=2)]

    def work(_: int) -> None:
        while len(clock.slept) < WORKERS:
            spotify.get(path)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    assert clock.slept == [2] * WORKERS
    assert spotify.seconds_waited == 2
    assert [served.status for served in api.calls("artist")].count(429) == 1


def test_a_429_without_a_time_is_waited_for_longer_and_longer_then_given_up(
    api: SampleApi, clock: Clock
) -> None:
    spotify = signed_in(api, max_wait=3)
    api.faults = [Fault("rate_limit", "*", times=None)]
    with pytest.raises(ComeBackLaterError, match="does not end"):
        spotify.get("artists/any")
    assert clock.slept == [1, 2, 3, 3]
    assert len(api.calls("artist")) == len(clock.slept) + 1


def test_a_fault_is_tried_again_a_few_times_with_waits_between(
    api: SampleApi, clock: Clock
) -> None:
    spotify = signed_in(api)
    api.faults = [Fault("status", "*", status=503, times=None)]
    with pytest.raises(SpotifyError, match="503"):
        spotify.get("artists/any")
    assert len(clock.slept) == 4
    assert sum(clock.slept) < 10
    assert spotify.retries == 4
    assert len(api.calls("artist")) == 5
