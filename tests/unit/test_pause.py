"""The pause that all workers share, and the wait that is too long."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from waiting import Clock

from loader.errors import ComeBackLaterError
from loader.pause import Pause

REASON = "Spotify's rate limit is reached"


def _pause(max_wait: float = 1) -> Pause:
    return Pause(timedelta(seconds=max_wait))


def test_without_a_pause_nobody_waits(clock: Clock) -> None:
    _pause().wait()
    assert clock.slept == []


def test_everybody_waits_until_the_pause_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(sleepers=3)
    monkeypatch.setattr("loader.pause.time", clock)
    pause = _pause()
    pause.extend(timedelta(seconds=0.25), REASON)
    over, ended = clock.now + 0.25, []

    def work() -> None:
        pause.wait()
        ended.append(clock.now)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [over] * 3
    assert clock.slept == [0.25] * 3


def test_the_same_wait_told_to_several_workers_counts_once(clock: Clock) -> None:
    pause = _pause()
    for _ in range(3):
        pause.extend(timedelta(seconds=0.25), REASON)
    clock.now += 0.125
    pause.extend(timedelta(seconds=0.25), REASON)
    assert pause.seconds_waited == 0.375


def test_a_shorter_wait_does_not_end_a_longer_one(clock: Clock) -> None:
    pause = _pause()
    pause.extend(timedelta(seconds=0.5), REASON)
    pause.extend(timedelta(seconds=0.25), REASON)
    pause.wait()
    assert clock.slept == [0.5]


def test_who_wakes_up_early_goes_on_sleeping(clock: Clock) -> None:
    pause = _pause()
    pause.extend(timedelta(seconds=0.25), REASON)
    sleep, clock.sleep = clock.sleep, lambda _: sleep(0.125)  # type: ignore[method-assign]
    pause.wait()
    assert clock.slept == [0.125, 0.125]


def test_a_wait_beyond_the_longest_stops_everybody(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    pause, wait = _pause(max_wait=60), timedelta(seconds=61)
    before = datetime.now(UTC)
    with pytest.raises(ComeBackLaterError) as stopped:
        pause.extend(wait, REASON)
    assert before + wait <= stopped.value.not_before <= datetime.now(UTC) + wait
    assert REASON in str(stopped.value)
    assert stopped.value.exit_code == 75
    with pytest.raises(ComeBackLaterError):
        pause.wait()
    assert pause.seconds_waited == 0
    assert clock.slept == []
    assert caplog.messages == []


def test_the_longest_wait_itself_is_waited_and_told(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    pause = _pause(max_wait=1)
    pause.extend(timedelta(seconds=1), REASON)
    pause.wait()
    assert clock.slept == [1]
    (told,) = caplog.messages
    assert told.startswith("Spotify asks to wait")


def test_the_first_stop_counts() -> None:
    pause = _pause()
    with pytest.raises(ComeBackLaterError) as first:
        pause.stop(timedelta(hours=1), "quota")
    with pytest.raises(ComeBackLaterError) as second:
        pause.stop(timedelta(hours=9), "another")
    assert second.value is first.value
