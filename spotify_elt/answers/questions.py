"""The five questions, as `questions.yml` has them, and how their answers are read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
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


def _questions() -> Iterator[Question]:
    told = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
    for number, one in enumerate(told, start=1):
        sentence = getattr(sentences, one.pop("sentence"))
        yield Question(number=number, sentence=sentence, **one)


QUESTIONS = tuple(_questions())
QUESTION_NUMBERS = range(1, len(QUESTIONS) + 1)
