"""Readers see all the old answers or all the new ones, and a failed build changes nothing."""

import threading

import pytest
from warehouse import Warehouse, track

CANDIDATE = "spotify_marts_candidate.playlists"


def test_a_failed_build_leaves_the_last_good_answers(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("old")])
    assert warehouse.build().success
    warehouse.load("p", [track("new")])
    warehouse.query("update spotify_raw.playlist_items set position = null")

    failed = warehouse.build()

    assert not failed.success
    assert "The last good answers stand." in failed.told
    assert warehouse.tracks() == [("p", "old")]
    assert warehouse.exists(CANDIDATE), "the failed candidate is there to be looked at"

    warehouse.query("update spotify_raw.playlist_items set position = 0")
    assert warehouse.build().success
    assert warehouse.tracks() == [("p", "new")]
    assert not warehouse.exists(CANDIDATE)


@pytest.mark.thorough
def test_what_others_own_or_were_granted_survives(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("t")])
    warehouse.build()
    warehouse.query(
        "grant select on spotify_marts.tracks, spotify_marts.genre_summary to public;"
        "create table spotify_marts.notes as select 1 as note;"
        "create table spotify_marts.tracks__dbt_backup as select 1 as left_over"
    )

    assert warehouse.build().success

    for mart in ("tracks", "genre_summary"):
        granted = f"select has_table_privilege('public', 'spotify_marts.{mart}', 'select')"
        assert warehouse.query(granted) == [(True,)]
    assert warehouse.exists("spotify_marts.notes")
    assert not warehouse.exists("spotify_marts.tracks__dbt_backup")


@pytest.mark.thorough
def test_a_part_of_the_marts_is_not_published(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("old")])
    warehouse.build()
    warehouse.load("p", [track("new")])

    partial = warehouse.build("--select", "+playlists", "--indirect-selection", "cautious")

    assert partial.success
    assert "Not published: this build left out" in partial.told
    assert warehouse.tracks() == [("p", "old")]


@pytest.mark.thorough
def test_readers_never_miss_an_answer(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("old")])
    warehouse.build()
    warehouse.load("p", [track("new"), track("newer")])
    built = threading.Event()
    seen = []

    def read() -> None:
        while not built.is_set():
            seen.append(len(warehouse.tracks()))

    reader = threading.Thread(target=read)
    reader.start()
    warehouse.build()
    built.set()
    reader.join()

    assert seen == sorted(seen)
    assert set(seen) <= {1, 2}
    assert len(warehouse.tracks()) == 2
