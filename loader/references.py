"""What the rows of playlists refer to: their artists and albums.

A track without `popularity` comes from Development Mode, where a full album holds next to nothing
that the row's own album does not: that one is kept, and no request is made for it.
"""

import json
from collections.abc import Iterator
from typing import Any

from loader.raw_json import as_text
from loader.spool import Spool


def track_of(row: Any) -> dict[str, Any] | None:
    """Return the track in a playlist's row: not an episode, a local file or a removed one.

    The row's key is `item`, or `track` in older answers. The inner object's own members named
    `track` and `episode` say nothing; its `type` does. A removed track may keep its id, without
    a name or a length. (dbt's `stg_playlist_items` says the same of what it calls a track.)
    """
    if not isinstance(row, dict):
        return None
    item = row["item"] if "item" in row else row.get("track")
    if not isinstance(item, dict) or row.get("is_local") or item.get("is_local"):
        return None
    if item.get("name") == "" and item.get("duration_ms") == 0:
        return None
    has_id = _id(item) or _id(item.get("linked_from"))
    return item if has_id and (item.get("type") or "track") == "track" else None


def _id(thing: object) -> str | None:
    """Return the id of a track, an artist or an album, which may be missing or no such thing."""
    found = thing.get("id") if isinstance(thing, dict) else None
    return found if isinstance(found, str) and found else None


class References:
    """What the rows seen so far refer to, each id once, in the order of first sight.

    Attributes:
        artists: ids of the credited artists.
        albums: ids of the albums that Spotify has more to tell about than the rows do.
        access_mode: `extended` where tracks came with their popularity, `development` where not;
            None before the first track.
    """

    def __init__(self) -> None:
        self.access_mode: str | None = None
        self._carried_albums = Spool()
        self.forget()

    def forget(self) -> None:
        """Forget the artists and albums, but not the access mode."""
        self.artists: dict[str, None] = {}
        self.albums: dict[str, None] = {}
        self._carried: set[str] = set()
        self._carried_albums.clear()

    def add(self, row: str) -> None:
        """Note the artists and the album of one row, given as JSON text."""
        track = track_of(json.loads(row))
        if track is None:
            return
        has_popularity = "popularity" in track
        self.access_mode = "extended" if has_popularity else self.access_mode or "development"
        artists = track.get("artists")
        ids = map(_id, artists if isinstance(artists, list) else [])
        self.artists.update(dict.fromkeys(one for one in ids if one))
        album = track.get("album")
        album_id = _id(album)
        if album_id and has_popularity:
            self.albums[album_id] = None
        elif album_id and album_id not in self._carried:
            self._carried.add(album_id)
            self._carried_albums.append(as_text(album))

    def carried_albums(self) -> Iterator[tuple[str, str]]:
        """Yield (id, JSON text) of the albums that need no request, as the rows carry them."""
        for payload in self._carried_albums.lines():
            album_id = json.loads(payload)["id"]
            if album_id not in self.albums:
                yield album_id, payload
