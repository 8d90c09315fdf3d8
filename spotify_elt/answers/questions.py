"""The five questions: their words, the view that answers each, and its answer in one sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from psycopg2.extensions import connection

from spotify_elt.answers import sentences
from spotify_elt.answers.marts import answer
from spotify_elt.warehouse.database import Row


@dataclass(frozen=True)
class Question:
    """One of the five questions.

    Attributes:
        number: its place among the five, from 1.
        words: the question.
        view: has the rows that answer it, for people with SQL as well.
        columns: those of the view that are read, and what heads each in a terminal: None where it
            is not shown there. The page has its own headings.
        sentence: says the answer in one sentence, from the rows in their order; at least one.
    """

    number: int
    words: str
    view: str
    columns: Mapping[str, str | None]
    sentence: Callable[[Sequence[Row]], str]

    def rows(self, database: connection, marts: str, playlist_id: str) -> list[Row]:
        """Return the answer for one playlist, all of it, the most telling rows first."""
        return answer(database, marts, self.view, self.columns, playlist_id)

    def in_words(self, rows: Sequence[Row]) -> str:
        """Return the answer in one sentence, from all its rows."""
        return self.sentence(rows) if rows else sentences.NO_TRACKS


QUESTIONS = (
    Question(
        1,
        "Who are the top 5 artists, and what do they contribute?",
        "top_5_most_popular_artists_contribution",
        {
            "artist_rank": "#",
            "artist_id": None,
            "artist_name": "artist",
            "artist_popularity": "pop.",
            "count_tracks": "tracks",
            "share_of_tracks": "%",
            "avg_track_popularity": "tracks' pop.",
            "total_duration_minutes": "minutes",
            "ranked_by": None,
        },
        sentences.top_artists,
    ),
    Question(
        2,
        "Which tracks are most popular, and how long are they?",
        "most_popular_tracks_with_duration",
        {
            "popularity_rank": "#",
            "track_id": None,
            "track_name": "track",
            "artist_names": "artists",
            "album_name": "album",
            "track_popularity": "pop.",
            "duration_minutes": None,
            "duration_mm_ss": "m:ss",
        },
        sentences.popular_tracks,
    ),
    Question(
        3,
        "How does popularity run over release months?",
        "track_popularity_trend_by_release_year_month",
        {
            "release_year": None,
            "release_month": None,
            "release_year_month": "released",
            "count_tracks": "tracks",
            "avg_track_popularity": "avg. pop.",
            "change_from_previous": "change",
        },
        sentences.release_months,
    ),
    Question(
        4,
        "How do albums compare with their tracks?",
        "album_track_popularity_comparison",
        {
            "album_rank": "#",
            "album_id": None,
            "album_name": "album",
            "album_total_tracks": None,
            "count_tracks_in_playlist": None,
            "album_popularity": "pop.",
            "avg_track_popularity": "tracks' pop.",
            "track_id": None,
            "track_name": "track",
            "track_popularity": "pop.",
            "track_minus_album_popularity": "vs. album",
            "comparison": None,
        },
        sentences.albums_and_tracks,
    ),
    Question(
        5,
        "Which genres and artists stand behind the tracks?",
        "genre_summary",
        {
            "genre": "genre",
            "count_tracks": "tracks",
            "count_artists": "artists",
            "avg_track_popularity": "avg. pop.",
            "artist_names": "who",
            "track_names": None,
        },
        sentences.genres,
    ),
)
QUESTION_NUMBERS = range(1, len(QUESTIONS) + 1)
