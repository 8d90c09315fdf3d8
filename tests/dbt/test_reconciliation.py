"""A row, a track or a minute that is lost is noticed, also where all marts agree on the loss."""

from pathlib import Path

import pytest
from warehouse import Warehouse, track

LOSSES = """
update spotify_raw.playlists set payload = jsonb_set(payload, '{items,total}', '3')
where playlist_id = 'short';

update spotify_marts_candidate.playlist_entries set entry_type = 'episode'
where playlist_id = 'mistaken';

update spotify_marts_candidate.playlist_entries set track_id = null
where playlist_id = 'lost' and track_id = 't1';
delete from spotify_marts_candidate.playlist_tracks where playlist_id = 'lost' and track_id = 't1';
update spotify_marts_candidate.playlist_profile set count_tracks = 1, total_duration_minutes = 1
where playlist_id = 'lost';

update spotify_marts_candidate.playlist_tracks set track_duration_ms = 1 where playlist_id = 'cut';
update spotify_marts_candidate.playlist_profile set total_duration_minutes = 0
where playlist_id = 'cut';
"""


@pytest.mark.thorough
def test_what_the_marts_lost_is_noticed(warehouse: Warehouse, dbt_folder: Path) -> None:
    warehouse.load("short", [track("t1")])
    warehouse.load("mistaken", [{"item": None}])
    warehouse.load("lost", [track("t1"), track("t2")])
    warehouse.load("cut", [track("t3")])
    built = warehouse.build("--select", "+tested_marts")
    assert built.success, built.told

    def noticed(test: str) -> set[str]:
        sql = (dbt_folder / f"compiled/spotify/tests/{test}.sql").read_text()
        return {row[0] for row in warehouse.query(f"select playlist_id from ({sql}) as found")}

    warehouse.query(LOSSES)

    assert noticed("api_totals_reach_the_marts") == {"short"}
    assert noticed("every_item_becomes_an_entry") == {"mistaken"}
    assert noticed("every_track_reaches_the_views") == {"lost"}
    assert noticed("counts_and_durations_add_up") == {"lost", "cut"}
