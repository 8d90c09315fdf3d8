"""Faults that pass: the run goes on, and its answers are right."""

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database

from sample_api import MAIN_PLAYLIST, Fault, SampleApi

FAULTS = {
    "unavailable": [Fault("status", "items", status=503)],
    "rate limit": [Fault("rate_limit", "items", retry_after=1)],
    "rate limit without a time": [Fault("rate_limit", "artists")],
    "truncated": [Fault("truncated", "albums")],
    "reset": [Fault("reset", "playlist")],
    "empty": [Fault("empty", "artists")],
    "expired token": [Fault("token_expired", "items")],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_changes_no_answer(
    elt: CommandLine, database: Database, fault: str
) -> None:
    with SampleApi(faults=FAULTS[fault]) as api:
        config = {"playlists": [MAIN_PLAYLIST]}
        finished = elt("run", database=database, api=api, config=config)
        assert finished.code == 0, finished.output
        assert all(one.seen for one in api.faults), "the fault never struck"
        assert wrong_answers(database, api.catalogue, [MAIN_PLAYLIST]) == []
