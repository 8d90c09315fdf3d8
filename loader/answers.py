"""The five questions and their answers in the terminal, read from the marts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg2.errors
from psycopg2.extensions import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.console import printable
from loader.errors import PipelineError

LONGEST_TEXT = 40  # columns of one cell; the whole is in the view


@dataclass(frozen=True)
class Question:
    """One of the five questions.

    Attributes:
        words: the question.
        query: its answer for one playlist, the most telling rows first; `{marts}` is the schema.
        headings: of the columns, in the order of the query.
        view: where the whole answer is.
    """

    words: str
    query: str
    headings: tuple[str, ...]
    view: str


QUESTIONS = (
    Question(
        "Who are the top 5 artists, and what do they contribute?",
        """
        select artist_rank, artist_name, artist_popularity, count_tracks,
            round(100 * share_of_tracks, 1), avg_track_popularity, total_duration_minutes
        from {marts}.top_5_most_popular_artists_contribution
        where playlist_id = %s
        order by artist_rank
        """,
        ("#", "artist", "pop.", "tracks", "%", "tracks' pop.", "minutes"),
        "top_5_most_popular_artists_contribution",
    ),
    Question(
        "Which tracks are most popular, and how long are they?",
        """
        select popularity_rank, track_name, artist_names, album_name, track_popularity,
            duration_mm_ss
        from {marts}.most_popular_tracks_with_duration
        where playlist_id = %s
        order by popularity_rank, track_name, track_id
        """,
        ("#", "track", "artists", "album", "pop.", "m:ss"),
        "most_popular_tracks_with_duration",
    ),
    Question(
        "How does popularity run over release months?",
        """
        select release_year_month, count_tracks, avg_track_popularity, change_from_previous
        from {marts}.track_popularity_trend_by_release_year_month
        where playlist_id = %s
        order by release_year desc nulls last, release_month desc nulls last
        """,
        ("released", "tracks", "avg. pop.", "change"),
        "track_popularity_trend_by_release_year_month",
    ),
    Question(
        "How do albums compare with their tracks?",
        """
        select album_rank, album_name, album_popularity, avg_track_popularity, track_name,
            track_popularity, comparison
        from {marts}.album_track_popularity_comparison
        where playlist_id = %s
        order by album_rank, album_name, album_id, track_popularity desc nulls last, track_id
        """,
        ("#", "album", "pop.", "tracks' pop.", "track", "pop.", ""),
        "album_track_popularity_comparison",
    ),
    Question(
        "Which genres and artists stand behind the tracks?",
        """
        select genre, count_tracks, count_artists, avg_track_popularity, artist_names
        from {marts}.genre_summary
        where playlist_id = %s
        order by count_tracks desc, genre
        """,
        ("genre", "tracks", "artists", "avg. pop.", "who"),
        "genre_track_and_artist_details",
    ),
)

# The playlists asked for, in that order; all of them, by name, where none were.
PLAYLISTS = """
select playlists.playlist_id, playlists.playlist_name, count(entries.position)
from {marts}.playlists as playlists
left join {marts}.playlist_entries as entries on playlists.playlist_id = entries.playlist_id
where %(ids)s::text[] is null or playlists.playlist_id = any(%(ids)s)
group by 1, 2
order by array_position(%(ids)s, playlists.playlist_id), 2, 1
"""


def print_answers(
    database: connection,
    marts: str,
    screen: Console,
    playlist_ids: Sequence[str] | None = None,
    rows: int = 10,
) -> None:
    """Print the five answers for each playlist, `rows` rows of each.

    Args:
        database: where the marts are.
        marts: their schema.
        screen: where to print; tables fit its width.
        playlist_ids: which playlists; all where None.
        rows: the most rows of one answer.

    Raises:
        PipelineError: there are no answers yet.
    """
    with database.cursor() as cursor:
        try:
            cursor.execute(
                PLAYLISTS.format(marts=marts),
                {"ids": list(playlist_ids) if playlist_ids is not None else None},
            )
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName) as error:
            raise PipelineError("There are no answers yet: run `spotify-elt run` first.") from error
        playlists = cursor.fetchall()
        for playlist_id, name, entries in playlists:
            heading = f"{printable(name or playlist_id)} ({entries} rows)"
            screen.print(f"\n{heading}", style="bold", markup=False)
            for number, question in enumerate(QUESTIONS, start=1):
                cursor.execute(question.query.format(marts=marts), [playlist_id])
                _print_answer(screen, f"{number}. {question.words}", question, cursor, rows)


def _print_answer(screen: Console, title: str, question: Question, cursor: Any, rows: int) -> None:
    answer = cursor.fetchall()
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    for index, heading in enumerate(question.headings):
        numeric = any(isinstance(row[index], int | Decimal) for row in answer)
        # Where a terminal is narrow, text is cut and numbers are not.
        table.add_column(
            heading,
            justify="right" if numeric else "left",
            no_wrap=numeric,
            max_width=None if numeric else LONGEST_TEXT,
        )
    for row in answer[:rows]:
        cells = (Text(_shown(value), no_wrap=True, overflow="ellipsis") for value in row)
        table.add_row(*cells)
    screen.print(table if answer else f"{title}\n   no tracks", markup=False)
    if len(answer) > rows:
        more = len(answer) - rows
        screen.print(f"   ... and {more} more: see the view {question.view}", style="dim")


def _shown(value: object) -> str:
    return "-" if value is None else printable(str(value))
