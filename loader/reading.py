"""One playlist, read whole.

`GET /playlists/{id}` carries the playlist, its first 100 rows, their total and the `snapshot_id`;
the other rows come in pages of 50, side by side. Pages do not carry the `snapshot_id`, so it is
asked for once more after them: if it moved, or the rows do not add up to the total, the playlist
was edited meanwhile and is read again. A playlist of up to 100 rows costs one request.

A playlist without its contents was not permitted. It is never taken for an empty one.
"""

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Any

from loader.client import Spotify
from loader.errors import PipelineError, PlaylistError, RefusedError, WithheldError
from loader.raw_json import as_text
from loader.side_by_side import side_by_side
from loader.spool import Spool

log = logging.getLogger(__name__)

PAGE = 50  # rows; the documented maximum
ROWS_IN_HEAD = 100  # that come with the playlist itself
READINGS_AGAIN = 3  # of a playlist that is edited while it is read, at most
ITEM_TYPES = "track,episode"
CONTENTS = ("items", "tracks")  # today's key, and the old one that only some answers carry

HOW_TO_GET_ACCESS = (
    "In Development Mode Spotify hands out only playlists that the signed-in user owns or "
    "collaborates on: {sign_in}copy the playlist into one of yours, or ask Spotify for Extended "
    "Quota."
)
SIGN_IN = "sign in with `spotify-elt login`, which sets SPOTIFY_REFRESH_TOKEN, and "


@dataclass(frozen=True)
class Reading:
    """A playlist as it stood at one moment: whole, or no more than its head.

    Attributes:
        playlist_id: its id.
        snapshot_id: Spotify's version of it; None where none was sent.
        payload: the API's playlist object, of its contents only the total, as JSON text.
        total: how many rows the API says it has.
        loaded_at: when Spotify was asked (UTC); the same on all its rows.
        rows: yields the API's row objects as JSON text, in the playlist's order: as many as `total`
            says, or, of a head, the first 100 at most. They are there until the next playlist is
            read whole.
    """

    playlist_id: str
    snapshot_id: str | None
    payload: str
    total: int
    loaded_at: datetime
    rows: Callable[[], Iterator[str]]


class PlaylistReader:
    """Reads playlists whole; their rows wait in a spool.

    Args:
        spotify: the client.
        spool: where the rows of one playlist are written.
    """

    def __init__(self, spotify: Spotify, spool: Spool) -> None:
        self._spotify = spotify
        self._spool = spool
        sign_in = "" if spotify.for_user else SIGN_IN
        self._how_to_get_it = HOW_TO_GET_ACCESS.format(sign_in=sign_in)

    def head(self, playlist_id: str) -> Reading:
        """Ask for a playlist and its first rows: one request.

        Raises:
            PlaylistError: not found or not permitted.
            ComeBackLaterError: a rate limit longer than `max_wait`.
            SpotifyError: no usable answer after retries.
        """
        loaded_at = datetime.now(UTC)
        try:
            playlist = self._spotify.get(f"playlists/{playlist_id}", additional_types=ITEM_TYPES)
        except RefusedError as error:
            raise PlaylistError(self._explained(playlist_id, error)) from error
        parts = [playlist.pop(key, None) for key in CONTENTS]
        contents = next((part for part in parts if part and "total" in part), None)
        if contents is None:
            raise WithheldError(
                f"Spotify sent playlist {playlist_id} without its contents. {self._how_to_get_it}"
            )
        return Reading(
            playlist_id,
            playlist.get("snapshot_id") or None,
            payload=as_text({**playlist, "items": {"total": contents["total"]}}),
            total=int(contents["total"]),
            loaded_at=loaded_at,
            rows=partial(iter, _rows(contents)),
        )

    def heads(self, playlist_ids: Sequence[str]) -> Iterator[tuple[str, Reading | PipelineError]]:
        """Ask for several playlists side by side; yield each id, in order, with its head.

        An error stands in the place of its playlist's head: it concerns this one, not the others.
        """

        def head(playlist_id: str) -> Reading | PipelineError:
            try:
                return self.head(playlist_id)
            except PipelineError as error:
                return error

        heads = side_by_side(head, playlist_ids, self._spotify.concurrency)
        return zip(playlist_ids, heads, strict=True)

    def whole(self, head: Reading) -> Reading:
        """Read the rows that the head does not hold.

        Raises:
            PlaylistError: not permitted, or edited again and again while being read.
            ComeBackLaterError: a rate limit longer than `max_wait`.
            SpotifyError: no usable answer after retries.
        """
        playlist_id = head.playlist_id
        for again in range(1 + READINGS_AGAIN):
            if again:
                log.info("Playlist %s was edited while it was read; reading it again.", playlist_id)
                head = self.head(playlist_id)
            self._spool.clear()
            try:
                if self._spool_rows(head):
                    return replace(head, rows=self._spool.lines)
            except RefusedError as error:
                raise PlaylistError(self._explained(playlist_id, error)) from error
        raise PlaylistError(
            f"Playlist {playlist_id} was edited each of the {1 + READINGS_AGAIN} times it was "
            "read; it is left as it was. Run again when it is quiet."
        )

    def _spool_rows(self, head: Reading) -> bool:
        """Put all rows into the spool, and say whether they are those of one moment."""
        first = list(head.rows())
        offsets = range(len(first), head.total, PAGE)
        pages = side_by_side(partial(self._page, head), offsets, self._spotify.concurrency)
        count = 0
        for row in chain(first, chain.from_iterable(pages)):
            self._spool.append(row)
            count += 1
        return count == head.total and (not offsets or self._is_unchanged(head))

    def _explained(self, playlist_id: str, error: RefusedError) -> str:
        if error.status == HTTPStatus.NOT_FOUND:
            consent = "" if self._spotify.for_user else " (`spotify-elt login`)"
            return (
                f"Playlist {playlist_id} was not found: it is deleted, private, or one of "
                "Spotify's own, which are closed to apps. Check its id; a private one needs its "
                f"owner's consent{consent}."
            )
        if error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return f"Spotify refused playlist {playlist_id} ({error}). {self._how_to_get_it}"
        return f"Spotify refused playlist {playlist_id} ({error})."

    def _page(self, head: Reading, offset: int) -> list[str]:
        page = f"playlists/{head.playlist_id}/items"
        answer = self._spotify.get(page, limit=PAGE, offset=offset, additional_types=ITEM_TYPES)
        return _rows(answer)

    def _is_unchanged(self, head: Reading) -> bool:
        now = self._spotify.get(f"playlists/{head.playlist_id}", fields="snapshot_id")
        return (now.get("snapshot_id") or None) == head.snapshot_id


def _rows(contents: dict[str, Any]) -> list[str]:
    return [as_text(row) for row in contents.get("items") or []]


def requests_for_rest(total: int) -> int:
    """Return how many requests a playlist of `total` rows costs after the one for its head."""
    pages = max(0, math.ceil((total - ROWS_IN_HEAD) / PAGE))
    return pages + 1 if pages else 0
