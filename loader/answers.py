"""The five questions and their answers in the terminal, or as JSON and CSV for other programs."""

import csv
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TextIO

import psycopg2.errors
from psycopg2.extensions import connection
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.console import printable
from loader.database import rows
from loader.errors import PipelineError, SettingsError
from loader.questions import QUESTION_NUMBERS, QUESTIONS, Column, Question, Row
from loader.sentences import NO_TRACKS, without_isolates

LONGEST_TEXT = 40  # columns of one cell; the whole is in the view
ROWS_PRINTED = 10  # of one answer
DIFFERENCES = ("change_from_previous", "track_minus_album_popularity")  # shown with their sign
# What a spreadsheet takes for a formula, which a name of anybody's must not become.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# The playlists asked for, in that order; all of them, by name, where none were.
PLAYLISTS = """
select playlists.playlist_id, playlists.playlist_name, count(entries.position) as count_entries
from {marts}.playlists as playlists
left join {marts}.playlist_entries as entries on playlists.playlist_id = entries.playlist_id
where %(ids)s::text[] is null or playlists.playlist_id = any(%(ids)s)
group by 1, 2
order by array_position(%(ids)s, playlists.playlist_id), 2, 1
"""


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
        self._numbers = numbers
        ids = list(playlist_ids) if playlist_ids is not None else None
        try:
            self._playlists = rows(database, PLAYLISTS.format(marts=marts), {"ids": ids})
        except (psycopg2.errors.UndefinedTable, psycopg2.errors.InvalidSchemaName) as error:
            raise PipelineError("There are no answers yet: run `spotify-elt run` first.") from error
        if ids is None and not self._playlists:
            raise PipelineError("No playlist is loaded: run `spotify-elt run` first.")
        known = {playlist["playlist_id"] for playlist in self._playlists}
        if unknown := [one for one in ids or [] if one not in known]:
            raise SettingsError(
                f"There is no answer for playlist {unknown[0]}: load it with "
                f"`spotify-elt run --playlist {unknown[0]}`."
            )

    def print(self, screen: Console) -> None:
        """Print each answer in a sentence and its first rows; tables fit the screen's width."""
        for playlist in self._playlists:
            name = printable(playlist["playlist_name"] or playlist["playlist_id"])
            heading = f"{name} ({playlist['count_entries']} rows)"
            screen.print(f"\n{heading}", style="bold", markup=False)
            answered = list(self._of(playlist))
            if not any(answer for _, _, answer in answered):
                screen.print(NO_TRACKS)
                continue
            for number, question, answer in answered:
                _print_answer(screen, f"{number}. {question.words}", question, answer)

    def as_json(self) -> str:
        """Return all rows as one JSON object."""
        told = [
            {
                "playlist_id": playlist["playlist_id"],
                "playlist_name": playlist["playlist_name"],
                "answers": [
                    {
                        "question": number,
                        "words": question.words,
                        "sentence": without_isolates(question.sentence(answer)),
                        "view": question.view,
                        "rows": answer,
                    }
                    for number, question, answer in self._of(playlist)
                ],
            }
            for playlist in self._playlists
        ]
        return json.dumps({"playlists": told}, default=float, ensure_ascii=False, indent=2)

    def write_csv(self, file: TextIO) -> None:
        """Write all rows of the first question as CSV, after each playlist's id and name.

        A text that a spreadsheet would take for a formula stands behind an apostrophe.
        """
        question = QUESTIONS[self._numbers[0] - 1]
        names = question.column_names(self._database, self._marts)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["playlist_id", "playlist_name", *names])
        for playlist in self._playlists:
            head = [playlist["playlist_id"], playlist["playlist_name"]]
            for row in question.rows(self._database, self._marts, playlist["playlist_id"]):
                writer.writerow(map(_no_formula, [*head, *row.values()]))

    def _of(self, playlist: Row) -> Iterator[tuple[int, Question, list[Row]]]:
        for number in self._numbers:
            question = QUESTIONS[number - 1]
            yield (
                number,
                question,
                question.rows(self._database, self._marts, playlist["playlist_id"]),
            )


def _print_answer(screen: Console, title: str, question: Question, answer: Sequence[Row]) -> None:
    columns = [
        column
        for column in question.columns
        if column.short is not None and any(row[column.name] is not None for row in answer)
    ]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        numeric = any(isinstance(row[column.name], int | Decimal) for row in answer)
        # Where a terminal is narrow, text is cut and numbers are not.
        table.add_column(
            column.short or "",
            justify="right" if numeric else "left",
            no_wrap=numeric,
            max_width=None if numeric else LONGEST_TEXT,
        )
    for row in answer[:ROWS_PRINTED]:
        cells = (Text(_shown(row, column), no_wrap=True, overflow="ellipsis") for column in columns)
        table.add_row(*cells)
    screen.print(f"\n{title}", style="bold", markup=False)
    screen.print(printable(without_isolates(question.sentence(answer))), markup=False)
    if answer:
        screen.print(table)
    if (more := len(answer) - ROWS_PRINTED) > 0:
        screen.print(f"... and {more} more: see the view {question.view}", style="dim")


def _shown(row: Row, column: Column) -> str:
    value = row[column.name]
    if value is None:
        return "-"
    if column.name.startswith("share_"):
        return f"{100 * value:.1f}"
    return f"{value:+}" if column.name in DIFFERENCES and value else printable(str(value))


def _no_formula(value: object) -> object:
    is_formula = isinstance(value, str) and value.startswith(FORMULA_STARTS)
    return f"'{value}" if is_formula else value
