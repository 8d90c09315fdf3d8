"""Rate limits and quotas: short ones are waited for, long ones end the run to be continued."""

import json
import re
from datetime import UTC, datetime

import pytest
from command_line import CommandLine
from marts import read_answers, wrong_answers
from postgres_server import Database, query
from runs import Loaded

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

COME_BACK_LATER = 75
CONFIG = {"playlists": [SHARED_PLAYLIST, MAIN_PLAYLIST]}


@pytest.mark.thorough
def test_a_short_wait_is_waited(  # by all workers: tests/unit/test_waits.py
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    extended_api.faults = [Fault("rate_limit", "items", retry_after=1)]
    finished = elt("run", database=database, api=extended_api, config=CONFIG)
    assert finished.code == 0, finished.output
    assert "pausing for 1 s" in finished.stderr
    assert [served.status for served in extended_api.requests].count(429) == 1
    assert wrong_answers(database, extended_api.catalogue, CONFIG["playlists"]) == []


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            Fault("rate_limit", "artists", retry_after=3600, times=None), id="longer than max_wait"
        ),
        pytest.param(Fault("quota", "artists", times=None), id="quota", marks=pytest.mark.thorough),
    ],
)
def test_a_long_wait_ends_the_run_and_the_next_goes_on(
    elt: CommandLine, database: Database, extended_api: SampleApi, fault: Fault
) -> None:
    extended_api.faults = [fault]
    stopped = elt("run", database=database, api=extended_api, config=CONFIG)
    assert stopped.code == COME_BACK_LATER, stopped.output
    assert "pausing for" not in stopped.stderr
    assert "come back after" in stopped.last_line
    assert [served.status for served in extended_api.requests].count(429) == 1
    assert query(
        database,
        "select status, not_before >= started_at + interval '1 hour' "
        "from spotify_logging.pipeline_runs",
    ) == [("partial", True)]

    extended_api.requests.clear()
    as_json = {"LOG_FORMAT": "json"}
    early = elt("run", database=database, api=extended_api, environment=as_json)
    assert early.code == COME_BACK_LATER, early.output
    assert extended_api.requests == []
    told = json.loads(early.last_line)
    assert (told["event"], told["status"]) == ("run_ended", "partial")
    assert datetime.fromisoformat(told["not_before"]) > datetime.now(UTC)

    extended_api.faults = []
    query(database, "update spotify_logging.pipeline_runs set not_before = now()")
    finished = elt("run", database=database, api=extended_api)
    assert finished.code == 0, finished.output
    asked = {served.endpoint for served in extended_api.requests}
    assert asked == {"token", "playlist", "artists", "albums"}, "what was loaded was read again"
    assert wrong_answers(database, extended_api.catalogue, CONFIG["playlists"]) == []


@pytest.mark.thorough
def test_a_day_s_quota_of_single_artists_is_worked_off_day_by_day(
    elt: CommandLine, database: Database
) -> None:
    with SampleApi(mode="development") as api:
        asked: list[str] = []
        for _day in range(4):
            api.faults = [Fault("quota", "artist", after=50, times=None)]
            api.requests.clear()
            finished = elt("run", database=database, api=api, user=True, config=CONFIG)
            assert finished.code in {0, COME_BACK_LATER}, finished.output
            asked += [
                served.path
                for served in api.requests
                if served.endpoint == "artist" and served.status == 200
            ]
            query(database, "update spotify_logging.pipeline_runs set not_before = now()")
            if finished.code == 0:
                break
        assert finished.code == 0, "not done after four days"
        assert len(asked) == len(set(asked)), "an artist was asked for on two days"
        assert wrong_answers(database, api.catalogue, CONFIG["playlists"], "development") == []


@pytest.mark.thorough
def test_a_429_without_a_time_is_tried_with_growing_waits_then_given_up(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(*CONFIG["playlists"])
    answers = read_answers(database)
    extended_api.faults = [Fault("rate_limit", "playlist", times=None)]
    config = {**CONFIG, "max_wait": "2s", "concurrency": 1}
    stopped = elt("run", "--force", database=database, api=extended_api, config=config)
    assert stopped.code == COME_BACK_LATER, stopped.output
    refused = [served.status for served in extended_api.requests].count(429)
    waits = [int(seconds) for seconds in re.findall(r"pausing for (\d+) s", stopped.stderr)]
    assert 3 <= refused <= 6
    assert waits == [1, *[2] * (refused - 1)]
    assert read_answers(database) == answers
