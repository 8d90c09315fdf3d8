"""Playlists written straight into the marts: any number of tracks, any names, any history."""

from collections.abc import Callable
from random import Random
from typing import Any

from postgres_server import Database, connected
from psycopg2.extras import execute_values

MARTS = "spotify_marts"
TABLES = {
    "playlists": "playlist_id, playlist_name, owner_name, snapshot_id, loaded_at",
    "tracks": "track_id, track_name, track_popularity, track_duration_ms, album_id, loaded_at",
    "playlist_tracks": (
        "playlist_id, playlist_name, track_id, track_name, track_popularity, track_duration_ms, "
        "album_id, count_entries, first_added_at"
    ),
    "playlist_entries": ("playlist_id, position, entry_type, track_id, track_added_at, loaded_at"),
    "albums": (
        "album_id, album_name, release_year, release_month, album_total_tracks, "
        "album_popularity, loaded_at"
    ),
    "artists": "artist_id, artist_name, artist_genres, artist_popularity, loaded_at",
    "playlist_artists": (
        "playlist_id, playlist_name, artist_id, artist_name, artist_genres, artist_popularity, "
        "count_tracks, track_names, answer_order"
    ),
    "track_artists": "track_id, artist_id, credit_position",
    "artist_genres": "artist_id, genre, genre_position",
}
PROFILE = f"""
insert into {MARTS}.playlist_profile (
    playlist_id, playlist_name, count_entries, count_track_entries, count_tracks, count_artists,
    total_duration_minutes, avg_track_popularity, loaded_at, last_added_at
)
select
    playlists.playlist_id, playlists.playlist_name, count(tracks), count(tracks), count(tracks),
    (
        select count(*) from {MARTS}.playlist_artists as artists
        where artists.playlist_id = playlists.playlist_id
    ),
    sum(track_duration_ms) / 60000.0, avg(track_popularity), loaded_at, max(first_added_at)
from {MARTS}.playlists
left join {MARTS}.playlist_tracks as tracks on playlists.playlist_id = tracks.playlist_id
where playlists.playlist_id = %s
group by playlists.playlist_id, playlists.playlist_name, loaded_at
"""
DAYS = [f"2026-11-{day:02}T06:00:00+00:00" for day in range(1, 11)]


def numbered(kind: str, number: int) -> str:
    """An ordinary name."""
    return f"{kind} {number}"


def id_of(prefix: str, number: int) -> str:
    """An id of 22 characters, as Spotify's are."""
    return f"{prefix}{number:0{22 - len(prefix)}d}"


def add_playlist(
    database: Database,
    prefix: str,
    count: int,
    *,
    names: Callable[[str, int], str] = numbered,
    popularity: bool = True,
) -> str:
    """Write a playlist of so many tracks into the marts and return its id.

    Three tracks share an album and four an artist; every artist has two genres.

    Args:
        database: where the marts are.
        prefix: of all its ids, so that playlists share nothing.
        count: how many tracks it has.
        names: gives names, from a kind and a number.
        popularity: whether Spotify sent any, and genres.
    """
    random = Random(count)
    playlist_id, name, now = id_of(f"{prefix}P", 0), names("Playlist", 0), DAYS[-1]

    def rated() -> int | None:
        return random.randint(0, 100) if popularity else None

    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    rows["playlists"].append((playlist_id, name, "somebody", "snapshot", now))
    for number in range(count):
        track = (
            id_of(f"{prefix}T", number),
            names("Track", number),
            rated(),
            random.randint(60_000, 400_000),
            id_of(f"{prefix}B", number // 3),
        )
        rows["tracks"].append((*track, now))
        rows["playlist_tracks"].append((playlist_id, name, *track, 1, now))
        rows["playlist_entries"].append((playlist_id, number, "track", track[0], now, now))
        rows["track_artists"].append((track[0], id_of(f"{prefix}A", number // 4), 1))
    for number in range(-(-count // 3)):
        released = random.randint(1965, 2026), random.randint(1, 12)
        album = id_of(f"{prefix}B", number), names("Album", number), *released, 12, rated(), now
        rows["albums"].append(album)
    for number in range(-(-count // 4)):
        artist_id = id_of(f"{prefix}A", number)
        genres = sorted({names("genre", number % 30), names("genre", number % 30 + 1)})
        listed = ", ".join(genres) if popularity else None
        artist = artist_id, names("Artist", number), listed, rated()
        rows["artists"].append((*artist, now))
        first, last = 4 * number, min(4 * number + 4, count)
        tracks = ", ".join(names("Track", one) for one in range(first, last))
        of_playlist = playlist_id, name, *artist, last - first, tracks, number + 1
        rows["playlist_artists"].append(of_playlist)
        if popularity:
            rows["artist_genres"] += [(artist_id, one, place) for place, one in enumerate(genres)]
    _insert(database, rows)
    with connected(database) as cursor:
        cursor.execute(PROFILE, [playlist_id])
    return playlist_id


def add_history(database: Database, playlist_id: str, prefix: str) -> None:
    """Write a history of ten days: one track left, two came, one rose in popularity."""
    stays = [
        (id_of(f"{prefix}T", 0), "Stayed", 1, DAYS[0], DAYS[-1], None, 2, 0, None, 4),
        (id_of(f"{prefix}T", 900), "Left", 1, DAYS[0], DAYS[2], DAYS[3], 0, 0, None, 3),
        (id_of(f"{prefix}T", 1), "Came", 1, DAYS[5], DAYS[-1], None, 0, 1, DAYS[5], 2),
        (id_of(f"{prefix}T", 2), "Came last", 1, DAYS[-1], DAYS[-1], None, 0, 0, DAYS[-1], 1),
        (id_of(f"{prefix}T", 3), "Steady", 1, DAYS[0], DAYS[-1], None, 0, 0, None, 5),
    ]
    courses = [(DAYS[0], DAYS[4], 20, None), (DAYS[4], DAYS[7], 45, 25), (DAYS[7], None, 60, 15)]
    with connected(database) as cursor:
        execute_values(
            cursor,
            f"insert into {MARTS}.playlist_changes (playlist_id, track_id, track_name, "
            "stay_number, first_seen_at, last_seen_at, removed_before, moves_up, moves_down, "
            "came_at, answer_order, days_in_playlist) values %s",
            [(playlist_id, *stay, 1) for stay in stays],
        )
        execute_values(
            cursor,
            f"insert into {MARTS}.popularity_history (entity_type, entity_id, entity_name, "
            "valid_from, valid_to, popularity, change) values %s",
            [("track", id_of(f"{prefix}T", 0), "Stayed", *course) for course in courses],
        )


def _insert(database: Database, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    with connected(database) as cursor:
        for table, columns in TABLES.items():
            if rows[table]:
                insert = f"insert into {MARTS}.{table} ({columns}) values %s"
                execute_values(cursor, insert, rows[table], page_size=1000)
