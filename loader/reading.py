"""One playlist, read whole.

`GET /playlists/{id}` carries the playlist, its first 100 rows, their total and the `snapshot_id`;
the other rows come in pages of 50, side by side. Pages do not carry the `snapshot_id`, so it is
asked for once more after them: if it moved, or the rows do not add up to the total, the playlist
was edited meanwhile and is read again. A playlist of up to 100 rows costs one request.

A playlist without its contents was not permitted. It is never taken for an empty one.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from loader.errors import PlaylistError, RefusedError
from loader.raw_json import as_text
from loader.side_by_side import side_by_side
from loader.spool import Spool
from loader.spotify import Spotify

log = logging.getLogger(__name__)

PAGE = 50  # rows; the documented maximum
READINGS = 3  # of a playlist that is edited while it is read
ITEM_TYPES = "track,episode"
CONTENTS = ("items", "tracks")  # today's key, and the old one that only some answers carry

HOW_TO_GET_ACCESS = (
    "In Development Mode Spotify hands out only playlists that the signed-in user owns or "
    "collaborates on: set SPOTIFY_REFRESH_TOKEN to your own consent and copy the playlist into "
    "one of yours, or ask Spotify for Extended Quota."
)


@dataclass(frozen=True)
class Reading:
    """A playlist as it stood at one moment.

    Attributes:
        playlist_id: its id.
        snapshot_id: Spotify's version of it; None where none was sent.
        payload: the API's playlist object without its contents, as JSON text.
        total: how many rows the API said it has; that many were read.
        loaded_at: when it was read (UTC); the same on all its rows.
    """

    playlist_id: str
    snapshot_id: str | None
    payload: str
    total: int
    loaded_at: datetime
    _spool: Spool
    _start: int
    _end: int

    def rows(self) -> Iterator[str]:
        """Yield the API's row objects as JSON text, in the playlist's order."""
        return self._spool.lines(self._start, self._end)


class _EditedError(Exception):
    """The playlist changed between the first and the last request for it."""


def read_playlist(spotify: Spotify, playlist_id: str, spool: Spool, workers: int) -> Reading:
    """Read a playlist whole; its rows wait in `spool`.

    Raises:
        PlaylistError: not found, not permitted, or edited again and again while being read.
        ComeBackLaterError: a rate limit longer than `max_wait`.
        SpotifyError: no usable answer after retries.
    """
    start = spool.end
    for _ in range(READINGS):
        try:
            return _read_once(spotify, playlist_id, spool, workers)
        except _EditedError:
            log.info("Playlist %s was edited while it was read; reading it again.", playlist_id)
            spool.cut_back(start)
        except RefusedError as error:
            spool.cut_back(start)
            raise PlaylistError(_explained(playlist_id, error)) from error
        except BaseException:
            spool.cut_back(start)
            raise
    raise PlaylistError(
        f"Playlist {playlist_id} was edited each of the {READINGS} times it was read; "
        "it is left as it was. Run again when it is quiet."
    )


def _read_once(spotify: Spotify, playlist_id: str, spool: Spool, workers: int) -> Reading:
    start, loaded_at = spool.end, datetime.now(UTC)
    playlist = spotify.get(f"playlists/{playlist_id}", additional_types=ITEM_TYPES)
    contents = [playlist.pop(key, None) for key in CONTENTS]
    found = next((part for part in contents if isinstance(part, dict) and "total" in part), None)
    if found is None:
        raise PlaylistError(
            f"Spotify sent playlist {playlist_id} without its contents. {HOW_TO_GET_ACCESS}"
        )
    embedded, total = found.get("items") or [], int(found["total"])
    for row in embedded:
        spool.append(as_text(row))
    count = len(embedded)

    def page(offset: int) -> list[str]:
        answer = spotify.get(
            f"playlists/{playlist_id}/items",
            limit=PAGE,
            offset=offset,
            additional_types=ITEM_TYPES,
        )
        return [as_text(row) for row in answer.get("items") or []]

    for rows in side_by_side(page, range(count, total, PAGE), workers):
        for text in rows:
            spool.append(text)
        count += len(rows)
    if count != total:
        raise _EditedError
    if total > len(embedded) and _snapshot_now(spotify, playlist_id) != playlist.get("snapshot_id"):
        raise _EditedError
    return Reading(
        playlist_id=playlist_id,
        snapshot_id=playlist.get("snapshot_id"),
        payload=as_text(playlist),
        total=total,
        loaded_at=loaded_at,
        _spool=spool,
        _start=start,
        _end=spool.end,
    )


def _snapshot_now(spotify: Spotify, playlist_id: str) -> Any:
    return spotify.get(f"playlists/{playlist_id}", fields="snapshot_id").get("snapshot_id")


def _explained(playlist_id: str, error: RefusedError) -> str:
    if error.status == HTTPStatus.NOT_FOUND:
        return (
            f"Playlist {playlist_id} was not found: it is deleted, private, or one of Spotify's "
            "own, which are closed to apps. Check its id; a private one needs its owner's consent "
            "in SPOTIFY_REFRESH_TOKEN."
        )
    if error.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f"Spotify refused playlist {playlist_id} ({error}). {HOW_TO_GET_ACCESS}"
    return f"Spotify refused playlist {playlist_id} ({error})."
