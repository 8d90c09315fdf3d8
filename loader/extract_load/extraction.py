"""The playlists of a run: which are unchanged, which are read, which fail.

First answers are asked for side by side, and worked on in the order of the settings. A playlist
that an earlier run loaded whole, with the same `snapshot_id` and not longer ago than `max_age`,
costs that one request and is left as it is. One that fails is noted with the reason, and the
others go on.
"""

import logging
from collections.abc import Callable, Iterator

from loader.errors import ComeBackLaterError, PipelineError, PlaylistError, SpotifyError
from loader.extract_load.entities import Entities
from loader.extract_load.needs import EntityNeeds
from loader.extract_load.outcome import Outcome, PlaylistLoad
from loader.extract_load.reading import Head, PlaylistReader, Reading, requests_for_rest
from loader.extract_load.references import References
from loader.extract_load.spool import Spool
from loader.extract_load.stored import Stored
from loader.run_log.earlier_runs import EarlierRuns, KnownPlaylist
from loader.settings import PipelineConfig
from loader.spotify.client import Spotify

log = logging.getLogger(__name__)


class Extraction:
    """Reads the playlists of one run, and knows afterwards what became of them.

    Args:
        spotify: the client.
        config: which playlists, and the load method.
        earlier_runs: tell what earlier runs loaded.
        force: read also what has not changed.

    Attributes:
        outcome: what became of each playlist.
        entities: asks for artists and albums.
        needs: which of them are to be loaded.
    """

    def __init__(
        self, spotify: Spotify, config: PipelineConfig, earlier_runs: EarlierRuns, *, force: bool
    ) -> None:
        self.outcome = Outcome()
        self.entities = Entities(spotify, config.concurrency)
        self._config = config
        self._spool = Spool()
        self._stored = Stored(f"{config.schema_prefix}_raw")
        self._reader = PlaylistReader(spotify, self._spool, config.concurrency)
        self._overwrite = config.load_method == "overwrite"
        read_all = force or self._overwrite
        self._known = {} if read_all else self._still_stored(earlier_runs)
        self.needs = EntityNeeds(
            References(),
            self.entities,
            self._stored,
            config,
            batches_were_refused=earlier_runs.batches_were_refused(),
        )

    @property
    def requests_saved(self) -> int:
        """How many requests were not made because what they ask for is known and fresh."""
        return self.outcome.requests_saved + self.needs.requests_saved

    def _still_stored(self, earlier_runs: EarlierRuns) -> dict[str, KnownPlaylist]:
        """Return the playlists that the log knows and that the raw tables still hold whole."""
        known = earlier_runs.known_playlists(self._config.max_age)
        stored = self._stored.rows(known)
        return {
            playlist_id: one
            for playlist_id, one in known.items()
            if stored.get((playlist_id, one.loaded_at)) == one.rows
        }

    def readings(self, advance: Callable[[], None]) -> Iterator[Reading]:
        """Yield each playlist that is to be loaded, whole; call `advance` after each of all."""
        for playlist_id, head in self._reader.heads(self._config.playlists):
            reading = self._read(playlist_id, head)
            advance()
            if reading is not None:
                yield reading

    def _read(self, playlist_id: str, head: Head | PipelineError) -> Reading | None:
        try:
            if isinstance(head, PipelineError):
                raise head
            if known := self._unchanged(head):
                self._leave(head, known)
                return None
            reading = self._reader.whole(head)
        except ComeBackLaterError as stop:
            self.outcome.stopped = stop
            self.outcome.loads.append(PlaylistLoad(playlist_id, "not reached", str(stop)))
        except (PlaylistError, SpotifyError) as error:
            log.warning("%s", error)
            self.outcome.loads.append(PlaylistLoad(playlist_id, "failed", str(error)))
        else:
            log.info("Playlist %s: %s rows read", playlist_id, reading.total)
            self.outcome.loads.append(PlaylistLoad.of(reading))
            return reading
        return self._stored.reading(playlist_id, self._spool) if self._overwrite else None

    def _unchanged(self, head: Head) -> KnownPlaylist | None:
        """Return the playlist as it was loaded, if it still is the same."""
        known = self._known.get(head.playlist_id)
        if known and head.snapshot_id is not None and known.snapshot_id == head.snapshot_id:
            return known
        return None

    def _leave(self, head: Head, known: KnownPlaylist) -> None:
        """Leave a playlist as it was loaded, and have read what that run did not get to."""
        log.info("Playlist %s: unchanged", head.playlist_id)
        if known.entities_missing:
            for row in self._stored.items(head.playlist_id):
                self.needs.references.add(row)
        self.outcome.loads.append(PlaylistLoad(head.playlist_id, "unchanged", total=head.total))
        self.outcome.requests_saved += requests_for_rest(head.total)
