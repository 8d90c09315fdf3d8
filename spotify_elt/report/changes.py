"""What came into a playlist, what left it, and how the popularity of its tracks moved."""

from collections.abc import Sequence
from datetime import UTC, datetime

from psycopg2.extensions import connection

from spotify_elt.answers.sentences import isolated
from spotify_elt.console import counted
from spotify_elt.report.json_tables import Json, as_table
from spotify_elt.warehouse.database import Row, has, rows

MOVERS_DRAWN = 5
# What was there at the first reading did not come since.
STAYS = """
select
    track_id,
    track_name,
    nullif(first_seen_at, min(first_seen_at) over ()) as came_at,
    removed_before as left_at,
    days_in_playlist,
    moves_up,
    moves_down,
    min(first_seen_at) over () as first_reading
from {marts}.playlist_changes
where playlist_id = %s
order by greatest(removed_before, nullif(first_seen_at, min(first_seen_at) over ())) desc
    nulls last, track_name, track_id
"""
MOVERS = """
with

intervals as (

    select history.*
    from {marts}.popularity_history as history
    inner join {marts}.playlist_tracks as tracks
        on history.entity_type = 'track' and history.entity_id = tracks.track_id
    where tracks.playlist_id = %s

),

moves as (

    select
        entity_id as track_id,
        (array_agg(entity_name order by valid_from desc))[1] as track_name,
        (array_agg(popularity order by valid_from asc))[1] as first_popularity,
        (array_agg(popularity order by valid_from desc))[1] as last_popularity,
        (array_agg(change order by valid_from desc))[1] as last_change,
        max(valid_from) as changed_at
    from intervals
    group by 1
    having count(*) > 1

)

select *, last_popularity - first_popularity as change_in_all
from moves
order by abs(last_popularity - first_popularity) desc, track_name, track_id
"""
COURSES = """
select entity_id as track_id, entity_name as track_name, valid_from, popularity
from {marts}.popularity_history
where entity_type = 'track' and entity_id = any(%s)
order by 1, 3
"""


def changes(database: connection, marts: str, head: Row) -> Json:
    """Return what changed in a playlist since it was first read.

    Args:
        database: where the marts are; those of history may be missing.
        marts: their schema.
        head: the playlist, with `playlist_id` and `loaded_at`.

    Returns:
        `sentence`; the tables `stays`, of tracks that came, left or moved, `movers`, of tracks
        whose popularity changed, and `courses`, of the popularity of those that moved most.
    """
    playlist_id = head["playlist_id"]
    stays, movers, courses = [], [], []
    if has(database, f"{marts}.playlist_changes"):
        stays = rows(database, STAYS.format(marts=marts), [playlist_id])
    if has(database, f"{marts}.popularity_history"):
        movers = rows(database, MOVERS.format(marts=marts), [playlist_id])
        ids = [mover["track_id"] for mover in movers[:MOVERS_DRAWN]]
        courses = rows(database, COURSES.format(marts=marts), [ids])
    return {
        "sentence": f"{_came_and_left(stays, head['loaded_at'])} {_popularity(movers)}".strip(),
        "stays": as_table([stay for stay in stays if _tells(stay)]),
        "movers": as_table(movers),
        "courses": as_table(courses),
    }


def _tells(stay: Row) -> bool:
    return any(stay[column] for column in ("came_at", "left_at", "moves_up", "moves_down"))


def _came_and_left(stays: Sequence[Row], loaded_at: datetime) -> str:
    came = [stay["came_at"] for stay in stays if stay["came_at"]]
    left = [stay["left_at"] for stay in stays if stay["left_at"]]
    first = stays[0]["first_reading"] if stays else loaded_at
    if first == loaded_at:
        return "This was the first reading of the playlist: what changes from now on is told here."
    if not came and not left:
        return f"No track came or left since the first reading on {_day(first)}."
    latest = max(came + left)
    when = "At the last reading" if latest == loaded_at else "At the last that found a change"
    return (
        f"{when}, on {_day(latest)}, {counted(came.count(latest), 'tracks')} came and "
        f"{left.count(latest)} left; since the first reading, on {_day(first)}, "
        f"{len(came)} came and {len(left)} left."
    )


def _day(moment: datetime) -> str:
    moment = moment.astimezone(UTC)  # as the page has all its dates
    return f"{moment:%b} {moment.day}, {moment.year}"


def _popularity(movers: Sequence[Row]) -> str:
    if not movers:
        return ""
    most = movers[0]
    if most["change_in_all"] == 0:
        return f"The popularity of {counted(len(movers), 'tracks')} moved, and moved back."
    direction = "rose" if most["change_in_all"] > 0 else "fell"
    name = isolated(most["track_name"] or "a track without a name")
    return (
        f"The popularity of {counted(len(movers), 'tracks')} moved; that of “{name}” {direction} "
        f"most, from {most['first_popularity']} to {most['last_popularity']}."
    )
