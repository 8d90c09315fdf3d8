"""Spotify's JSON objects in their fullest form, as Extended Quota Mode sends them.

One function per object, values from the caller, no state: the catalogue keeps what they return and
the server takes away what a mode does not send. `**fields` replaces or adds any key, which is how a
test makes the odd ones (`images=None`, `external_ids={}`, `is_playable=False`).
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

Json = dict[str, Any]

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 22
MARKETS = (  # noqa: SIM905 (quotes around 184 codes would fill a page)
    "AD AE AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CG CH "
    "CI CL CM CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ES ET FI FJ FM FR GA GB GD GE GH GM GN "
    "GQ GR GT GW GY HK HN HR HT HU ID IE IL IN IQ IS IT JM JO JP KE KG KH KI KM KN KR KW KZ LA LB "
    "LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MN MO MR MT MU MV MW MX MY MZ NA NE NG NI "
    "NL NO NP NR NZ OM PA PE PG PH PK PL PR PS PT PW PY QA RO RS RW SA SB SC SE SG SI SK SL SM SN "
    "SR ST SV SZ TD TG TH TJ TL TN TO TR TT TV TW TZ UA UG US UY UZ VC VE VN VU WS XK ZA ZM ZW"
).split()

_PRECISIONS = {4: "year", 7: "month", 10: "day"}
_SIMPLE_ARTIST = ("external_urls", "href", "id", "name", "type", "uri")
_NOT_IN_SIMPLE_ALBUM = {"tracks", "copyrights", "external_ids", "genres", "label", "popularity"}
_NOT_IN_ALBUMS_TRACK = {"album", "episode", "external_ids", "popularity", "track"}


def identifier(kind: str, key: object) -> str:
    """Return the 22 base62 characters that always belong to this kind and key."""
    number = int.from_bytes(hashlib.blake2b(f"{kind} {key}".encode(), digest_size=16).digest())
    digits = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, 62)
        digits.append(BASE62[digit])
    return "".join(reversed(digits))


def reference(kind: str, object_id: str) -> Json:
    """Return the five keys with which every Spotify object names itself."""
    name = quote(object_id)  # users' ids may be other than ASCII
    return {
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{name}"},
        "href": f"https://api.spotify.com/v1/{kind}s/{name}",
        "id": object_id,
        "type": kind,
        "uri": f"spotify:{kind}:{name}",
    }


def images(object_id: str) -> list[Json]:
    """Return three sizes of one cover, largest first, as Spotify does."""
    return [
        {"height": size, "url": f"https://i.scdn.co/image/{object_id}{size}", "width": size}
        for size in (640, 300, 64)
    ]


def artist(artist_id: str, name: str, fields: Json) -> Json:
    """Return a full artist object."""
    return {
        **reference("artist", artist_id),
        "followers": {"href": None, "total": 1000},
        "genres": [],
        "images": images(artist_id),
        "name": name,
        "popularity": 50,
        **fields,
    }


def simple_artist(full: Json) -> Json:
    """Return the artist as albums and tracks embed it."""
    return {key: full[key] for key in _SIMPLE_ARTIST}


def album(album_id: str, name: str, artists: Sequence[Json], fields: Json) -> Json:
    """Return a full album object; the precision follows from the date unless it is given."""
    date = fields.get("release_date", "2024-05-17")
    total = fields.get("total_tracks", 10)
    return {
        **reference("album", album_id),
        "album_type": "album",
        "artists": list(artists),
        "available_markets": MARKETS,
        "copyrights": [{"text": f"2024 {name}", "type": "C"}],
        "external_ids": {"upc": f"{int(album_id.encode().hex(), 16) % 10**12:012d}"},
        "genres": [],
        "images": images(album_id),
        "label": "Attic Window Tapes",
        "name": name,
        "popularity": 40,
        "release_date": date,
        "release_date_precision": _PRECISIONS.get(len(date or "")),
        "total_tracks": total,
        "tracks": page(
            f"https://api.spotify.com/v1/albums/{album_id}/tracks", [], Place(50, 0), total
        ),
        **fields,
    }


def simple_album(full: Json) -> Json:
    """Return the album as tracks embed it."""
    return {key: value for key, value in full.items() if key not in _NOT_IN_SIMPLE_ALBUM}


def track(track_id: str, name: str, artists: Sequence[Json], album: Json, fields: Json) -> Json:
    """Return a full track object, with the undocumented booleans that rows carry."""
    return {
        **reference("track", track_id),
        "album": album,
        "artists": list(artists),
        "available_markets": MARKETS,
        "disc_number": 1,
        "duration_ms": 150_000,
        "episode": False,
        "explicit": False,
        "external_ids": {"isrc": f"QZSMP{int(track_id.encode().hex(), 16) % 10**7:07d}"},
        "is_local": False,
        "name": name,
        "popularity": 40,
        "preview_url": None,
        "track": True,
        "track_number": 1,
        **fields,
    }


def albums_track(full: Json) -> Json:
    """Return the track as its own album lists it."""
    return {key: value for key, value in full.items() if key not in _NOT_IN_ALBUMS_TRACK}


class Place(NamedTuple):
    """Where a page is in its list."""

    limit: int
    offset: int


def page(url: str, items: Sequence[object], place: Place, total: int, query: str = "") -> Json:
    """Return a paging object over `url`; `query` ends the address of its links."""
    limit, offset = place

    def link(start: int) -> str:
        return f"{url}?offset={start}&limit={limit}{query}"

    return {
        "href": link(offset),
        "items": list(items),
        "limit": limit,
        "next": link(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": link(max(offset - limit, 0)) if offset else None,
        "total": total,
    }
