"""The five questions and their answers in the terminal, or as JSON and CSV for other programs."""

import csv
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TextIO

from psycopg2.extensions import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import PipelineError, SettingsError, printable
from spotify_elt.answers.marts import playlists
from spotify_elt.answers.questions import QUESTION_NUMBERS, QUESTIONS, Question
from spotify_elt.answers.sentences import NO_TRACKS, unavailable, without_isolates
from spotify_elt.console import counted
from spotify_elt.warehouse.database import Row

LONGEST_TEXT = 40  # columns of one cell; the whole is in the view
ROWS_PRINTED = 10  # of one answer
DIFFERENCES = ("change_from_previous", "track_minus_album_popularity")  # shown with their sign
# What a spreadsheet takes for a formula, which a name of anybody's must not become.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Answers:
    """The answers for some playlists.

    Args:
        database: where the marts are.
        marts: their schema.
        playlist_ids: which playlists; all where None.
        numbers: which questions, from 1.

    Raises:
        PipelineError: there are no answers yet.
        SettingsError: there are none for one of the playlists.
    """

    def __init__(
        self,
        database: connection,
        marts: str,
        playlist_ids: Sequence[str] | None = None,
        numbers: Sequence[int] = QUESTION_NUMBERS,
    ) -> None:
        self._database = database
        self._marts = marts
        self._questions = [QUESTIONS[number - 1] for number in numbers]
        self._playlists = playlists(database, marts, playlist_ids)
        if playlist_ids is None and not self._playlists:
            raise PipelineError("No playlist is loaded: run `spotify-elt run` first.")
        known = {playlist["playlist_id"] for playlist in self._playlists}
        if unknown := [one for one in playlist_ids or [] if one not in known]:
            raise SettingsError(
                f"There is no answer for playlist {unknown[0]}: load it with "
                f"`spotify-elt run --playlist {unknown[0]}`."
            )

    def print(self, screen: Console) -> None:
        """Print each answer in a sentence and its first rows; tables fit the screen's width."""
        for playlist in self._playlists:
            name = printable(playlist["playlist_name"] or playlist["playlist_id"])
            heading = f"{name} ({counted(playlist['count_entries'], 'rows')})"
            screen.print(f"\n{heading}", style="bold", markup=False)
            if not playlist["count_tracks"]:
                screen.print(NO_TRACKS)
                continue
            for question in self._questions:
                # One answer of a long playlist at a time is enough to have in memory.
                _print_answer(screen, question, playlist, self._rows(playlist, question))

    def as_json(self) -> str:
        """Return all rows as one JSON object."""
        told = [
            {
                "playlist_id": playlist["playlist_id"],
                "playlist_name": playlist["playlist_name"],
                "answers": [self._answer(playlist, question) for question in self._questions],
            }
            for playlist in self._playlists
        ]
        return json.dumps({"playlists": told}, default=float, ensure_ascii=False, indent=2)

    def write_csv(self, file: TextIO) -> None:
        """Write all rows of the first question as CSV, after each playlist's id and name.

        A text that a spreadsheet would take for a formula stands behind an apostrophe.
        """
        question = self._questions[0]
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["playlist_id", "playlist_name", *question.columns])
        for playlist in self._playlists:
            head = [playlist["playlist_id"], playlist["playlist_name"]]
            for row in self._rows(playlist, question):
                writer.writerow(map(_no_formula, [*head, *row.values()]))

    def _answer(self, playlist: Row, question: Question) -> Mapping[str, Any]:
        answer = self._rows(playlist, question)
        return {
            "question": question.number,
            "words": question.words,
            "sentence": _in_words(question, playlist, answer),
            "view": question.view,
            "rows": answer,
        }

    def _rows(self, playlist: Row, question: Question) -> list[Row]:
        return question.rows(self._database, self._marts, playlist["playlist_id"])


def _print_answer(
    screen: Console, question: Question, playlist: Row, answer: Sequence[Row]
) -> None:
    columns = {
        column: heading
        for column, heading in question.columns.items()
        if heading is not None and any(row[column] is not None for row in answer)
    }
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, heading in columns.items():
        numeric = any(isinstance(row[column], int | Decimal) for row in answer)
        # Where a terminal is narrow, text is cut and numbers are not.
        table.add_column(
            heading,
            justify="right" if numeric else "left",
            no_wrap=numeric,
            max_width=None if numeric else LONGEST_TEXT,
        )
    for row in answer[:ROWS_PRINTED]:
        table.add_row(*(_cell(column, row[column]) for column in columns))
    screen.print(f"\n{question.number}. {question.words}", style="bold", markup=False)
    screen.print(printable(_in_words(question, playlist, answer)), markup=False)
    if answer:
        screen.print(table)
    if (more := len(answer) - ROWS_PRINTED) > 0:
        screen.print(f"... and {more} more: see the view {question.view}", style="dim")


def _in_words(question: Question, playlist: Row, answer: Sequence[Row]) -> str:
    return without_isolates(f"{question.in_words(answer)} {unavailable(playlist)}".rstrip())


def _cell(column: str, value: Any) -> Text:
    if value is None:
        shown = "-"
    elif column.startswith("share_"):
        shown = f"{100 * value:.1f}"
    else:
        shown = f"{value:+}" if column in DIFFERENCES and value else printable(str(value))
    return Text(shown, no_wrap=True, overflow="ellipsis")


def _no_formula(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value
