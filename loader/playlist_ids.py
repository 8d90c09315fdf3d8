"""Playlists as people name them."""

import re

PLAYLIST_ID = re.compile(
    r"^(?:spotify:(?:user:[^:]+:)?playlist:"
    r"|(?:https?://)?open\.spotify\.com/(?:intl-[a-z-]+/)?(?:embed/)?(?:user/[^/]+/)?playlist/)?"
    r"(?P<id>[0-9A-Za-z]{22})/?(?:[?#].*)?$"
)


def playlist_id(text: str) -> str:
    """Return the 22-character id in a playlist's id, URI or URL.

    Raises:
        ValueError: it is none of the three.
    """
    found = PLAYLIST_ID.match(text.strip())
    if found is None:
        raise ValueError(
            f"{text!r} is no playlist: give its 22-character id, its URI "
            "(spotify:playlist:...) or its URL (https://open.spotify.com/playlist/...)"
        )
    return found["id"]
