"""The synthetic world the server answers from: artists, albums, tracks, episodes and playlists.

Everything is one of Spotify's own JSON objects, held once: a row holds the very dict of its track,
a track the very dict of its simplified album and artists. So an edit of one place is seen
everywhere, as on Spotify, and ids depend on nothing but the order in which objects were added.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sample_api import episodes, objects
from sample_api.objects import Json, identifier, reference
from sample_api.rows import USER_ID, row

Rows = list[Json]


@dataclass
class Playlist:
    """A playlist: its own fields (`document`), its rows, and who may change it besides its owner.

    Rows are under `item`. Change them through `Catalogue.edit`, which also moves `snapshot_id`.
    """

    document: Json
    rows: Rows
    collaborators: frozenset[str]
    revision: int = 1

    @property
    def id(self) -> str:
        """The playlist's id."""
        return str(self.document["id"])

    def belongs_to(self, user_id: str | None) -> bool:
        """Whether this user owns the playlist or collaborates on it."""
        return user_id is not None and (
            user_id == self.document["owner"]["id"] or user_id in self.collaborators
        )

    def move_snapshot(self) -> None:
        """Give the playlist the snapshot id of its next revision."""
        self.revision += 1
        self.document["snapshot_id"] = snapshot_id(self.id, self.revision)


def snapshot_id(playlist_id: str, revision: int) -> str:
    """Return the snapshot id that always belongs to this revision of this playlist."""
    text = f"{revision},{identifier(playlist_id, revision)}"
    return base64.b64encode(text.encode()).decode()


class Catalogue:
    """All that the server knows. Every `add_*` returns the object, to be used in the next one.

    `**fields` of every method sets any key of the object in Spotify's own words, `id` included::

        catalogue = Catalogue()
        artist = catalogue.add_artist("Mosslark", popularity=61, genres=["lo-fi beats"])
        album = catalogue.add_album("Rain Diary", [artist], release_date="2024-05")
        track = catalogue.add_track("First Drops", [artist], album, popularity=0)
        reissue = catalogue.add_track("First Drops", [artist], album)
        playlist = catalogue.add_playlist("mine", [track, row(None)])
        catalogue.edit(playlist.id, rows=lambda rows: rows[:1])
        catalogue.change(track["id"], popularity=12)
        catalogue.relink(track["id"], by=reissue["id"], markets=["DE"])
    """

    def __init__(self) -> None:
        """Start with nothing at all."""
        self.artists: dict[str, Json] = {}
        self.albums: dict[str, Json] = {}
        self.tracks: dict[str, Json] = {}
        self.episodes: dict[str, Json] = {}
        self.playlists: dict[str, Playlist] = {}
        self._embedded: dict[str, Json] = {}
        self._replaced_by: dict[str, str] = {}

    def add_artist(self, name: str, **fields: object) -> Json:
        """Add an artist and return it."""
        artist_id = str(fields.get("id") or identifier("artist", len(self.artists)))
        artist = objects.artist(artist_id, name, fields)
        self.artists[artist_id] = artist
        self._embedded[artist_id] = objects.simple_artist(artist)
        return artist

    def add_album(self, name: str, artists: Iterable[Json], **fields: object) -> Json:
        """Add an album by these artists and return it."""
        album_id = str(fields.get("id") or identifier("album", len(self.albums)))
        credited = [self._embedded[artist["id"]] for artist in artists]
        album = objects.album(album_id, name, credited, fields)
        self.albums[album_id] = album
        self._embedded[album_id] = objects.simple_album(album)
        return album

    def add_track(self, name: str, artists: Iterable[Json], album: Json, **fields: object) -> Json:
        """Add a track to an album, credited to these artists in this order, and return it."""
        track_id = str(fields.get("id") or identifier("track", len(self.tracks)))
        credited = [self._embedded[artist["id"]] for artist in artists]
        track = objects.track(track_id, name, credited, self._embedded[album["id"]], fields)
        self.tracks[track_id] = track
        self._embedded[track_id] = objects.albums_track(track)
        album["tracks"]["items"].append(self._embedded[track_id])
        return track

    def add_episode(self, name: str, show: str = "Night Desk Radio", **fields: object) -> Json:
        """Add an episode of the show of this name and return it."""
        episode_id = str(fields.get("id") or identifier("episode", len(self.episodes)))
        shown = episodes.show(identifier("show", show), show)
        self.episodes[episode_id] = episodes.episode(episode_id, name, shown, fields)
        return self.episodes[episode_id]

    def add_playlist(
        self,
        name: str,
        rows: Iterable[Json],
        *,
        owner: str = USER_ID,
        collaborators: Iterable[str] = (),
        **fields: object,
    ) -> Playlist:
        """Add a playlist of these rows and return it; a bare track or episode becomes a row."""
        playlist_id = str(fields.get("id") or identifier("playlist", len(self.playlists)))
        collaborating = frozenset(collaborators)
        document: Json = {
            **reference("playlist", playlist_id),
            "collaborative": bool(collaborating),
            "description": "",
            "followers": {"href": None, "total": 0},
            "images": objects.images(playlist_id),
            "name": name,
            "owner": reference("user", owner) | {"display_name": owner},
            "primary_color": None,
            "public": True,
            "snapshot_id": snapshot_id(playlist_id, 1),
            **fields,
        }
        self.playlists[playlist_id] = Playlist(document, _as_rows(rows), collaborating)
        return self.playlists[playlist_id]

    def edit(
        self,
        playlist_id: str,
        rows: Sequence[Json] | Callable[[Rows], Sequence[Json]] | None = None,
        **fields: object,
    ) -> None:
        """Change a playlist's rows (new ones, or a function of the old) or fields, as a user would.

        Moves `snapshot_id`, which an edit of the name does too.
        """
        playlist = self.playlists[playlist_id]
        if rows is not None:
            playlist.rows = _as_rows(rows(list(playlist.rows)) if callable(rows) else rows)
        playlist.document.update(fields)
        playlist.move_snapshot()

    def change(self, object_id: str, **fields: object) -> None:
        """Change an artist, album, track or episode wherever it is embedded; no snapshot moves."""
        for held in (self.artists, self.albums, self.tracks, self.episodes):
            if object_id in held:
                held[object_id].update(fields)
        embedded = self._embedded.get(object_id, {})
        embedded.update({key: value for key, value in fields.items() if key in embedded})

    def relink(self, track_id: str, by: str, markets: Iterable[str]) -> None:
        """Take a track away from these markets, where another one is played in its place."""
        lost = set(markets)
        left = [one for one in self.tracks[track_id]["available_markets"] if one not in lost]
        self.change(track_id, available_markets=left)
        self._replaced_by[track_id] = by

    def replacement(self, track_id: str, market: str) -> Json | None:
        """Return the track that is played instead of this one in a market, if there is any."""
        other = self.tracks.get(self._replaced_by.get(track_id, ""))
        return other if other and market in other["available_markets"] else None


def _as_rows(items: Iterable[Json]) -> Rows:
    return [item if "item" in item else row(item) for item in items]
