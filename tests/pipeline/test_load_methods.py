"""Upsert, overwrite and insert: other raw tables, the same answers.

One story for each method, over a first load by upsert: a run of the same, an edited playlist, an
emptied one. A second playlist that shares tracks with it stays as it is all the while.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from command_line import CommandLine
from expected import entry_counts, expected_answers
from marts import read_answers, wrong_answers, wrong_cells
from postgres_server import Database, query
from runs import Loaded

from sample_api import EMPTY_PLAYLIST, MAIN_PLAYLIST, SHARED_PLAYLIST, Catalogue, SampleApi

METHODS = ("upsert", "overwrite", "insert")
STAGES = ("the same again", "an edit", "an emptied playlist")
PLAYLISTS = [MAIN_PLAYLIST, SHARED_PLAYLIST]
MAIN_ROWS, SHARED_ROWS = 197, 28
ALWAYS_DUE = {"max_age": "0s", "entity_max_age": "0s"}  # nothing is taken as known
STAYS = """
select playlist_id, count(*), count(removed_before) from spotify_marts.playlist_changes group by 1
"""
CHANGES = "select entity_type, count(valid_to) from spotify_marts.popularity_history group by 1"
EDITED_ROWS = 188  # ten of 197 removed, one added


@dataclass
class Story:
    """What was seen at each stage.

    Attributes:
        wrong: how the answers differed from the expected ones.
        raw_rows: rows in `playlist_items`, by playlist.
        stays: by playlist, how many stays of tracks there were, and how many ended.
        changes: how many values of popularity were followed by others, by entity type.
        codes: the exit codes of all runs.
    """

    wrong: dict[str, list[str]] = field(default_factory=dict)
    raw_rows: dict[str, dict[str, int]] = field(default_factory=dict)
    stays: dict[str, list[int]] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)
    codes: list[int] = field(default_factory=list)


@pytest.fixture(scope="module", params=METHODS)
def told(
    request: pytest.FixtureRequest, loaded: Loaded, new_elt: Callable[[], CommandLine]
) -> tuple[str, Story]:
    method, story, elt = request.param, Story(), new_elt()
    database = loaded(*PLAYLISTS)
    with SampleApi() as api:
        catalogue = api.catalogue

        def run(stage: str) -> None:
            config = {"playlists": PLAYLISTS, "load_method": method, **ALWAYS_DUE}
            finished = elt("run", database=database, api=api, config=config)
            story.codes.append(finished.code)
            story.wrong[stage] = wrong_answers(database, catalogue, PLAYLISTS)
            story.raw_rows[stage] = _raw_rows(database)

        run("the same again")
        _edit(catalogue)
        run("an edit")
        catalogue.edit(MAIN_PLAYLIST, rows=[])
        run("an emptied playlist")
    story.stays = {playlist_id: counts for playlist_id, *counts in query(database, STAYS)}
    story.changes = dict(query(database, CHANGES))
    return method, story


def _raw_rows(database: Database) -> dict[str, int]:
    return dict(
        query(database, "select playlist_id, count(*) from spotify_raw.playlist_items group by 1")
    )


def _edit(catalogue: Catalogue) -> None:
    """Remove, add and reorder rows, and change what the rows refer to."""
    newcomer = catalogue.add_artist("A Newcomer", popularity=99, genres=["lo-fi", "a new genre"])
    album = catalogue.add_album("Debut", [newcomer], popularity=3, release_date="2026-10")
    track = catalogue.add_track("Hello", [newcomer], album, popularity=88, duration_ms=59_999)
    catalogue.edit(
        MAIN_PLAYLIST, rows=lambda rows: [*reversed(rows[10:]), track], name="another name"
    )
    of_both = catalogue.playlists[SHARED_PLAYLIST].rows[0]["item"]
    catalogue.change(of_both["id"], popularity=100, name="Renamed")
    catalogue.change(of_both["album"]["id"], popularity=0, release_date="2001-02-03")
    catalogue.change(of_both["artists"][0]["id"], popularity=1, genres=["jazz", "lo-fi"])


@pytest.mark.thorough
@pytest.mark.parametrize("stage", STAGES)
def test_the_answers_are_right_whatever_the_method(told: tuple[str, Story], stage: str) -> None:
    assert told[1].wrong[stage] == []


@pytest.mark.thorough
def test_every_run_succeeds(told: tuple[str, Story]) -> None:
    assert told[1].codes == [0] * len(STAGES)


@pytest.mark.thorough
def test_a_method_decides_what_the_raw_table_keeps(told: tuple[str, Story]) -> None:
    method, story = told
    once = {MAIN_PLAYLIST: MAIN_ROWS, SHARED_PLAYLIST: SHARED_ROWS}
    edited = {MAIN_PLAYLIST: EDITED_ROWS, SHARED_PLAYLIST: SHARED_ROWS}
    emptied = {SHARED_PLAYLIST: SHARED_ROWS}
    wanted = [once, edited, emptied]
    if method == "insert":  # nothing that was loaded is ever touched
        main = 2 * MAIN_ROWS
        wanted = [
            {MAIN_PLAYLIST: main, SHARED_PLAYLIST: 2 * SHARED_ROWS},
            {MAIN_PLAYLIST: main + EDITED_ROWS, SHARED_PLAYLIST: 3 * SHARED_ROWS},
            {MAIN_PLAYLIST: main + EDITED_ROWS, SHARED_PLAYLIST: 4 * SHARED_ROWS},
        ]
    assert list(story.raw_rows.values()) == wanted


@pytest.mark.thorough
def test_history_is_the_same_whatever_the_method(told: tuple[str, Story]) -> None:
    tracks = entry_counts(SampleApi().catalogue, PLAYLISTS)
    ever_in_main = tracks[MAIN_PLAYLIST, "track"] + 1  # and one came with the edit
    assert told[1].stays == {
        MAIN_PLAYLIST: [ever_in_main, ever_in_main],
        SHARED_PLAYLIST: [tracks[SHARED_PLAYLIST, "track"], 0],
    }
    assert told[1].changes == {"track": 1, "album": 1, "artist": 1}


def test_the_edit_of_the_story_changes_every_answer() -> None:
    catalogue = SampleApi().catalogue
    before = expected_answers(catalogue, PLAYLISTS)
    _edit(catalogue)
    after = expected_answers(catalogue, PLAYLISTS)
    changed = {line.partition(":")[0] for line in wrong_cells(before, after)}
    assert changed == set(before)


def test_switching_methods_between_runs_changes_no_answer(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    seen = []
    for method in ("insert", "upsert"):
        finished = elt(
            "run",
            *("--playlist", SHARED_PLAYLIST, "--load-method", method),
            database=database,
            api=extended_api,
        )
        assert finished.code == 0, finished.output
        seen.append(read_answers(database))
    wanted = expected_answers(extended_api.catalogue, [SHARED_PLAYLIST])
    assert [wrong_cells(answers, wanted) for answers in seen] == [[], []]


@pytest.mark.thorough
def test_overwrite_leaves_nothing_of_earlier_runs(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(SHARED_PLAYLIST)
    config = {"playlists": [EMPTY_PLAYLIST], "load_method": "overwrite"}
    second = elt("run", database=database, api=extended_api, config=config)
    assert second.code == 0, second.output
    assert wrong_answers(database, extended_api.catalogue, [EMPTY_PLAYLIST]) == []
    rows = {
        table: query(database, f"select count(*) from spotify_raw.{table}")[0][0]
        for table in ("playlists", "playlist_items", "albums", "artists")
    }
    assert rows == {"playlists": 1, "playlist_items": 0, "albums": 0, "artists": 0}
