"""A server that answers like Spotify's Web API, over a synthetic catalogue, faults included.

`make run` loads its sample playlist from it, and tests and benchmarks run on it::

    with SampleApi(mode="development") as api:
        requests.get(f"{api.api_url}/playlists/{MAIN_PLAYLIST}", headers=...)

Nothing in it comes from Spotify: names, numbers and ids are made up, and the same every time.
"""

from sample_api.access import MODES
from sample_api.catalogue import Catalogue, Playlist
from sample_api.faults import Fault
from sample_api.large import large_playlist
from sample_api.limits import RateLimit
from sample_api.lofi import (
    COLLABORATIVE_PLAYLIST,
    EMPTY_PLAYLIST,
    LOCAL_PLAYLIST,
    MAIN_PLAYLIST,
    OTHERS_PLAYLIST,
    PRIVATE_PLAYLIST,
    REAL_PLAYLIST,
    SHARED_PLAYLIST,
    sample_catalogue,
)
from sample_api.objects import identifier
from sample_api.rows import USER_ID, local_file, row
from sample_api.server import SampleApi, Served
from sample_api.tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, SCOPE, Tokens

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "COLLABORATIVE_PLAYLIST",
    "EMPTY_PLAYLIST",
    "LOCAL_PLAYLIST",
    "MAIN_PLAYLIST",
    "MODES",
    "OTHERS_PLAYLIST",
    "PRIVATE_PLAYLIST",
    "REAL_PLAYLIST",
    "REFRESH_TOKEN",
    "SCOPE",
    "SHARED_PLAYLIST",
    "USER_ID",
    "Catalogue",
    "Fault",
    "Playlist",
    "RateLimit",
    "SampleApi",
    "Served",
    "Tokens",
    "identifier",
    "large_playlist",
    "local_file",
    "row",
    "sample_catalogue",
]
