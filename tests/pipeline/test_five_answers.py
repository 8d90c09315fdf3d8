"""The sample playlist, answered cell for cell as worked out from the catalogue."""

import pytest
from marts import (
    columns_of,
    expected_columns,
    read_answers,
    wrong_answers,
    wrong_profiles,
)
from postgres_server import query
from runs import Run

from sample_api import MAIN_PLAYLIST

ROWS = 197


def test_the_answers_are_right_on_every_server(extended: Run) -> None:
    assert extended.finished.code == 0, extended.finished.output
    assert wrong_answers(extended.database, extended.catalogue, [MAIN_PLAYLIST]) == []


def test_the_answers_are_right_in_every_mode(in_each_mode: Run) -> None:
    run = in_each_mode
    assert run.finished.code == 0, run.finished.output
    assert wrong_answers(run.database, run.catalogue, [MAIN_PLAYLIST], run.mode) == []


def test_the_profile_is_right_in_every_mode(in_each_mode: Run) -> None:
    run = in_each_mode
    assert wrong_profiles(run.database, run.catalogue, run.mode) == []


def test_the_views_have_the_promised_columns_in_order(extended: Run) -> None:
    assert columns_of(extended.database) == expected_columns()


def test_no_answer_is_empty(extended: Run) -> None:
    for view, rows in read_answers(extended.database).items():
        assert rows, view


def test_every_row_of_the_playlist_arrives(in_each_mode: Run) -> None:
    tables = ("spotify_raw.playlist_items", "spotify_marts.playlist_entries")
    for table in tables:
        rows = query(in_each_mode.database, f"select position from {table} order by 1")
        assert [position for (position,) in rows] == list(range(ROWS)), table


def test_development_mode_says_what_spotify_does_not_send(development: Run) -> None:
    words = development.finished.words
    for kind in ("tracks", "albums", "artists"):
        assert f"popularity of {kind}: missing for all" in words


def test_development_mode_has_no_popularity_and_ranks_by_tracks(development: Run) -> None:
    counted = query(
        development.database,
        "select count(track_popularity), count(popularity_rank), count(*) "
        "from spotify_marts.most_popular_tracks_with_duration",
    )
    assert counted[0][:2] == (0, 0)
    assert counted[0][2] > 0
    ranked_by = query(
        development.database,
        "select distinct ranked_by from spotify_marts.top_5_most_popular_artists_contribution",
    )
    assert ranked_by == [("tracks in playlist",)]


def test_with_popularity_nothing_is_said_to_be_missing_of_it(extended: Run) -> None:
    assert "popularity of" not in extended.finished.words
    assert "Not sent" in extended.finished.stdout


@pytest.mark.parametrize("table", ["playlists", "playlist_items", "albums", "artists"])
def test_the_summary_counts_the_rows_of_each_raw_table(extended: Run, table: str) -> None:
    ((count,),) = query(extended.database, f"select count(*) from spotify_raw.{table}")
    things = table.replace("_", " ").removesuffix("s" if count == 1 else "")
    loaded = extended.finished.words.partition("Summary Loaded ")[2].partition(" Requests ")[0]
    assert f"{count} {things}" in loaded.split(", ")


def test_the_output_ends_with_the_five_questions_and_a_summary(extended: Run) -> None:
    stdout = extended.finished.stdout
    places = [stdout.index(f"{number}. ") for number in range(1, 6)]
    assert places == sorted(places)
    assert stdout.index("Summary") > places[-1]
    assert f"Requests  {len(extended.served)}" in stdout
