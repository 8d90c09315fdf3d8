"""The pause that all workers share, and the wait that is too long."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from loader.errors import ComeBackLaterError
from loader.pause import Pause

REASON = "Spotify's rate limit is reached"


def _pause(max_wait: float = 1) -> Pause:
    return Pause(timedelta(seconds=max_wait))


def test_without_a_pause_nobody_waits() -> None:
    began = time.monotonic()
    _pause().wait()
    assert time.monotonic() - began < 0.05


def test_everybody_waits_until_the_pause_is_over() -> None:
    pause = _pause()
    pause.extend(timedelta(seconds=0.2), REASON)
    began, ended = time.monotonic(), []

    def work() -> None:
        pause.wait()
        ended.append(time.monotonic() - began)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ended) == 3
    assert min(ended) >= 0.15


def test_the_same_wait_told_to_several_workers_counts_once() -> None:
    pause = _pause()
    for _ in range(3):
        pause.extend(timedelta(seconds=0.2), REASON)
    assert pause.seconds_waited == pytest.approx(0.2, abs=0.1)


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    pause = _pause()
    pause.extend(timedelta(seconds=0.3), REASON)
    pause.extend(timedelta(seconds=0.01), REASON)
    began = time.monotonic()
    pause.wait()
    assert time.monotonic() - began > 0.2


def test_a_wait_beyond_the_longest_stops_everybody(caplog: pytest.LogCaptureFixture) -> None:
    pause = _pause(max_wait=60)
    with pytest.raises(ComeBackLaterError) as stopped:
        pause.extend(timedelta(seconds=61), REASON)
    until = stopped.value.not_before - datetime.now(UTC)
    assert timedelta(seconds=55) < until <= timedelta(seconds=61)
    assert REASON in str(stopped.value)
    assert stopped.value.exit_code == 75
    with pytest.raises(ComeBackLaterError):
        pause.wait()
    assert pause.seconds_waited == 0
    assert caplog.messages == []


def test_the_longest_wait_itself_is_waited_and_told(caplog: pytest.LogCaptureFixture) -> None:
    pause = _pause(max_wait=0.1)
    began = time.monotonic()
    pause.extend(timedelta(seconds=0.1), REASON)
    pause.wait()
    assert time.monotonic() - began >= 0.1
    (told,) = caplog.messages
    assert told.startswith("Spotify asks to wait")


def test_the_first_stop_counts() -> None:
    pause = _pause()
    with pytest.raises(ComeBackLaterError) as first:
        pause.stop(timedelta(hours=1), "quota")
    with pytest.raises(ComeBackLaterError) as second:
        pause.stop(timedelta(hours=9), "another")
    assert second.value is first.value
