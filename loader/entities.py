"""The artists and albums that the rows of playlists refer to.

Rows carry whole tracks, but of their artists only the name and of their albums a part. Where
Spotify answers batches, 50 artists or 20 albums come with one request; the first refusal of a
batch means that this app may not, and from then on each is asked for alone.

A track without `popularity` comes from Development Mode, where a full album holds next to nothing
that the row's own album does not: that one is kept, and no request is made for it.
"""

import json
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from loader.errors import RefusedError
from loader.raw_json import as_text
from loader.side_by_side import side_by_side
from loader.spotify import Spotify

log = logging.getLogger(__name__)

BATCH = {"artists": 50, "albums": 20}  # ids in one request, at most
BATCH_REFUSALS = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


def track_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the track in a playlist's row: not an episode, a local file or a removed one.

    The row's key is `item`, or `track` in older answers. The inner object's own members named
    `track` and `episode` say nothing; its `type` does.
    """
    item = row["item"] if "item" in row else row.get("track")
    if not isinstance(item, dict) or item.get("type") != "track" or row.get("is_local"):
        return None
    return item if item.get("id") and not item.get("is_local") else None


class References:
    """What the rows seen so far refer to, each id once, in the order of first sight."""

    def __init__(self) -> None:
        self.artists: dict[str, None] = {}
        self.albums: dict[str, None] = {}
        self.carried_albums: dict[str, None] = {}
        self.tracks_with_popularity = 0
        self.tracks = 0

    def add(self, row: str) -> None:
        """Note the artists and the album of one row, given as JSON text."""
        track = track_of(json.loads(row))
        if track is None:
            return
        self.tracks += 1
        self.artists.update(
            (artist["id"], None) for artist in track.get("artists") or [] if artist.get("id")
        )
        album_id = (track.get("album") or {}).get("id")
        if "popularity" in track:
            self.tracks_with_popularity += 1
        if album_id and "popularity" in track:
            self.albums[album_id] = None
        elif album_id:
            self.carried_albums[album_id] = None


def carried_albums(rows: Iterable[str], wanted: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield (album id, JSON text) for the wanted albums as the rows carry them, each once."""
    missing = set(wanted)
    for row in rows:
        if not missing:
            return
        track = track_of(json.loads(row))
        album = (track or {}).get("album") or {}
        if album.get("id") in missing:
            missing.remove(album["id"])
            yield album["id"], as_text(album)


class Entities:
    """Asks for artists and albums in the cheapest way that Spotify permits.

    Attributes:
        not_found: how many of each kind Spotify no longer has.
    """

    def __init__(self, spotify: Spotify, workers: int) -> None:
        self._spotify = spotify
        self._workers = workers
        self._batches_refused = False
        self.not_found: Counter[str] = Counter()

    def read(self, kind: str, ids: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield (id, JSON text) of each `artists` or `albums` that Spotify has, in order.

        Raises:
            ComeBackLaterError: a rate limit longer than `max_wait`.
            SpotifyError: no usable answer after retries.
        """
        rest = list(ids)
        size = BATCH[kind]
        if rest and not self._batches_refused:
            # The first batch goes alone: there must be no second one after a refusal.
            try:
                first = self._batch(kind, rest[:size])
            except RefusedError as error:
                if error.status not in BATCH_REFUSALS:
                    raise
                self._batches_refused = True
                log.info("Spotify answers no batches to this app: asking for %s singly.", kind)
            else:
                yield from self._found(kind, first)
                rest = rest[size:]
        for answer in self._remaining(kind, rest):
            yield from self._found(kind, answer)

    def _remaining(self, kind: str, ids: list[str]) -> Iterator[list[dict[str, Any] | None]]:
        if self._batches_refused:
            yield from side_by_side(lambda one: [self._single(kind, one)], ids, self._workers)
            return
        size = BATCH[kind]
        batches = [ids[start : start + size] for start in range(0, len(ids), size)]
        yield from side_by_side(lambda batch: self._batch(kind, batch), batches, self._workers)

    def _batch(self, kind: str, ids: list[str]) -> list[dict[str, Any] | None]:
        return list(self._spotify.get(kind, ids=",".join(ids)).get(kind) or [])

    def _single(self, kind: str, one: str) -> dict[str, Any] | None:
        try:
            return self._spotify.get(f"{kind}/{one}")
        except RefusedError as error:
            if error.status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND):
                raise
            return None

    def _found(self, kind: str, answer: list[dict[str, Any] | None]) -> Iterator[tuple[str, str]]:
        for entity in answer:
            if entity and entity.get("id"):
                yield entity["id"], as_text(entity)
            else:
                self.not_found[kind] += 1
