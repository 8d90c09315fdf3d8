"""`spotify-elt answers`: for people in tables that fit, for programs as JSON and CSV."""

import csv
import io
import json

import pytest
from command_line import CommandLine
from postgres_server import Database, query
from rich.cells import cell_len
from runs import Loaded

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST
from spotify_elt.answers.output import ROWS_PRINTED
from spotify_elt.answers.questions import QUESTIONS

VIEW = "most_popular_tracks_with_duration"


@pytest.fixture
def database(loaded: Loaded) -> Database:
    return loaded(MAIN_PLAYLIST, SHARED_PLAYLIST)


def test_json_holds_every_row_of_every_answer(elt: CommandLine, database: Database) -> None:
    finished = elt("answers", "--json", database=database)
    assert finished.code == 0, finished.output
    told = json.loads(finished.stdout)["playlists"]
    assert {one["playlist_id"] for one in told} == {MAIN_PLAYLIST, SHARED_PLAYLIST}
    for playlist in told:
        assert [one["question"] for one in playlist["answers"]] == [1, 2, 3, 4, 5]
        assert all(one["sentence"].endswith(".") for one in playlist["answers"])
        ((count,),) = query(
            database,
            f"select count(*) from spotify_marts.{VIEW} where playlist_id = %s",
            playlist["playlist_id"],
        )
        (tracks,) = [one["rows"] for one in playlist["answers"] if one["view"] == VIEW]
        assert len(tracks) == count


def test_csv_holds_one_table_of_all_playlists(elt: CommandLine, database: Database) -> None:
    finished = elt("answers", "--csv", "--question", "2", database=database)
    assert finished.code == 0, finished.output
    told = list(csv.DictReader(io.StringIO(finished.stdout)))
    rows = query(database, f"select playlist_id, track_id, track_name from spotify_marts.{VIEW}")
    assert len(told) == len(rows)
    assert {(one["playlist_id"], one["track_id"], one["track_name"]) for one in told} == set(rows)
    refused = elt("answers", "--csv", database=database)
    assert refused.code == 2
    assert "--question" in refused.last_line


def test_no_name_becomes_a_formula_in_a_spreadsheet(elt: CommandLine, database: Database) -> None:
    names = ["=1+1", "+1", "-1", "@SUM(A1)"]
    ids = query(database, "select track_id from spotify_marts.playlist_tracks limit 4")
    for (track_id,), name in zip(ids, names, strict=True):
        query(
            database,
            "update spotify_marts.playlist_tracks set track_name = %s where track_id = %s",
            name,
            track_id,
        )
    finished = elt("answers", "--csv", "--question", "2", database=database)
    told = {one["track_name"] for one in csv.DictReader(io.StringIO(finished.stdout))}
    assert {f"'{name}" for name in names} <= told
    exact = elt("answers", "--csv", "--question", "3", database=database).stdout
    assert ",-" in exact  # a number stays one


def test_any_terminal_is_written_to_and_programs_get_utf8(
    elt: CommandLine, database: Database
) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    printed = elt("answers", "--question", "2", database=database, environment=ascii_only)
    assert printed.code == 0, printed.output
    assert "?Distant Cassette? by" in printed.stdout
    told = elt("answers", "--json", database=database, environment=ascii_only)
    assert "“Distant Cassette” by" in told.stdout


def test_nothing_to_answer_from_is_said_once(elt: CommandLine, database: Database) -> None:
    query(database, "delete from spotify_marts.playlist_tracks")
    query(database, "update spotify_marts.playlist_profile set count_entries = 0, count_tracks = 0")
    empty = elt("answers", database=database)
    assert empty.code == 0, empty.output
    assert empty.stdout.count("There are no tracks") == len((MAIN_PLAYLIST, SHARED_PLAYLIST))
    headed = elt("answers", "--csv", "--question", "1", database=database)
    assert headed.stdout.startswith("playlist_id,playlist_name,artist_rank,")
    query(database, "delete from spotify_marts.playlists")
    none = elt("answers", "--json", database=database)
    assert none.code == 1
    assert "No playlist is loaded: run `spotify-elt run`" in none.last_line


def test_what_spotify_did_not_send_has_no_column(elt: CommandLine, database: Database) -> None:
    query(
        database,
        "update spotify_marts.playlist_tracks set track_popularity = null, track_name = %s",
        "A",
    )
    told = elt("answers", "--question", "2", "--playlist", MAIN_PLAYLIST, database=database).stdout
    lines = told.splitlines()
    heading = next(line for line in lines if line.endswith("m:ss "))
    listed = lines[lines.index(heading) + 2 :]
    assert heading.split() == ["track", "artists", "album", "m:ss"]
    lengths = [line.split()[-1] for line in listed[:ROWS_PRINTED]]
    assert lengths == sorted(lengths, reverse=True)


def test_one_question_for_one_playlist_is_answered_alone(
    elt: CommandLine, database: Database
) -> None:
    address = f"https://open.spotify.com/playlist/{SHARED_PLAYLIST}"
    told = elt("answers", "--question", "3", "--playlist", address, database=database).stdout
    assert f"3. {QUESTIONS[2].words}" in told
    assert not any(question.words in told for question in QUESTIONS[:2] + QUESTIONS[3:])
    ((main, shared),) = query(
        database,
        "select min(playlist_name) filter (where playlist_id = %s), "
        "min(playlist_name) filter (where playlist_id = %s) from spotify_marts.playlists",
        MAIN_PLAYLIST,
        SHARED_PLAYLIST,
    )
    assert shared in told
    assert main not in told


@pytest.mark.parametrize(
    ("playlist", "words"), [("0" * 22, "--playlist"), ("nonsense", "playlist")]
)
def test_a_playlist_without_answers_is_named(
    elt: CommandLine, database: Database, playlist: str, words: str
) -> None:
    finished = elt("answers", "--playlist", playlist, database=database)
    assert finished.code == 2
    assert words in finished.last_line
    assert playlist in finished.last_line


def test_every_line_fits_where_there_is_no_terminal(elt: CommandLine, database: Database) -> None:
    told = elt("answers", database=database).stdout
    assert max(map(cell_len, told.splitlines())) <= 120
