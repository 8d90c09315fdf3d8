"""What the page tells of each playlist, read from the marts."""

from psycopg2.extensions import connection

from spotify_elt.answers.questions import QUESTIONS, Question
from spotify_elt.report.changes import changes
from spotify_elt.report.json_tables import Json, as_json, as_table
from spotify_elt.report.missing import missing
from spotify_elt.report.profile import overlap, profile
from spotify_elt.warehouse.database import Row, rows

PLAYLISTS = """
select
    playlists.playlist_id,
    playlists.playlist_name,
    playlists.owner_name,
    playlists.snapshot_id,
    playlists.loaded_at,
    (
        select count(*) from {marts}.playlist_entries as entries
        where entries.playlist_id = playlists.playlist_id
    ) as count_entries,
    (
        select max(track_added_at) from {marts}.playlist_entries as entries
        where entries.playlist_id = playlists.playlist_id
    ) as last_added_at,
    (
        select count(distinct track_artists.artist_id)
        from {marts}.playlist_tracks as tracks
        inner join {marts}.track_artists as track_artists
            on tracks.track_id = track_artists.track_id
        where tracks.playlist_id = playlists.playlist_id
    ) as count_artists,
    count(tracks.track_id) as count_tracks,
    count(tracks.track_popularity) as count_with_popularity,
    (sum(tracks.track_duration_ms) / 3600000.0)::numeric(12, 1) as hours,
    avg(tracks.track_popularity)::numeric(9, 1) as avg_track_popularity
from {marts}.playlists as playlists
left join {marts}.playlist_tracks as tracks on playlists.playlist_id = tracks.playlist_id
group by 1, 2, 3, 4, 5
order by 2, 1
"""
# The artists behind the genres with their tracks: what the page links to from there.
ARTISTS = """
select
    artists.artist_id,
    artists.artist_name,
    artists.artist_popularity,
    count(*) as count_tracks,
    artists.artist_genres,
    string_agg(
        tracks.track_name, ', ' order by tracks.track_popularity desc nulls last, tracks.track_id
    ) as track_names
from {marts}.playlist_tracks as tracks
inner join {marts}.track_artists as track_artists on tracks.track_id = track_artists.track_id
inner join {marts}.artists as artists on track_artists.artist_id = artists.artist_id
where tracks.playlist_id = %s
group by 1, 2, 3, 5
order by 4 desc, 3 desc nulls last, 2, 1
"""


def read_contents(database: connection, marts: str) -> Json:
    """Return all that the page tells, as JSON has it.

    Args:
        database: where the marts are.
        marts: their schema.

    Returns:
        `questions` with their words and columns, and `playlists`, whose tables are JSON in text.

    Raises:
        psycopg2.Error: there are no marts, or they cannot be read.
    """
    heads = rows(database, PLAYLISTS.format(marts=marts))
    return {
        "questions": [
            {
                "words": question.words,
                "headings": [[column.name, column.heading] for column in question.columns],
            }
            for question in QUESTIONS
        ],
        "playlists": [_playlist(database, marts, head) for head in heads],
    }


def _playlist(database: connection, marts: str, head: Row) -> Json:
    playlist_id = head["playlist_id"]
    return {
        "head": {name: as_json(value) for name, value in head.items()},
        "answers": [_answer(database, marts, playlist_id, question) for question in QUESTIONS],
        "artists": as_table(rows(database, ARTISTS.format(marts=marts), [playlist_id])),
        "missing": missing(database, marts, head),
        "changes": changes(database, marts, head),
        "profile": profile(database, marts, playlist_id),
        "overlap": overlap(database, marts, playlist_id),
    }


def _answer(database: connection, marts: str, playlist_id: str, question: Question) -> Json:
    answer = question.rows(database, marts, playlist_id)
    return {"sentence": question.sentence(answer), "table": as_table(answer)}
