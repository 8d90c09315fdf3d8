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
        kind: `artists` or `albums`.
        id: its id.
        payload: the API's object as JSON text.
        loaded_at: when it was read (UTC).
    """

    kind: Kind
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
        size = BATCH[kind]
        if rest and not self.batches_refused:
            # The first batch goes alone: there must be no second one after a refusal.
            try:
                first = self._batch(kind, rest[:size])
            except RefusedError as error:
                if error.status not in BATCH_REFUSALS:
                    raise
                self.batches_refused = True
                log.info("Spotify answers no batches to this app: asking for %s singly.", kind)
            else:
                yield from self._found(kind, first)
                rest = rest[size:]
        for answer in self._remaining(kind, rest):
            yield from self._found(kind, answer)

    def requests_for(self, kind: Kind, count: int) -> int:
        """Return how many requests `count` artists or albums cost this app."""
        return count if self.batches_refused else math.ceil(count / BATCH[kind])

    def _remaining(self, kind: Kind, ids: list[str]) -> Iterator[list[dict[str, Any] | None]]:
        if self.batches_refused:
            yield from side_by_side(
                lambda one: [self._single(kind, one)], ids, self._spotify.concurrency
            )
            return
        size = BATCH[kind]
        batches = [ids[start : start + size] for start in range(0, len(ids), size)]
        yield from side_by_side(
            lambda batch: self._batch(kind, batch), batches, self._spotify.concurrency
        )

    def _batch(self, kind: Kind, ids: list[str]) -> list[dict[str, Any] | None]:
        return list(self._spotify.get(kind, ids=",".join(ids)).get(kind) or [])

    def _single(self, kind: Kind, one: str) -> dict[str, Any] | None:
        try:
            return self._spotify.get(f"{kind}/{one}")
        except RefusedError as error:
            if error.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                raise
            return None

    def _found(self, kind: Kind, answer: list[dict[str, Any] | None]) -> Iterator[Entity]:
        for entity in answer:
            if entity and entity.get("id"):
                yield Entity(kind, entity["id"], as_text(entity), datetime.now(UTC))
            else:
                self.not_found[kind] += 1
