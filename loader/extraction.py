"""The playlists of a load, and the artists and albums they refer to: what is read, what is left.

First answers are asked for side by side, and worked on in the order in which they were asked for.
A playlist that an earlier load left whole, with the same `snapshot_id`, costs that one request and
is left as it is. One that fails is raised, or noted with the reason, and the others go on.

Artists and albums come after the playlists. Spotify is asked only for those that are new or no
longer fresh; in Development Mode albums are taken from the rows, which carry as much.

It may go on in parts, each of some playlists and what they refer to: what was loaded of one is
complete, whatever becomes of the next.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from loader.client import Spotify
from loader.earlier_loads import EarlierLoads
from loader.entities import KEYS, Entities, Entity, Kind
from loader.errors import ComeBackLaterError, PipelineError, PlaylistError, SpotifyError
from loader.outcome import Outcome, PlaylistLoad
from loader.reading import PlaylistReader, Reading, requests_for_rest
from loader.references import References
from loader.spool import Spool

log = logging.getLogger(__name__)


class Extraction:
    """Reads playlists, and knows afterwards what became of them.

    Args:
        spotify: the client.
        playlist_ids: which playlists.
        earlier: tells what earlier loads left.
        outcome: collects failures; without one the first failure is raised.

    Attributes:
        outcome: what became of each playlist.
        finished: all playlists have been read, or left.
        references: what the rows of this part refer to.
        entities: asks for artists and albums.
        entities_read: how many of them Spotify sent.
    """

    def __init__(
        self,
        spotify: Spotify,
        playlist_ids: Sequence[str],
        earlier: EarlierLoads,
        outcome: Outcome | None = None,
    ) -> None:
        self.outcome = Outcome() if outcome is None else outcome
        self.finished = False
        self.references = References()
        self.entities = Entities(spotify)
        self.entities_read = 0
        self._earlier = earlier
        self._raises = outcome is None
        self._reader = PlaylistReader(spotify, Spool())
        self._heads = self._reader.heads(playlist_ids)
        self._not_found: set[str] = set()

    def readings(self) -> Iterator[Reading | None]:
        """Yield each playlist that is to be loaded, whole; None in the place of one that is not.

        Called again it goes on where it was left. The rows of one are there until the next comes,
        and what they refer to is noted while they are taken.
        """
        for playlist_id, head in self._heads:
            reading = self._read(playlist_id, head)
            yield reading and replace(reading, rows=partial(self._noted, reading))
        self.finished = True

    def rows_of_entities(self) -> Iterator[tuple[Kind, Entity]]:
        """Yield the artists and albums of the playlists that were read, each with its kind."""
        for kind in KEYS:
            for entity in self._entities(kind):
                yield kind, entity
        self.references.forget()

    def _noted(self, reading: Reading) -> Iterator[str]:
        for row in reading.rows():
            self.references.add(row)
            yield row

    def _entities(self, kind: Kind) -> Iterator[Entity]:
        extended = self.references.access_mode == "extended"
        # An earlier refusal is taken to hold as long as Spotify sends no popularity either.
        self.entities.batches_refused |= self._earlier.batches_refused and not extended
        wanted = self.references.artists if kind == "artists" else self.references.albums
        fresh = self._earlier.fresh(kind, wanted, with_popularity=extended)
        missing = [one for one in wanted if one not in fresh and one not in self._not_found]
        read: set[str] = set()
        try:
            for entity in self.entities.read(kind, missing):
                read.add(entity.id)
                self.entities_read += 1
                yield entity
            self._not_found.update(set(missing) - read)
        except ComeBackLaterError as stop:
            if self._raises:
                raise
            self.outcome.stopped = stop
        cost = self.entities.requests_for
        self.outcome.requests_saved += cost(kind, len(wanted)) - cost(kind, len(missing))
        if kind == "albums":
            for one, payload in self.references.carried_albums():
                yield Entity(one, payload, datetime.now(UTC))
        yield from self._earlier.carried_entities(kind, [one for one in wanted if one not in read])

    def _read(self, playlist_id: str, head: Reading | PipelineError) -> Reading | None:
        try:
            if isinstance(head, PipelineError):
                raise head
            if self._is_left(head):
                return None
            reading = self._reader.whole(head)
        except (ComeBackLaterError, PlaylistError, SpotifyError) as error:
            if self._raises:
                raise
            self._note(playlist_id, error)
            return self._earlier.carried_playlist(playlist_id)
        rows = "row" if reading.total == 1 else "rows"
        log.info("Playlist %s: %s %s read", playlist_id, reading.total, rows)
        told = (reading.snapshot_id, reading.total, reading.loaded_at)
        self.outcome.loads.append(PlaylistLoad(playlist_id, "loaded", None, *told))
        return reading

    def _is_left(self, head: Reading) -> bool:
        """Leave a playlist that is as it was loaded, and see to what that load did not get to."""
        known = self._earlier.playlist(head.playlist_id)
        if known is None or head.snapshot_id is None or known.snapshot_id != head.snapshot_id:
            return False
        log.info("Playlist %s: unchanged", head.playlist_id)
        if known.entities_missing:
            for row in self._earlier.rows(head.playlist_id):
                self.references.add(row)
        self.outcome.loads.append(PlaylistLoad(head.playlist_id, "unchanged", total=head.total))
        self.outcome.requests_saved += requests_for_rest(head.total)
        return True

    def _note(self, playlist_id: str, error: PipelineError) -> None:
        if isinstance(error, ComeBackLaterError):
            self.outcome.stopped = error
            self.outcome.loads.append(PlaylistLoad(playlist_id, "not reached", str(error)))
        else:
            reason = str(error)
            if playlist_id not in reason:
                reason = f"Playlist {playlist_id} could not be read: {reason.rstrip('.')}."
            log.warning("%s", reason)
            self.outcome.loads.append(PlaylistLoad(playlist_id, "failed", reason))
