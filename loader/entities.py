"""Artists and albums, asked for in the cheapest way that Spotify permits.

Rows carry whole tracks, but of their artists only the name and of their albums a part. Where
Spotify answers batches, 50 artists or 20 albums come with one request; the first refusal of a
batch means that this app may not, and from then on each is asked for alone.
"""

import logging
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Literal, NamedTuple

from loader.client import Spotify
from loader.errors import RefusedError
from loader.raw_json import as_text
from loader.side_by_side import side_by_side

log = logging.getLogger(__name__)

Kind = Literal["artists", "albums"]
KEYS: dict[Kind, str] = {"artists": "artist_id", "albums": "album_id"}
BATCH: dict[Kind, int] = {"artists": 50, "albums": 20}  # ids in one request, at most
BATCH_REFUSALS = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


class Entity(NamedTuple):
    """An artist or an album.

    Attributes:
        id: its id.
        payload: the API's object as JSON text.
        loaded_at: when it was read (UTC).
    """

    id: str
    payload: str
    loaded_at: datetime


class Entities:
    """Asks Spotify for artists and albums, in batches while these are answered.

    Attributes:
        batches_refused: Spotify refuses batches to this app, so none is tried.
        not_found: how many of each kind Spotify no longer has.
    """

    def __init__(self, spotify: Spotify) -> None:
        self._spotify = spotify
        self.batches_refused = False
        self.not_found: Counter[str] = Counter()

    def read(self, kind: Kind, ids: Iterable[str]) -> Iterator[Entity]:
        """Yield the artists or albums that Spotify has, in order.

        Raises:
            ComeBackLaterError: a rate limit longer than `max_wait`.
            SpotifyError: no usable answer after retries.
        """
        rest = list(ids)
        if rest and not self.batches_refused:
            # The first batch goes alone: there must be no second one after a refusal.
            first = rest[: BATCH[kind]]
            try:
                yield from self._found(kind, self._batch(kind, first))
                rest = rest[len(first) :]
            except RefusedError as error:
                if error.status not in BATCH_REFUSALS:
                    raise
                self.batches_refused = True
                log.info("Spotify answers no batches to this app: asking for %s singly.", kind)
        ask = partial(self._single if self.batches_refused else self._batch, kind)
        size = self._size(kind)
        parts = (rest[start : start + size] for start in range(0, len(rest), size))
        for answer in side_by_side(ask, parts, self._spotify.concurrency):
            yield from self._found(kind, answer)

    def requests_for(self, kind: Kind, count: int) -> int:
        """Return how many requests `count` artists or albums cost this app."""
        return math.ceil(count / self._size(kind))

    def _size(self, kind: Kind) -> int:
        return 1 if self.batches_refused else BATCH[kind]

    def _batch(self, kind: Kind, ids: list[str]) -> list[dict[str, Any] | None]:
        return list(self._spotify.get(kind, ids=",".join(ids)).get(kind) or [])

    def _single(self, kind: Kind, ids: list[str]) -> list[dict[str, Any] | None]:
        try:
            return [self._spotify.get(f"{kind}/{ids[0]}")]
        except RefusedError as error:
            if error.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                raise
            return [None]

    def _found(self, kind: Kind, answer: list[dict[str, Any] | None]) -> Iterator[Entity]:
        for entity in answer:
            if entity and entity.get("id"):
                yield Entity(entity["id"], as_text(entity), datetime.now(UTC))
            else:
                self.not_found[kind] += 1
