"""What the page tells of each playlist, read from the marts; its words are in `assets/`."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg2.extensions import connection

from spotify_elt.answers.marts import answer, playlists, read
from spotify_elt.answers.questions import QUESTIONS
from spotify_elt.answers.sentences import unavailable
from spotify_elt.warehouse.database import Row

Json = dict[str, Any]

# The marts of which the page shows a playlist's rows, beside the answers, and what of these.
TABLES = {
    "playlist_artists": (
        "artist_id artist_name artist_popularity count_tracks artist_genres track_names"
    ),
    "playlist_completeness": "entity_type field count_entities count_sent consequence",
    "playlist_changes": (
        "track_id track_name first_seen_at came_at removed_before days_in_playlist moves_up "
        "moves_down"
    ),
    "popularity_movers": (
        "track_id track_name first_popularity last_popularity change_in_all last_change changed_at"
    ),
    "playlist_overlap": (
        "other_playlist_id other_playlist_name count_shared_tracks jaccard_of_tracks "
        "count_shared_artists jaccard_of_artists"
    ),
}
CHANGES = ("came_at", "removed_before", "moves_up", "moves_down")  # a stay with none is not shown
MOVERS_DRAWN = 5
COURSES = """
select entity_id as track_id, entity_name as track_name, valid_from, popularity
from {marts}.popularity_history
where entity_type = 'track' and entity_id = any(%s)
order by 1, 3
"""


def read_contents(database: connection, marts: str) -> Json:
    """Return all that the page tells, as JSON has it.

    Args:
        database: where the marts are.
        marts: their schema.

    Returns:
        `questions` in words, and `playlists`, whose tables are JSON in text. That many tracks
        are not available is said of a playlist, once, not in each answer.

    Raises:
        NoAnswersError: the marts were never built, or by an older version.
        psycopg2.Error: they cannot be read.
    """
    return {
        "questions": [question.words for question in QUESTIONS],
        "playlists": [_playlist(database, marts, head) for head in playlists(database, marts)],
    }


def _playlist(database: connection, marts: str, head: Row) -> Json:
    playlist_id = head["playlist_id"]
    answers = []
    for question in QUESTIONS:
        found = question.rows(database, marts, playlist_id)
        answers.append({"sentence": question.in_words(found), "table": _as_table(found)})
    tables = {
        mart: answer(database, marts, mart, columns.split(), playlist_id)
        for mart, columns in TABLES.items()
    }
    stays, movers = tables["playlist_changes"], tables["popularity_movers"]
    first_reading = min((stay["first_seen_at"] for stay in stays), default=head["loaded_at"])
    tables["playlist_changes"] = [stay for stay in stays if any(stay[one] for one in CHANGES)]
    moved_most = [mover["track_id"] for mover in movers[:MOVERS_DRAWN]]
    tables["courses"] = read(database, COURSES.format(marts=marts), [moved_most])
    return {
        "head": {**head, "first_reading_at": first_reading},
        "answers": answers,
        "unavailable": unavailable(head),
        **{name: _as_table(found) for name, found in tables.items()},
    }


def _as_table(rows: Sequence[Row]) -> str:
    """Return rows as JSON text: lists in the order of `columns`, which would else be repeated.

    It is text at once, so that not all tables of a long playlist are in memory as objects.
    """
    columns = list(rows[0]) if rows else []
    # Row by row: of a list in one piece json keeps each value as text until the end.
    listed = ",".join(_as_text(list(row.values())) for row in rows)
    return f'{{"columns":{_as_text(columns)},"rows":[{listed}]}}'


def _as_text(values: list[Any]) -> str:
    return json.dumps(values, default=as_json, separators=(",", ":"))


def as_json(value: object) -> object:
    """Return a value that JSON does not know: decimals as a number, a moment as ISO 8601 text."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no place on the page")
