"""A playlist that is edited while it is read is read again, or left as it was."""

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database
from runs import Loaded

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

pytestmark = pytest.mark.thorough

CONFIG = {"playlists": [MAIN_PLAYLIST, SHARED_PLAYLIST]}
SOME_FAILED = 3


def test_a_playlist_that_is_edited_three_times_is_read_again(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    extended_api.faults = [Fault("edit", "items", times=3)]
    finished = elt("run", database=database, api=extended_api, config=CONFIG)
    assert finished.code == 0, finished.output
    assert extended_api.faults[0].seen, "nobody edited it"
    assert "was edited while it was read" in finished.stderr
    assert wrong_answers(database, extended_api.catalogue, CONFIG["playlists"]) == []


def test_a_playlist_that_never_rests_is_left_as_it_was_and_the_others_go_on(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(*CONFIG["playlists"])
    with SampleApi() as before:  # the same catalogue, never edited
        untouched = before.catalogue
    extended_api.faults = [Fault("edit", f"/v1/playlists/{MAIN_PLAYLIST}/items", times=None)]
    second = elt("run", "--force", database=database, api=extended_api, config=CONFIG)
    assert second.code == SOME_FAILED, second.output
    assert "left as it was" in second.stderr
    assert wrong_answers(database, untouched, CONFIG["playlists"]) == []
