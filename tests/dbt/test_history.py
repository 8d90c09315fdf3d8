"""History tells what the readings saw, and only of runs whose tests all passed."""

import pytest
from days import Spotify
from replay import Replay
from warehouse import Warehouse, track

SEED, DAYS = 8, 9
SNAPSHOTS = ("playlist_entry_versions", "popularity_versions", "artist_follower_versions")
CHANGES = """
select
    playlist_id, track_id, added_at, first_seen_at, last_seen_at, removed_after, removed_before,
    days_in_playlist, first_position, last_position, moves_up, moves_down, came_at
from spotify_marts_candidate.playlist_changes
"""
POPULARITY = """
select entity_type, entity_id, valid_from, valid_to, popularity, change, days
from spotify_marts_candidate.popularity_history
"""
MOVERS = """
select
    playlist_id, track_id, first_popularity, last_popularity, change_in_all, last_change, changed_at
from spotify_marts_candidate.popularity_movers
"""

TOTAL = "update spotify_raw.playlists set payload = jsonb_set(payload, '{items,total}', %s)"


def recorded(warehouse: Warehouse, *without: str) -> list[tuple[str, str]]:
    """Return what the snapshots hold, without some columns."""
    return [
        (table, str(row))
        for table in SNAPSHOTS
        for (row,) in warehouse.query(
            f"select to_jsonb(versions) - %s::text[] from spotify_history.{table} as versions "
            "order by dbt_scd_id",
            list(without),
        )
    ]


def test_history_equals_a_replay_of_the_days(warehouse: Warehouse) -> None:
    replay, failed, absent = Replay(), 0, 0
    for raw, succeeded in Spotify(SEED).days(warehouse, DAYS):
        if not succeeded:
            failed += 1
            continue
        built = warehouse.record()
        assert built.success, built.told
        replay.record(raw.readings.values(), raw.popularity())
        absent += len(replay.stays) - len(raw.readings)
        latest = max(reading.read_at for reading in raw.readings.values())
        held = raw.readings.values()
        tracks = {(one.playlist_id, entry.track_id) for one in held for entry in one.entries}
    changes, popularity = replay.playlist_changes(), replay.popularity_history(latest)
    movers = replay.popularity_movers(tracks)

    assert sorted(warehouse.query(CHANGES), key=str) == sorted(changes, key=str)
    assert sorted(warehouse.query(POPULARITY), key=str) == sorted(popularity, key=str)
    assert sorted(warehouse.query(MOVERS), key=str) == sorted(movers, key=str)
    # Days on which nothing happens would prove nothing.
    assert failed
    assert absent, "a playlist that the raw tables did not hold"
    assert any(value is None for _, value in raw.popularity().values())
    for column in range(2, 13):
        assert len({change[column] for change in changes}) > 1, column
    assert len({mover[4] for mover in movers}) > 1


@pytest.mark.thorough
def test_what_was_recorded_is_not_recorded_again(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("t"), track("t"), {"item": None}])
    assert warehouse.record().success
    first, versions = recorded(warehouse), recorded(warehouse, "last_read_at")

    assert warehouse.record().success
    assert recorded(warehouse) == first

    warehouse.load("p", [track("t"), track("t"), {"item": None}])
    assert warehouse.record().success
    assert recorded(warehouse) != first, "that they were seen again is noted"
    assert recorded(warehouse, "last_read_at") == versions


@pytest.mark.thorough
def test_a_failed_test_leaves_nothing_in_history(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("t1", popularity=1)])
    assert warehouse.build().success
    good = recorded(warehouse)
    warehouse.load("p", [track("t2"), track("t1", popularity=2)])
    warehouse.query(TOTAL, "3")

    failed = warehouse.build()
    assert not failed.success
    assert "api_totals_reach_the_marts" in failed.told
    assert recorded(warehouse) == good
    assert warehouse.tracks() == [("p", "t1")], "the last good answers stand"

    warehouse.query(TOTAL, "2")
    assert warehouse.build().success
    assert recorded(warehouse) != good
    assert warehouse.tracks() == [("p", "t1"), ("p", "t2")]


@pytest.mark.thorough
def test_a_track_leaves_when_spotify_empties_it_and_not_when_another_is_played(
    warehouse: Warehouse,
) -> None:
    played = track("elsewhere", linked_from={"id": "relinked"})
    stays = (
        "select track_id, removed_before is not null from spotify_marts_candidate.playlist_changes"
    )
    for row in (track("relinked"), played, track("relinked")):
        warehouse.load("p", [row, track("emptied")])
        assert warehouse.record().success
    assert sorted(warehouse.query(stays)) == [("emptied", False), ("relinked", False)]

    warehouse.load("p", [played, track("emptied", name="", duration_ms=0)])
    assert warehouse.record().success
    assert sorted(warehouse.query(stays)) == [("emptied", True), ("relinked", False)]
