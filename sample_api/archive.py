"""The rows of a playlist as old as Spotify's API: shapes that it sent between 2014 and 2026.

Each was seen in answers of the real API, under names and ids that are made up here. Beside them
stand tracks that other markets know by another id (`LINKED_MARKETS`).
"""

from sample_api.catalogue import Catalogue, Rows
from sample_api.objects import MARKETS, Json
from sample_api.rows import local_file, row

ARCHIVIST_ID = "spotify_españa"
LINKED_MARKETS = ("DE", "ES")

_PREVIEW = "https://p.scdn.co/mp3-preview/0123456789abcdef"


def archived_rows(catalogue: Catalogue) -> Rows:
    """Add the archive's objects to the catalogue and return the rows around them."""
    artist = catalogue.add_artist("Papaya Static", popularity=47, genres=["tape hiss"])
    del artist["followers"]
    return [
        *_tracks(catalogue, artist),
        *_linked(catalogue, artist),
        *_removed(catalogue),
        *_no_tracks(catalogue),
    ]


def _tracks(catalogue: Catalogue, artist: Json) -> Rows:
    album = catalogue.add_album("Found in a Drawer", [artist], release_date="2014-06-02")
    bootleg = catalogue.add_album("Found behind a Drawer", [artist])
    names = ("Drawer, Upper", "Not Marked as Anything", "Key Lost")
    upper, unmarked, lost = (
        catalogue.add_track(name, [artist], album, preview_url=_PREVIEW) for name in names
    )
    lower = catalogue.add_track("Drawer, Lower", [artist], bootleg)
    superseded = catalogue.add_track(
        "Old Number", [artist], album, available_markets=[], popularity=0
    )
    restricted = {"is_playable": False, "restrictions": {"reason": "explicit"}}
    blocked = catalogue.add_track("Not on This Shelf", [artist], album, **restricted)
    simplest = {"release_date", "release_date_precision", "total_tracks", "artists"}
    lower["album"] = {key: value for key, value in lower["album"].items() if key not in simplest}
    for flag in ("track", "episode", "is_local"):
        del unmarked[flag]
    bare = {key: value for key, value in row(lost).items() if key != "is_local"}
    rows = [row(track, added_by=ARCHIVIST_ID) for track in (upper, lower, unmarked)]
    return [*rows, bare, row(superseded), row(blocked)]


def _linked(catalogue: Catalogue, artist: Json) -> Rows:
    """Return a track with another recording in some markets, and one that is nowhere in them."""
    first = catalogue.add_album("First Pressing", [artist], release_date="2016-01-15")
    second = catalogue.add_album("Second Pressing", [artist], release_date="2019-09-20")
    old = catalogue.add_track("Pressed Twice", [artist], first, popularity=3)
    new = catalogue.add_track(
        "Pressed Twice - Remastered", [artist], second, popularity=58, duration_ms=151_234
    )
    elsewhere = [market for market in MARKETS if market not in LINKED_MARKETS]
    absent = catalogue.add_track("Sold Elsewhere", [artist], first, available_markets=elsewhere)
    catalogue.relink(old["id"], by=new["id"], markets=LINKED_MARKETS)
    return [row(old), row(absent)]


def _removed(catalogue: Catalogue) -> Rows:
    """Return what is left of removed tracks: an id without a name, or a URI without an id."""
    nobody = catalogue.add_artist("", popularity=0)
    nothing = catalogue.add_album("", [nobody], release_date="0000", total_tracks=0)
    emptied = catalogue.add_track(
        "", [nobody], nothing, duration_ms=0, popularity=0, available_markets=[]
    )
    gone: Json = {"id": None, "uri": "spotify:track:null", "href": None, "external_urls": {}}
    return [row(emptied), row(emptied | gone)]


def _no_tracks(catalogue: Catalogue) -> Rows:
    file = local_file("Side C.wav", "Papaya Static")
    for flag in ("track", "episode"):
        del file[flag]
    episode = catalogue.add_episode("Episode 0: Before the Rain", available_markets=MARKETS)
    return [row(file), row(episode)]
