"""What earlier runs left in the raw tables: read again where asking Spotify would cost a call."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from loader.entities import KEYS, Entity, Kind
from loader.reading import Reading
from spotify_elt.warehouse import database

ROWS_AT_ONCE = 200

# {raw} is the raw schema; {kind} and {key} are the names of a table and of its key.
FRESH = """
with

latest as (

    select distinct on ({key})
        {key},
        loaded_at,
        payload ? 'popularity' as has_popularity
    from {raw}.{kind}
    where {key} = any(%(ids)s)
    order by {key}, loaded_at desc

)

select {key} from latest
where loaded_at > now() - %(max_age)s and has_popularity = %(with_popularity)s
"""
ENTITIES = """
select distinct on ({key}) {key}, payload::text, loaded_at from {raw}.{kind}
where {key} = any(%(ids)s)
order by {key}, loaded_at desc
"""
PLAYLIST = """
select playlists.payload::text, playlists.loaded_at, max(items.snapshot_id), count(items.position)
from {raw}.playlists as playlists
left join {raw}.playlist_items as items
    on playlists.playlist_id = items.playlist_id and playlists.loaded_at = items.loaded_at
where playlists.playlist_id = %(id)s
group by 1, 2
order by 2 desc
limit 1
"""
ROWS = """
select playlists.playlist_id, playlists.loaded_at, count(distinct items.position)
from {raw}.playlists as playlists
left join {raw}.playlist_items as items
    on playlists.playlist_id = items.playlist_id and playlists.loaded_at = items.loaded_at
where playlists.playlist_id = any(%(ids)s)
group by 1, 2
"""
ITEMS = """
select payload::text from {raw}.playlist_items
where
    playlist_id = %(id)s
    and loaded_at = (select max(loaded_at) from {raw}.playlists where playlist_id = %(id)s)
order by position
"""


class Stored:
    """The raw tables, read only.

    Args:
        schema: the raw schema.
    """

    def __init__(self, schema: str) -> None:
        self._schema = schema

    def fresh(
        self, kind: Kind, ids: Iterable[str], max_age: timedelta, *, with_popularity: bool
    ) -> set[str]:
        """Return the ids of those that need not be asked for again.

        Args:
            kind: `artists` or `albums`.
            ids: the ones in question.
            max_age: how old what is stored may be.
            with_popularity: whether Spotify sends popularity today; what was stored in the other
                access mode is not what it would answer.
        """
        parameters = {"ids": list(ids), "max_age": max_age, "with_popularity": with_popularity}
        return {one for (one,) in self._rows(FRESH, parameters, kind)}

    def entities(self, kind: Kind, ids: Iterable[str]) -> Iterator[Entity]:
        """Yield the latest load of each of these artists or albums."""
        for row in self._rows(ENTITIES, {"ids": list(ids)}, kind):
            yield Entity(kind, *row)

    def rows(self, playlist_ids: Iterable[str]) -> dict[tuple[str, datetime], int]:
        """Return how many items each load of these playlists holds, by playlist and `loaded_at`."""
        found = self._rows(ROWS, {"ids": list(playlist_ids)})
        return {(playlist_id, loaded_at): rows for playlist_id, loaded_at, rows in found}

    def items(self, playlist_id: str) -> Iterator[str]:
        """Yield the rows of a playlist's latest load as JSON text, in order."""
        for (row,) in self._rows(ITEMS, {"id": playlist_id}):
            yield row

    def reading(self, playlist_id: str) -> Reading | None:
        """Return the latest load of a playlist as if it had been read now; None if never loaded."""
        for payload, loaded_at, snapshot_id, total in self._rows(PLAYLIST, {"id": playlist_id}):
            rows = partial(self.items, playlist_id)
            return Reading(playlist_id, snapshot_id, payload, total, loaded_at, rows)
        return None

    def _rows(
        self, query: str, parameters: dict[str, Any], kind: Kind = "artists"
    ) -> Iterator[Any]:
        """Yield the rows of a query, a few at a time; none where nothing was ever loaded."""
        statement = query.format(raw=self._schema, kind=kind, key=KEYS[kind])
        with database.connected() as connection:
            connection.autocommit = False  # a server-side cursor lives in a transaction
            with connection.cursor("stored") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                try:
                    cursor.execute(statement, parameters)
                except database.NOT_THERE:
                    return
                yield from cursor
