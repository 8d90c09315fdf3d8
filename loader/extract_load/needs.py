"""Which artists and albums a run loads, and from where: Spotify, the rows, or the raw tables.

Spotify is asked only for what is new, or stored longer ago than `entity_max_age`. Under
`overwrite` the raw tables are to hold this run alone, so everything is asked for, and what could
not be had is carried over from them instead of being lost.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from loader.errors import ComeBackLaterError
from loader.extract_load.entities import Entities, Kind
from loader.extract_load.references import References
from loader.extract_load.stored import Stored
from loader.settings import PipelineConfig

Entity = tuple[str, str, datetime]


class EntityNeeds:
    """The artists and albums of one run.

    Args:
        references: what the rows refer to.
        entities: asks Spotify.
        stored: what earlier runs loaded.
        config: how old a stored one may be, and the load method.
        batches_were_refused: an earlier run met a refusal; it is taken to hold as long as Spotify
            sends no popularity either.

    Attributes:
        stopped: set where Spotify asked for a longer wait than `max_wait` before all were read.
        count_read: how many artists and albums Spotify sent.
        requests_saved: how many requests the stored ones would have cost.
    """

    def __init__(
        self,
        references: References,
        entities: Entities,
        stored: Stored,
        config: PipelineConfig,
        *,
        batches_were_refused: bool,
    ) -> None:
        self.references = references
        self.stopped: ComeBackLaterError | None = None
        self.requests_saved = 0
        self.count_read = 0
        self._entities = entities
        self._stored = stored
        self._config = config
        self._overwrite = config.load_method == "overwrite"
        self._batches_were_refused = batches_were_refused

    def rows(self, kind: Kind) -> Iterator[Entity]:
        """Yield (id, JSON text, loaded_at) of the artists or albums to be loaded."""
        extended = self.references.access_mode == "extended"
        if self._batches_were_refused and not extended:
            self._entities.batches_refused = True
        wanted = self.references.artists if kind == "artists" else self.references.albums
        max_age = timedelta() if self._overwrite else self._config.entity_max_age
        fresh = self._stored.fresh(kind, wanted, max_age, with_popularity=extended)
        missing = [one for one in wanted if one not in fresh]
        read: set[str] = set()
        for one, payload in self._read(kind, missing):
            read.add(one)
            self.count_read += 1
            yield one, payload, datetime.now(UTC)
        self.requests_saved += self._entities.requests_for(
            kind, len(wanted)
        ) - self._entities.requests_for(kind, len(missing))
        if kind == "albums":
            for one, payload in self.references.carried_albums():
                yield one, payload, datetime.now(UTC)
        if self._overwrite:
            yield from self._stored.entities(kind, [one for one in wanted if one not in read])

    def _read(self, kind: Kind, missing: list[str]) -> Iterator[tuple[str, str]]:
        try:
            yield from self._entities.read(kind, missing)
        except ComeBackLaterError as stop:
            self.stopped = stop
