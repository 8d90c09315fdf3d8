"""The sample: a lofi playlist of 197 rows as a curator keeps one, and seven smaller playlists.

Half realistic (150 artists, 140 albums, popularity that thins out towards the top, collaborations,
genres that a quarter of the artists lack), half awkward on purpose (see `oddities`). Four artists
lead clearly and three tie for the fifth place: two of them with equally many tracks.
"""

# ruff: noqa: PLR2004 (plain numbers are what a sample is made of)

from datetime import UTC, datetime, timedelta
from random import Random

from sample_api.archive import archived_rows
from sample_api.catalogue import Catalogue, Rows
from sample_api.names import ARTISTS, GENRES, LABELS, title
from sample_api.objects import Json, identifier
from sample_api.oddities import OTHER_USER_ID, odd_rows
from sample_api.rows import USER_ID, local_file, row

MAIN_PLAYLIST = "31FWVQBp3WQydWLNhO0ACi"
EMPTY_PLAYLIST = identifier("playlist", "empty")
LOCAL_PLAYLIST = identifier("playlist", "local files")
SHARED_PLAYLIST = identifier("playlist", "shared tracks")
OTHERS_PLAYLIST = identifier("playlist", "of another user")
PRIVATE_PLAYLIST = identifier("playlist", "private")
COLLABORATIVE_PLAYLIST = identifier("playlist", "collaborative")
REAL_PLAYLIST = identifier("playlist", "as really sent")

ROWS = 197
_LEADING = (81, 79, 77, 74, 72, 72, 72)
_WITH_ALBUM = 126
_WITH_MORE_TRACKS = (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11)
_FIRST_ADDED = datetime(2022, 3, 1, 9, 30, tzinfo=UTC)


def sample_catalogue() -> Catalogue:
    """Return a new copy of the sample; two copies are equal, whatever the day or the machine."""
    catalogue = Catalogue()
    chance = Random(ROWS)  # noqa: S311 (repeatable on purpose)
    artists = _artists(catalogue, chance)
    albums = [_album(catalogue, chance, number, artists) for number in range(_WITH_ALBUM)]
    first_tracks = [
        _track(catalogue, chance, number, artists, albums[number]) for number in range(2)
    ]
    odd = odd_rows(catalogue, artists[20:], first_tracks)
    tracks = first_tracks + [
        _track(catalogue, chance, number, artists, albums[_lead(number)])
        for number in range(2, ROWS - len(odd))
    ]
    _add_playlists(catalogue, _mixed(tracks, odd), tracks)
    catalogue.add_playlist("from the archive", archived_rows(catalogue), id=REAL_PLAYLIST)
    return catalogue


def _artists(catalogue: Catalogue, chance: Random) -> list[Json]:
    artists = []
    for number, name in enumerate(ARTISTS):
        usual = int(12 + 54 * (chance.random() + chance.random()) / 2)
        popularity = _LEADING[number] if number < len(_LEADING) else usual
        start = int(chance.random() * len(GENRES))
        count = 0 if number % 4 == 3 else 1 + number % 3
        genres = [GENRES[(start + 5 * step) % len(GENRES)] for step in range(count)]
        followers = {"href": None, "total": popularity**3 + int(1000 * chance.random())}
        artists.append(
            catalogue.add_artist(name, popularity=popularity, genres=genres, followers=followers)
        )
    return artists


def _album(catalogue: Catalogue, chance: Random, number: int, artists: list[Json]) -> Json:
    total_tracks = 1 if number % 5 == 2 else 4 + int(12 * chance.random())
    return catalogue.add_album(
        title(255 - number),
        [artists[number]],
        album_type="single" if total_tracks < 6 else "album",
        label=LABELS[number % len(LABELS)],
        popularity=int(60 * chance.random()),
        release_date=_release_date(chance, number),
        total_tracks=max(total_tracks, 5) if number in _WITH_MORE_TRACKS else total_tracks,
    )


def _release_date(chance: Random, number: int) -> str:
    year = 2016 + int(11 * chance.random())
    month = 1 + int((10 if year == 2026 else 12) * chance.random())
    day = 1 + int(28 * chance.random())
    date = f"{year}-{month:02d}-{day:02d}"
    return date[: {5: 7, 9: 4}.get(number % 12, 10)]


def _track(
    catalogue: Catalogue, chance: Random, number: int, artists: list[Json], album: Json
) -> Json:
    lead = _lead(number)
    count_guests = (0, 0, 0, 1, 0, 2, 0, 3)[number % 8]
    guests = [artists[20 + (number * 7 + 43 * step) % 130] for step in range(count_guests)]
    credited = [artists[lead], *(guest for guest in guests if guest is not artists[lead])]
    popularity = int(76 * (1 - (chance.random() * chance.random()) ** 0.5))
    return catalogue.add_track(
        title(number),
        credited,
        album,
        duration_ms=75_000 + int(150_000 * chance.random()),
        explicit=number % 50 == 49,
        external_ids={"isrc": f"QZSMP{16 + number % 11}{number:05d}"},
        popularity=0 if number % 40 == 39 else popularity,
        track_number=1 if number < _WITH_ALBUM else 2 + (number - _WITH_ALBUM) // 11,
    )


def _lead(number: int) -> int:
    """Return the artist of a track: one track each, then more for some; the seventh has one."""
    if number < _WITH_ALBUM:
        return number
    return _WITH_MORE_TRACKS[(number - _WITH_ALBUM) % len(_WITH_MORE_TRACKS)]


def _mixed(tracks: list[Json], odd: Rows) -> Rows:
    """Return a row a week for the tracks, with an odd one after every fourth of them."""
    rows, waiting = [], list(odd)
    for number, track in enumerate(tracks, start=1):
        added_at = _FIRST_ADDED + timedelta(days=7 * number, minutes=number)
        rows.append(row(track, added_at.strftime("%Y-%m-%dT%H:%M:%SZ")))
        if waiting and number % 4 == 0:
            rows.append(waiting.pop(0))
    return rows + waiting


def _add_playlists(catalogue: Catalogue, rows: Rows, tracks: list[Json]) -> None:
    catalogue.add_playlist(
        "lofi sample radio 📚 beats to load/transform to",
        rows,
        id=MAIN_PLAYLIST,
        description="A made-up playlist &#x2F; nothing in it exists &amp; nothing sounds bad",
        followers={"href": None, "total": 7_421},
    )
    local = [
        local_file(f"Voice Memo {number}", "Me", "Memos", 60_000 * number) for number in range(1, 5)
    ]
    catalogue.add_playlist("nothing yet", [], id=EMPTY_PLAYLIST, images=None)
    catalogue.add_playlist("only on my disk", local, id=LOCAL_PLAYLIST)
    catalogue.add_playlist("early tram", [*tracks[::6], tracks[0]], id=SHARED_PLAYLIST)
    catalogue.add_playlist(
        "somebody else's evening", tracks[5:40:3], owner=OTHER_USER_ID, id=OTHERS_PLAYLIST
    )
    catalogue.add_playlist("not for you", tracks[:9], public=False, id=PRIVATE_PLAYLIST)
    catalogue.add_playlist(
        "our kitchen",
        tracks[3:30:4],
        owner=OTHER_USER_ID,
        collaborators=[USER_ID],
        public=False,
        id=COLLABORATIVE_PLAYLIST,
    )
