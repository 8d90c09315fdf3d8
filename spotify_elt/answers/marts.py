"""The marts as they are read: the playlists, and a mart's rows of one of them in their order."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from psycopg2.errors import UndefinedColumn
from psycopg2.extensions import connection

from spotify_elt.errors import NoAnswersError
from spotify_elt.warehouse.database import NOT_THERE, Row, rows

PLAYLISTS = Path(__file__).with_name("playlists.sql")
ROWS = "select {columns} from {marts}.{mart} where playlist_id = %s order by answer_order"


def playlists(database: connection, marts: str, ids: Sequence[str] | None = None) -> list[Row]:
    """Return the profile of each playlist, with its owner's name and its snapshot.

    Args:
        database: where the marts are.
        marts: their schema.
        ids: which playlists, in this order; all, by name, where None.

    Raises:
        NoAnswersError: the marts were never built, or by an older version.
    """
    query = PLAYLISTS.read_text(encoding="utf-8").format(marts=marts)
    return read(database, query, {"ids": ids if ids is None else list(ids)})


def answer(
    database: connection, marts: str, mart: str, columns: Iterable[str], playlist_id: str
) -> list[Row]:
    """Return these columns of a mart's rows of a playlist, in the order of `answer_order`.

    Raises:
        NoAnswersError: the marts were never built, or by an older version.
    """
    query = ROWS.format(columns=", ".join(columns), marts=marts, mart=mart)
    return read(database, query, [playlist_id])


def read(
    database: connection, query: str, parameters: Sequence[object] | Mapping[str, object]
) -> list[Row]:
    """Return what a query finds in the marts.

    Raises:
        NoAnswersError: the marts were never built, or by an older version.
    """
    try:
        return rows(database, query, parameters)
    except (*NOT_THERE, UndefinedColumn) as error:
        raise NoAnswersError from error
