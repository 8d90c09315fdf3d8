"""Faults that pass: the run goes on, and its answers are right."""

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database

from sample_api import MAIN_PLAYLIST, Fault, SampleApi

pytestmark = pytest.mark.thorough

# Each strikes once, and none takes another's place: a run costs more than a fault.
FAULTS = {
    "outages": [
        Fault("reset", "playlist"),
        Fault("status", "items", status=503),
        Fault("empty", "artists"),
        Fault("truncated", "albums"),
    ],
    "refusals": [
        Fault("rate_limit", "items", retry_after=1),
        Fault("token_expired", "items", after=1),
        Fault("rate_limit", "artists"),
        Fault("html", "albums"),
    ],
}


@pytest.mark.parametrize("faults", FAULTS)
def test_faults_that_pass_change_no_answer(
    elt: CommandLine, database: Database, faults: str
) -> None:
    with SampleApi(faults=FAULTS[faults]) as api:
        config = {"playlists": [MAIN_PLAYLIST]}
        finished = elt("run", database=database, api=api, config=config)
        assert finished.code == 0, finished.output
        assert all(one.seen > one.after for one in api.faults), "a fault never struck"
        assert wrong_answers(database, api.catalogue, [MAIN_PLAYLIST]) == []
