"""How long dbt takes on the first day and after a year of daily runs, in which everything moves.

One playlist of 200 tracks by 150 artists; each day every popularity and every number of followers
changes, and every entry has another place: no real year is worse. The year is written straight into
the snapshots' tables, as its 364 runs would have left them; the first day and the days from the
365th on are dbt builds like those of a run.
"""

import json
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from psycopg2.extensions import cursor
from psycopg2.extras import execute_values

from bench import builds, warehouse
from bench.measure import postgres
from spotify_elt.warehouse import database

COLUMNS = ("day", "dbt build, s", "x day 1")
TRACKS, ALBUMS, ARTISTS = 200, 150, 150
YEAR = 365
BUILDS = 3  # of which the median counts
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
FORGET = "drop schema if exists spotify_history, spotify_marts, spotify_marts_candidate cascade"
# What one day recorded becomes what all days but the last would have: {moving} is another value
# each day, {others} are the columns that stay.
A_YEAR = """
create temporary table first_day as select * from spotify_history.{table};
truncate spotify_history.{table};
insert into spotify_history.{table} (
    {others}, {moving}, {read_at}, dbt_scd_id, dbt_updated_at, dbt_valid_from, dbt_valid_to
)
select
    {others},
    ({moving} + day) % 1000,
    began,
    md5(dbt_scd_id || day),
    began,
    began,
    case when day < {days} then began + interval '1 day' end
from first_day
cross join generate_series(1, {days}) as day
cross join lateral (select dbt_valid_from + (day - 1) * interval '1 day' as began) as version;
drop table first_day;
analyze spotify_history.{table};
"""
SNAPSHOTS = {
    "playlist_entry_versions": (
        "position",
        "last_read_at",
        "playlist_id, entry_key, entry_type, track_id, entry_name, track_added_at, added_by_id",
    ),
    "popularity_versions": ("popularity", "loaded_at", "entity_type, entity_id, entity_name"),
    "artist_follower_versions": ("artist_followers", "loaded_at", "artist_id, artist_name"),
}


def table() -> Iterator[list[object]]:
    """Time the builds of the first day, and of the days after a year; yields both medians."""
    with postgres(), database.connected() as connection:
        run = connection.cursor()
        run.execute(warehouse.RAW_TABLES)
        load(run, 1)
        first = []
        for _ in range(BUILDS):
            run.execute(FORGET)
            first.append(builds.build().seconds)
        yield [1, statistics.median(first), 1.0]
        for name, (moving, read_at, others) in SNAPSHOTS.items():
            names = {"table": name, "moving": moving, "read_at": read_at, "others": others}
            run.execute(A_YEAR.format(days=YEAR - 1, **names))
        last = []
        for day in range(YEAR, YEAR + BUILDS):
            load(run, day)
            last.append(builds.build().seconds)
        ratio = statistics.median(last) / statistics.median(first)
        yield [YEAR, statistics.median(last), ratio]


def load(run: cursor, day: int) -> None:
    """Replace the raw tables by those of a day."""
    at = FIRST_DAY + timedelta(days=day - 1)
    load = (at, str(day))
    run.execute("truncate spotify_raw.playlists, spotify_raw.playlist_items")
    run.execute("truncate spotify_raw.albums, spotify_raw.artists")
    playlist = json.dumps({"name": "A year", "items": {"total": TRACKS}})
    insert(run, "playlists", [("p", playlist, *load, "p")])
    rows = [
        ("p", (number + day) % TRACKS, "", json.dumps(track(number, day)), *load, f"i{number}")
        for number in range(TRACKS)
    ]
    insert(run, "playlist_items", rows)
    for table, count in (("albums", ALBUMS), ("artists", ARTISTS)):
        entities = [
            (f"{table}{number}", json.dumps(entity(number, day)), *load, f"{number}")
            for number in range(count)
        ]
        insert(run, table, entities)


def track(number: int, day: int) -> dict[str, object]:
    """Return the API's row object of a track on a day."""
    album, artist = f"albums{number % ALBUMS}", f"artists{number % ARTISTS}"
    return {
        "added_at": "2025-12-31T00:00:00Z",
        "item": {
            "id": f"t{number}",
            "type": "track",
            "duration_ms": 180_000,
            "album": {"id": album, "name": album, "release_date": "2025-12-31"},
            "artists": [{"id": artist, "name": artist}],
            **entity(number, day),
        },
    }


def entity(number: int, day: int) -> dict[str, object]:
    """Return what moves in a track, an album or an artist."""
    value = (number + day) % 101
    return {"name": f"number {number}", "popularity": value, "followers": {"total": value}}


def insert(run: cursor, table: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows into a raw table."""
    execute_values(run, f"insert into spotify_raw.{table} values %s", rows)  # noqa: S608 - our own names
