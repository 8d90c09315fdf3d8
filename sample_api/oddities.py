"""The rows of the sample playlist that are there to be awkward, each a shape Spotify really sends.

Removed tracks, local files, episodes, unavailable tracks, duplicates, one recording under two ids,
dates without a day, and text that breaks whatever builds SQL, JSON or HTML by hand.
"""

from collections.abc import Sequence

from sample_api.catalogue import Catalogue, Rows
from sample_api.objects import Json
from sample_api.rows import local_file, row

OTHER_USER_ID = "kettleandkeys"

_ODD_TITLES = (
    "Rain on the Fire Escape 🌧️☕",
    "ליל מנוחה / ليلة هادئة",
    "\"Don't\" Say 'Goodnight'",
    "C:\\tapes\\side_b\\n",
    '<b>Slow</b> &amp; Steady <script>alert("lofi")</script>',
    "Static\u0000Hiss",
    "Broken Cassette \ud83d",
    "Side A\n\tSide B",
    "Cafe\u0301 Au Lait",
    "'); drop table tracks; --",
    "100% {{ ref('rain') }} %s $1",
    "",
    "The Very Long Way Home, " * 16 + "Again",
)
_ODD_DATES = ("2021", "2019-11", "0000", None)


def odd_rows(catalogue: Catalogue, artists: Sequence[Json], tracks: Sequence[Json]) -> Rows:
    """Add the odd objects to the catalogue and return the odd rows around them.

    Args:
        catalogue: Where the objects go.
        artists: Artists to credit, at least five.
        tracks: Ordinary tracks, two of which come a second time.
    """
    return [
        *_without_a_track(catalogue),
        *_oddly_titled(catalogue, artists[0]),
        *_oddly_dated(catalogue, artists[1]),
        *_oddly_credited(catalogue, artists),
        *_unavailable(catalogue, artists[2]),
        *_same_recording(catalogue, artists[3]),
        *_oddly_added(tracks),
    ]


def _without_a_track(catalogue: Catalogue) -> Rows:
    episode = catalogue.add_episode("Episode 12: Why Rain Sounds Better Indoors")
    return [
        row(None),
        row(None, added_by=None),
        row(local_file("Kitchen Demo (take 3)", "Somebody's Cousin", "Phone Recordings", 95_000)),
        row(local_file("untitled.mp3")),
        row(episode),
        row(catalogue.add_episode("Episode 13: Tape Hiss & You", release_date="2025-04-04")),
        row(episode, added_by=OTHER_USER_ID),
    ]


def _oddly_titled(catalogue: Catalogue, artist: Json) -> Rows:
    album = catalogue.add_album(
        "Names, \"Quoted\" & 'Not'", [artist], images=None, total_tracks=len(_ODD_TITLES)
    )
    return [
        row(
            catalogue.add_track(title, [artist], album, popularity=30 + number, track_number=number)
        )
        for number, title in enumerate(_ODD_TITLES, start=1)
    ]


def _oddly_dated(catalogue: Catalogue, artist: Json) -> Rows:
    rows = []
    for date in _ODD_DATES:
        album = catalogue.add_album(f"Pressed in {date}", [artist], release_date=date, images=[])
        rows.append(row(catalogue.add_track(f"Some Day of {date}", [artist], album, popularity=0)))
    return rows


def _oddly_credited(catalogue: Catalogue, artists: Sequence[Json]) -> Rows:
    various = catalogue.add_artist("Various Artists", popularity=0, images=[])
    unicode = catalogue.add_artist("夜の珈琲 ☾", popularity=41, genres=["japanese lo-fi"])
    comma = catalogue.add_artist('Plum, Quill & "Co"', popularity=33, followers=None, images=None)
    first, second, third, fourth, *_ = artists
    compilation = catalogue.add_album(
        "Attic Window, Vol. 1", [various], album_type="compilation", total_tracks=40
    )
    single = catalogue.add_album("Credits", [first], album_type="single", total_tracks=3)
    return [
        row(catalogue.add_track("Everybody's Umbrella", [various], compilation)),
        row(catalogue.add_track("Me, You and Me Again", [first, second, first], single)),
        row(catalogue.add_track("Four at a Table", [fourth, third, second, first], single)),
        row(catalogue.add_track("深夜の窓", [unicode, comma], single, external_ids={})),
    ]


def _unavailable(catalogue: Catalogue, artist: Json) -> Rows:
    album = catalogue.add_album("Gone for Now", [artist], available_markets=[], total_tracks=3)
    relinked = {"id": "0000000000000000000000", "type": "track", "external_urls": {}}
    restricted = {"is_playable": False, "restrictions": {"reason": "market"}}
    return [
        row(catalogue.add_track("Nowhere to Play", [artist], album, available_markets=[])),
        row(catalogue.add_track("Somewhere Else", [artist], album, **restricted)),
        row(catalogue.add_track("Moved House", [artist], album, linked_from=relinked)),
    ]


def _same_recording(catalogue: Catalogue, artist: Json) -> Rows:
    rows = []
    for album_name, isrc in (("Same Take", "QZSMP2477777"), ("Same Take (Deluxe)", "qzsmp2477777")):
        album = catalogue.add_album(album_name, [artist], total_tracks=8)
        ids = {"isrc": isrc}
        rows.append(row(catalogue.add_track("Same Take", [artist], album, external_ids=ids)))
    return rows


def _oddly_added(tracks: Sequence[Json]) -> Rows:
    first, second, *_ = tracks
    return [row(first, added_at=None), row(second, "1970-01-01T00:00:00Z", ""), row(second)]
