"""What the loader asks about earlier loads, answered from PostgreSQL: the run log and raw tables.

An unchanged playlist may be left as it is where this app loaded it whole, not longer ago than
`max_age`, and the raw tables still hold that load. Under `overwrite` they are to hold this run and
nothing else, so all is read, and what could not be had is carried over instead of being lost.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from loader.earlier_loads import EarlierLoads, KnownPlaylist
from loader.entities import KEYS, Entity, Kind
from loader.reading import Reading
from spotify_elt.run_log.earlier_runs import EarlierRuns
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database
from spotify_elt.warehouse.schemas import Schemas

ROWS_AT_ONCE = 200

# {raw} is the raw schema; {kind} and {key} are the names of a table and of its key.
FRESH = """
select {key} from {raw}.{kind}
where {key} = any(%(ids)s)
group by 1
having
    -- what this run has loaded is fresh, however short the age
    max(loaded_at) > least(now() - %(max_age)s, %(began)s)
    -- of the latest load
    and (array_agg(payload ? 'popularity' order by loaded_at desc))[1] = %(with_popularity)s
"""
ENTITIES = """
select distinct on ({key}) {key}, payload::text, loaded_at from {raw}.{kind}
where {key} = any(%(ids)s)
order by {key}, loaded_at desc
"""
LOADS = """
select playlist_id, snapshot_id, payload::text, coalesce(total, 0), loaded_at
from {raw}.playlists
left join (
    select
        playlist_id, loaded_at, max(snapshot_id) as snapshot_id, count(distinct position) as total
    from {raw}.playlist_items
    where playlist_id = any(%(ids)s)
    group by 1, 2
) as items using (playlist_id, loaded_at)
where playlist_id = any(%(ids)s)
order by loaded_at desc
"""
ITEMS = """
select payload::text from {raw}.playlist_items
where playlist_id = %(id)s and loaded_at = %(loaded_at)s
order by position
"""


class LoadedBefore(EarlierLoads):
    """What this app has loaded into this warehouse before.

    Args:
        earlier_runs: the run log.
        config: the load method, the schemas, and how old what is stored may be.
        force: know no playlist, so that all are read.
    """

    def __init__(self, earlier_runs: EarlierRuns, config: PipelineConfig, *, force: bool) -> None:
        self.batches_refused = earlier_runs.batches_were_refused()
        self._raw = Schemas.of(config.schema_prefix).raw
        self._overwrite = config.load_method == "overwrite"
        self._max_age = timedelta() if self._overwrite else config.entity_max_age
        self._began = datetime.now(UTC)
        self._playlists: dict[str, KnownPlaylist] = {}
        if not force and not self._overwrite:
            logged = earlier_runs.known_playlists(config.max_age, config.market)
            for load in self._loads(logged):
                known = logged[load.playlist_id]
                if (load.loaded_at, load.total) == (known.loaded_at, known.rows):
                    self._playlists[load.playlist_id] = known

    def playlist(self, playlist_id: str, /) -> KnownPlaylist | None:
        """Return a playlist that the raw tables hold whole and young enough."""
        return self._playlists.get(playlist_id)

    def rows(self, playlist_id: str, /) -> Iterator[str]:
        """Yield the rows of a playlist that is known as JSON text, in order."""
        return self._items(playlist_id, self._playlists[playlist_id].loaded_at)

    def fresh(self, kind: Kind, ids: Iterable[str], /, *, with_popularity: bool) -> set[str]:
        """Return the artists or albums that are younger than `entity_max_age`."""
        asked = {
            "max_age": self._max_age,
            "began": self._began,
            "with_popularity": with_popularity,
        }
        return {one for (one,) in self._found(FRESH, kind, ids=list(ids), **asked)}

    def carried_playlist(self, playlist_id: str, /) -> Reading | None:
        """Return the latest load of a playlist, under `overwrite`."""
        return next(self._loads([playlist_id]), None) if self._overwrite else None

    def carried_entities(self, kind: Kind, ids: Iterable[str], /) -> Iterator[Entity]:
        """Yield the latest of each artist or album, under `overwrite`."""
        if self._overwrite:
            for row in self._found(ENTITIES, kind, ids=list(ids)):
                yield Entity(*row)

    def _loads(self, playlist_ids: Iterable[str]) -> Iterator[Reading]:
        """Yield the loads of playlists as if they had been read now, the latest first."""
        for load in self._found(LOADS, ids=list(playlist_ids)):
            playlist_id, snapshot_id, payload, total, loaded_at = load
            rows = partial(self._items, playlist_id, loaded_at)
            yield Reading(playlist_id, snapshot_id, payload, total, loaded_at, rows)

    def _items(self, playlist_id: str, loaded_at: datetime) -> Iterator[str]:
        for (row,) in self._found(ITEMS, id=playlist_id, loaded_at=loaded_at):
            yield row

    def _found(self, query: str, kind: Kind = "artists", **parameters: Any) -> Iterator[Any]:
        """Yield the rows of a query, a few at a time; none where nothing was ever loaded."""
        statement = query.format(raw=self._raw, kind=kind, key=KEYS[kind])
        with database.connected() as connection:
            connection.autocommit = False  # a server-side cursor lives in a transaction
            with connection.cursor("stored") as cursor:
                cursor.itersize = ROWS_AT_ONCE
                try:
                    cursor.execute(statement, parameters)
                except database.NOT_THERE:
                    return
                yield from cursor
