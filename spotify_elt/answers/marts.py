"""The marts as they are read: the playlists, and a mart's rows of one of them in their order."""

from collections.abc import Iterable, Mapping, Sequence

from psycopg2.errors import UndefinedColumn
from psycopg2.extensions import connection

from spotify_elt.errors import NoAnswersError
from spotify_elt.warehouse.database import NOT_THERE, Row, rows

# The playlists asked for, in that order; all of them, by name, where none were.
PLAYLISTS = """
select profile.*, playlists.owner_name, playlists.snapshot_id
from {marts}.playlists as playlists
inner join {marts}.playlist_profile as profile on playlists.playlist_id = profile.playlist_id
where %(ids)s::text[] is null or profile.playlist_id = any(%(ids)s)
order by
    array_position(%(ids)s, profile.playlist_id),
    lower(profile.playlist_name),
    profile.playlist_id
"""
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
    return read(database, PLAYLISTS.format(marts=marts), {"ids": ids if ids is None else list(ids)})


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
