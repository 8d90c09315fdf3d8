"""What the loader asks about earlier loads, answered from PostgreSQL: the run log and raw tables.

An unchanged playlist may be left as it is where this app loaded it whole, not longer ago than
`max_age`, and the raw tables still hold that load. Under `overwrite` they are to hold this run and
nothing else, so all is read, and what could not be had is carried over instead of being lost.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from loader.earlier_loads import KnownPlaylist
from loader.entities import Entity, Kind
from loader.reading import Reading
from spotify_elt.run_log.earlier_runs import EarlierRuns
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse.stored import Stored


class LoadedBefore:
    """What this app has loaded into this warehouse before; see `loader.earlier_loads`.

    Args:
        earlier_runs: the run log.
        stored: the raw tables.
        config: the load method, and how old what is stored may be.
        force: know no playlist, so that all are read.

    Attributes:
        batches_refused: Spotify refused batches to this app in the last run that asked it.
    """

    def __init__(
        self, earlier_runs: EarlierRuns, stored: Stored, config: PipelineConfig, *, force: bool
    ) -> None:
        self.batches_refused = earlier_runs.batches_were_refused()
        self._stored = stored
        self._overwrite = config.load_method == "overwrite"
        self._max_age = timedelta() if self._overwrite else config.entity_max_age
        self._playlists: dict[str, KnownPlaylist] = {}
        if not force and not self._overwrite:
            logged = earlier_runs.known_playlists(config.max_age)
            held = stored.rows(logged)
            self._playlists = {
                playlist_id: known
                for playlist_id, known in logged.items()
                if held.get((playlist_id, known.loaded_at)) == known.rows
            }

    def playlist(self, playlist_id: str) -> KnownPlaylist | None:
        """Return a playlist that the raw tables hold whole and young enough."""
        return self._playlists.get(playlist_id)

    def rows(self, playlist_id: str) -> Iterator[str]:
        """Yield the rows of a playlist's latest load as JSON text, in order."""
        return self._stored.items(playlist_id)

    def fresh(self, kind: Kind, ids: Iterable[str], *, with_popularity: bool) -> set[str]:
        """Return the artists or albums that are younger than `entity_max_age`."""
        return self._stored.fresh(kind, ids, self._max_age, with_popularity=with_popularity)

    def carried_playlist(self, playlist_id: str) -> Reading | None:
        """Return the latest load of a playlist, under `overwrite`."""
        return self._stored.reading(playlist_id) if self._overwrite else None

    def carried_entities(self, kind: Kind, ids: Iterable[str]) -> Iterator[Entity]:
        """Yield the latest of each artist or album, under `overwrite`."""
        return self._stored.entities(kind, ids) if self._overwrite else iter(())
