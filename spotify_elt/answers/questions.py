"""The five questions: their words, the query that answers each, and its answer in one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection

from spotify_elt.answers import sentences
from spotify_elt.warehouse.database import Row, rows


@dataclass(frozen=True)
class Column:
    """A column of an answer that people are shown.

    Attributes:
        name: in the view; one that begins with `share_` is shown in percent, a difference with
            its sign.
        short: its heading in a terminal; None where there is no room for it.
        heading: on the page.
    """

    name: str
    short: str | None
    heading: str


@dataclass(frozen=True)
class Question:
    """One of the five questions.

    Attributes:
        words: the question.
        query: its answer for one playlist, the most telling rows first, also where popularity was
            not sent; `{marts}` is the schema.
        columns: those that people are shown; the query has ids too, named like their names
            (`track_id` for `track_name`).
        sentence: says the answer in one sentence, from the rows of the query.
        view: has all the rows.
    """

    words: str
    query: str
    columns: tuple[Column, ...]
    sentence: Callable[[Sequence[Row]], str]
    view: str

    def rows(self, database: connection, marts: str, playlist_id: str) -> list[Row]:
        """Return the answer for one playlist, all of it."""
        return rows(database, self.query.format(marts=marts), [playlist_id])

    def column_names(self, database: connection, marts: str) -> list[str]:
        """Return the names of all columns of the query, which an empty answer has too."""
        with database.cursor() as cursor:
            cursor.execute(f"{self.query.format(marts=marts)} limit 0", [None])
            return [column.name for column in cursor.description or ()]


QUESTIONS = (
    Question(
        "Who are the top 5 artists, and what do they contribute?",
        """
        select artist_rank, artist_id, artist_name, artist_popularity, count_tracks,
            share_of_tracks, avg_track_popularity, total_duration_minutes, ranked_by
        from {marts}.top_5_most_popular_artists_contribution
        where playlist_id = %s
        order by artist_rank
        """,
        (
            Column("artist_rank", "#", "Rank"),
            Column("artist_name", "artist", "Artist"),
            Column("artist_popularity", "pop.", "Popularity"),
            Column("count_tracks", "tracks", "Tracks"),
            Column("share_of_tracks", "%", "% of tracks"),
            Column("avg_track_popularity", "tracks' pop.", "Popularity of the tracks"),
            Column("total_duration_minutes", "minutes", "Minutes"),
        ),
        sentences.top_artists,
        "top_5_most_popular_artists_contribution",
    ),
    Question(
        "Which tracks are most popular, and how long are they?",
        """
        select popularity_rank, track_id, track_name, artist_names, album_name, track_popularity,
            duration_minutes, duration_mm_ss
        from {marts}.most_popular_tracks_with_duration
        where playlist_id = %s
        order by popularity_rank,
            case when popularity_rank is null then duration_minutes end desc nulls last,
            track_name, track_id
        """,
        (
            Column("popularity_rank", "#", "Rank"),
            Column("track_name", "track", "Track"),
            Column("artist_names", "artists", "Artists"),
            Column("album_name", "album", "Album"),
            Column("track_popularity", "pop.", "Popularity"),
            Column("duration_mm_ss", "m:ss", "Length"),
        ),
        sentences.popular_tracks,
        "most_popular_tracks_with_duration",
    ),
    Question(
        "How does popularity run over release months?",
        """
        select release_year, release_month, release_year_month, count_tracks,
            avg_track_popularity, change_from_previous
        from {marts}.track_popularity_trend_by_release_year_month
        where playlist_id = %s
        order by release_year desc nulls last, release_month desc nulls last
        """,
        (
            Column("release_year_month", "released", "Released"),
            Column("count_tracks", "tracks", "Tracks"),
            Column("avg_track_popularity", "avg. pop.", "Average popularity"),
            Column("change_from_previous", "change", "Change from the month before"),
        ),
        sentences.release_months,
        "track_popularity_trend_by_release_year_month",
    ),
    Question(
        "How do albums compare with their tracks?",
        """
        select album_rank, album_id, album_name, album_total_tracks, count_tracks_in_playlist,
            album_popularity, avg_track_popularity, track_id, track_name, track_popularity,
            track_minus_album_popularity, comparison
        from {marts}.album_track_popularity_comparison
        where playlist_id = %s
        order by album_rank,
            case when album_rank is null then count_tracks_in_playlist end desc nulls last,
            album_name, album_id, track_popularity desc nulls last, track_id
        """,
        (
            Column("album_rank", "#", "Rank"),
            Column("album_name", "album", "Album"),
            Column("count_tracks_in_playlist", None, "Its tracks here"),
            Column("album_popularity", "pop.", "Popularity of the album"),
            Column("avg_track_popularity", "tracks' pop.", "Average of its tracks here"),
            Column("track_name", "track", "Track"),
            Column("track_popularity", "pop.", "Popularity of the track"),
            Column("track_minus_album_popularity", "vs. album", "Track minus album"),
            Column("comparison", None, "Comparison"),
        ),
        sentences.albums_and_tracks,
        "album_track_popularity_comparison",
    ),
    Question(
        "Which genres and artists stand behind the tracks?",
        """
        select genre, count_tracks, count_artists, avg_track_popularity, artist_names, track_names
        from {marts}.genre_summary
        where playlist_id = %s
        order by genre = 'no genre', count_tracks desc, genre
        """,
        (
            Column("genre", "genre", "Genre"),
            Column("count_tracks", "tracks", "Tracks"),
            Column("count_artists", "artists", "Artists"),
            Column("avg_track_popularity", "avg. pop.", "Average popularity"),
            Column("artist_names", "who", "Who"),
        ),
        sentences.genres,
        "genre_summary",
    ),
)
QUESTION_NUMBERS = range(1, len(QUESTIONS) + 1)
