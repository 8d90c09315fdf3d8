"""Shapes of real data; and what a market plays instead is no change of the playlist."""

import pytest
from command_line import CommandLine
from marts import wrong_answers, wrong_profiles
from postgres_server import Database, query

from sample_api import REAL_PLAYLIST, SampleApi

CONFIG = {"playlists": [REAL_PLAYLIST]}
HISTORY = """
select entry_key, entry_type, track_id, position, dbt_valid_from, dbt_valid_to
from spotify_history.playlist_entry_versions
order by 1, 5
"""
CHANGES = """
select track_id, stay_number, first_seen_at, removed_before, moves_up, moves_down, came_at
from spotify_marts.playlist_changes
order by 1, 2
"""
LINKED = """
select track_id, played_track_id, entry_name, track_popularity, entry_duration_ms, is_available
from spotify_marts.playlist_entries
inner join spotify_marts.tracks using (track_id)
where entry_name like 'Pressed Twice%'
"""


@pytest.mark.thorough
def test_another_market_reads_an_unchanged_playlist_anew_and_records_no_change(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    asked, recorded = [], []
    for market in ({}, {"market": "DE"}, {"market": "DE"}, {}):
        extended_api.requests.clear()
        config = CONFIG | market
        finished = elt("run", database=database, api=extended_api, config=config)
        assert finished.code == 0, finished.output
        told = "unchanged" if "unchanged" in finished.words else "read"
        asked.append((told, {one.query.get("market") for one in extended_api.calls("playlist")}))
        assert {one.query.get("market") for one in extended_api.calls("artists")} <= {None}
        recorded.append((query(database, HISTORY), query(database, CHANGES)))
        if market:
            tracks = {one["name"]: one for one in extended_api.catalogue.tracks.values()}
            old, new = tracks["Pressed Twice"], tracks["Pressed Twice - Remastered"]
            played = (new["name"], new["popularity"], new["duration_ms"], True)
            assert query(database, LINKED) == [(old["id"], new["id"], *played)]
        else:
            assert wrong_answers(database, extended_api.catalogue, [REAL_PLAYLIST]) == []
            assert wrong_profiles(database, extended_api.catalogue) == []

    assert asked == [("read", {None}), ("read", {"DE"}), ("unchanged", {"DE"}), ("read", {None})]
    assert recorded == [recorded[0]] * 4


@pytest.mark.thorough
def test_development_reads_the_shapes_too_and_asks_nothing_of_emptied_tracks(
    elt: CommandLine, database: Database
) -> None:
    with SampleApi(mode="development") as api:
        finished = elt("run", database=database, api=api, user=True, config=CONFIG)
    assert finished.code == 0, finished.output
    assert wrong_answers(database, api.catalogue, [REAL_PLAYLIST], "development") == []
    assert wrong_profiles(database, api.catalogue, "development") == []
    assert len(api.calls("artist")) == 1


def test_what_is_no_market_is_refused(elt: CommandLine, extended_api: SampleApi) -> None:
    finished = elt("run", api=extended_api, config=CONFIG | {"market": "Germany"})
    assert finished.code == 2, finished.output
    assert "market" in finished.last_line
