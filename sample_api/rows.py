"""Rows of playlists, and the local files that exist nowhere else."""

from urllib.parse import quote_plus

from sample_api.objects import Json, reference

USER_ID = "moonlitattic"


def local_file(
    name: str, artist: str = "", album: str = "", duration_ms: int = 180_000, **fields: object
) -> Json:
    """Return a track that exists on somebody's disk only: names, but no ids at all."""
    nothing: Json = {"external_urls": {}, "href": None, "id": None, "uri": None}
    parts = (artist, album, name, str(duration_ms // 1000))
    return {
        "album": {
            **nothing,
            "album_type": None,
            "artists": [],
            "available_markets": [],
            "images": [],
            "name": album,
            "release_date": None,
            "release_date_precision": None,
            "type": "album",
        },
        "artists": [nothing | {"name": artist, "type": "artist"}],
        "available_markets": [],
        "disc_number": 0,
        "duration_ms": duration_ms,
        "episode": False,
        "explicit": False,
        "external_ids": {},
        "external_urls": {},
        "href": None,
        "id": None,
        "is_local": True,
        "name": name,
        "popularity": 0,
        "preview_url": None,
        "track": True,
        "track_number": 0,
        "type": "track",
        "uri": ":".join(("spotify:local", *map(quote_plus, parts))),
        **fields,
    }


def row(
    item: Json | None,
    added_at: str | None = "2024-01-01T00:00:00Z",
    added_by: str | None = USER_ID,
) -> Json:
    """Return a playlist's row around a track, an episode, a local file or nothing (removed).

    Rows are kept under `item`; the server adds or swaps in `track` as its mode demands.
    """
    return {
        "added_at": added_at,
        "added_by": None if added_by is None else reference("user", added_by),
        "is_local": item is not None and item.get("is_local") is True,
        "item": item,
        "primary_color": None,
        "video_thumbnail": {"url": None},
    }
