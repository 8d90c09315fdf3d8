"""The five questions: their words, the view that answers each, and its answer in one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection

from spotify_elt.answers import sentences
from spotify_elt.answers.marts import answer
from spotify_elt.warehouse.database import Row


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        name: in the view; one that begins with `share_` is shown in percent, a difference with
            its sign.
        short: its heading in a terminal; None where there is no room for it.
        heading: on the page; None where people are not shown it, such as an id.
    """

    name: str
    short: str | None = None
    heading: str | None = None


@dataclass(frozen=True)
class Question:
    """One of the five questions.

    Attributes:
        words: the question.
        view: has the rows that answer it, for people with SQL as well.
        columns: those of the view that are read; ids are named like their names (`track_id` for
            `track_name`).
        sentence: says the answer in one sentence, from the rows in their order.
    """

    words: str
    view: str
    columns: tuple[Column, ...]
    sentence: Callable[[Sequence[Row]], str]

    @property
    def column_names(self) -> list[str]:
        """The names of all columns that are read."""
        return [column.name for column in self.columns]

    def rows(self, database: connection, marts: str, playlist_id: str) -> list[Row]:
        """Return the answer for one playlist, all of it, the most telling rows first."""
        return answer(database, marts, self.view, self.column_names, playlist_id)


QUESTIONS = (
    Question(
        "Who are the top 5 artists, and what do they contribute?",
        "top_5_most_popular_artists_contribution",
        (
            Column("artist_rank", "#", "Rank"),
            Column("artist_id"),
            Column("artist_name", "artist", "Artist"),
            Column("artist_popularity", "pop.", "Popularity"),
            Column("count_tracks", "tracks", "Tracks"),
            Column("share_of_tracks", "%", "% of tracks"),
            Column("avg_track_popularity", "tracks' pop.", "Popularity of the tracks"),
            Column("total_duration_minutes", "minutes", "Minutes"),
            Column("ranked_by"),
        ),
        sentences.top_artists,
    ),
    Question(
        "Which tracks are most popular, and how long are they?",
        "most_popular_tracks_with_duration",
        (
            Column("popularity_rank", "#", "Rank"),
            Column("track_id"),
            Column("track_name", "track", "Track"),
            Column("artist_names", "artists", "Artists"),
            Column("album_name", "album", "Album"),
            Column("track_popularity", "pop.", "Popularity"),
            Column("duration_minutes"),
            Column("duration_mm_ss", "m:ss", "Length"),
        ),
        sentences.popular_tracks,
    ),
    Question(
        "How does popularity run over release months?",
        "track_popularity_trend_by_release_year_month",
        (
            Column("release_year"),
            Column("release_month"),
            Column("release_year_month", "released", "Released"),
            Column("count_tracks", "tracks", "Tracks"),
            Column("avg_track_popularity", "avg. pop.", "Average popularity"),
            Column("change_from_previous", "change", "Change from the month before"),
        ),
        sentences.release_months,
    ),
    Question(
        "How do albums compare with their tracks?",
        "album_track_popularity_comparison",
        (
            Column("album_rank", "#", "Rank"),
            Column("album_id"),
            Column("album_name", "album", "Album"),
            Column("album_total_tracks"),
            Column("count_tracks_in_playlist", None, "Its tracks here"),
            Column("album_popularity", "pop.", "Popularity of the album"),
            Column("avg_track_popularity", "tracks' pop.", "Average of its tracks here"),
            Column("track_id"),
            Column("track_name", "track", "Track"),
            Column("track_popularity", "pop.", "Popularity of the track"),
            Column("track_minus_album_popularity", "vs. album", "Track minus album"),
            Column("comparison", None, "Comparison"),
        ),
        sentences.albums_and_tracks,
    ),
    Question(
        "Which genres and artists stand behind the tracks?",
        "genre_summary",
        (
            Column("genre", "genre", "Genre"),
            Column("count_tracks", "tracks", "Tracks"),
            Column("count_artists", "artists", "Artists"),
            Column("avg_track_popularity", "avg. pop.", "Average popularity"),
            Column("artist_names", "who", "Who"),
            Column("track_names"),
        ),
        sentences.genres,
    ),
)
QUESTION_NUMBERS = range(1, len(QUESTIONS) + 1)
