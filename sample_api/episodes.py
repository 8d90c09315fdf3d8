"""Podcast episodes, which reach a client in two shapes.

With `additional_types=episode` a row holds an episode with its show. Without it the same episode
comes dressed as a track: the show as its album, the publisher as its artist, and `type` still says
`episode`.
"""

from sample_api.objects import MARKETS, Json, images, reference


def show(show_id: str, name: str) -> Json:
    """Return a simplified show object."""
    return {
        **reference("show", show_id),
        "available_markets": MARKETS,
        "copyrights": [],
        "description": f"{name}, a show that does not exist.",
        "explicit": False,
        "html_description": f"<p>{name}, a show that does not exist.</p>",
        "images": images(show_id),
        "is_externally_hosted": False,
        "languages": ["en"],
        "media_type": "audio",
        "name": name,
        "publisher": "Attic Window Tapes",
        "total_episodes": 24,
    }


def episode(episode_id: str, name: str, show: Json, fields: Json) -> Json:
    """Return a full episode object."""
    return {
        **reference("episode", episode_id),
        "audio_preview_url": None,
        "description": f"{name}.",
        "duration_ms": 1_800_000,
        "episode": True,
        "explicit": False,
        "html_description": f"<p>{name}.</p>",
        "images": images(episode_id),
        "is_externally_hosted": False,
        "is_playable": True,
        "language": "en",
        "languages": ["en"],
        "name": name,
        "release_date": "2025-03-07",
        "release_date_precision": "day",
        "show": show,
        "track": False,
        **fields,
    }


def as_track(episode: Json) -> Json:
    """Return the episode in a track's shape, for clients that did not ask for episodes."""
    show = episode["show"]
    kept = ("external_urls", "href", "id", "uri", "type", "name", "duration_ms", "explicit")
    publisher = reference("artist", show["id"]) | {"name": show["publisher"]}
    return {
        **{key: episode[key] for key in (*kept, "episode", "track")},
        "album": {
            **reference("album", show["id"]),
            "album_type": "compilation",
            "artists": [publisher],
            "available_markets": show["available_markets"],
            "images": show["images"],
            "name": show["name"],
            "release_date": episode["release_date"],
            "release_date_precision": episode["release_date_precision"],
            "total_tracks": show["total_episodes"],
        },
        "artists": [publisher],
        "available_markets": show["available_markets"],
        "disc_number": 0,
        "external_ids": {},
        "is_local": False,
        "popularity": 0,
        "preview_url": None,
        "track_number": 0,
    }
