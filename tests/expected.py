"""The answers as the catalogue has them, worked out without any SQL.

Written from the words of DESIGN.md, on exact fractions, one playlist at a time, so that it shares
neither a method nor an accident with dbt's models. Rows are dicts from column to value; numbers
with decimals are text, so that their number of decimals is compared too.
"""

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from sample_api import Catalogue, Playlist

Row = dict[str, Any]
Answers = dict[str, list[Row]]

DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
COARSENESS = {"year": 1, "month": 2, "day": 3}

VIEWS = {
    "top_5_most_popular_artists_contribution": (
        "artist_rank artist_id artist_name artist_popularity count_tracks share_of_tracks "
        "avg_track_popularity total_duration_minutes ranked_by"
    ),
    "most_popular_tracks_with_duration": (
        "popularity_rank track_id track_name artist_names album_name track_popularity "
        "duration_minutes duration_mm_ss"
    ),
    "track_popularity_trend_by_release_year_month": (
        "release_year release_month release_year_month count_tracks avg_track_popularity "
        "change_from_previous"
    ),
    "album_track_popularity_comparison": (
        "album_id album_name album_release_date album_total_tracks count_tracks_in_playlist "
        "album_popularity avg_track_popularity track_id track_name track_popularity "
        "track_minus_album_popularity comparison album_rank is_above_playlist_average"
    ),
    "genre_track_and_artist_details": (
        "genre track_id track_name track_popularity track_duration_ms album_name artist_id "
        "artist_name artist_popularity credit_position"
    ),
}
COLUMNS = {
    view: ["playlist_id", "playlist_name", *columns.split(), "answer_order"]
    for view, columns in VIEWS.items()
}
GENRE_SUMMARY = [
    "playlist_id",
    "playlist_name",
    "genre",
    "count_tracks",
    "count_artists",
    "avg_track_popularity",
    "avg_artist_popularity",
    "track_names",
    "artist_names",
    "answer_order",
]


def expected_answers(
    catalogue: Catalogue, playlist_ids: Iterable[str], mode: str = "extended"
) -> Answers:
    """Return the rows of the five views and of `genre_summary` for these playlists.

    Args:
        catalogue: what the API answers from.
        playlist_ids: the playlists that were loaded.
        mode: the API's; in `development` it sends no popularity.
    """
    answers: Answers = {view: [] for view in (*VIEWS, "genre_summary")}
    for playlist_id in playlist_ids:
        known = Known(catalogue, catalogue.playlists[playlist_id], mode)
        answers["top_5_most_popular_artists_contribution"] += _top_5(known)
        answers["most_popular_tracks_with_duration"] += _most_popular(known)
        answers["track_popularity_trend_by_release_year_month"] += _trend(known)
        answers["album_track_popularity_comparison"] += _albums(known)
        details = _genres(known)
        answers["genre_track_and_artist_details"] += details
        answers["genre_summary"] += _genre_summary(details)
    return answers


def entry_types(catalogue: Catalogue, playlist_id: str) -> list[str]:
    """Return the entry type of each row of a playlist, in order."""
    return [entry_type(row) for row in catalogue.playlists[playlist_id].rows]


def entry_counts(catalogue: Catalogue, playlist_ids: Iterable[str]) -> dict[tuple[str, str], int]:
    """Return how many rows each playlist has of each entry type."""
    return Counter(
        (playlist_id, kind)
        for playlist_id in playlist_ids
        for kind in entry_types(catalogue, playlist_id)
    )


def storable(value: Any) -> Any:
    """Return text, or any JSON, as PostgreSQL can hold it: no NUL, U+FFFD for lone surrogates."""
    if isinstance(value, str):
        units = value.replace("\0", "").encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [storable(member) for member in value]
    if isinstance(value, dict):
        return {storable(key): storable(member) for key, member in value.items()}
    return value


def known_date(album: Row) -> tuple[int | None, int | None, int | None]:
    """Return year, month and day of an album's release, as far as they are known."""
    found = DATE.fullmatch(storable(album.get("release_date") or ""))
    if not found or found[1] == "0000":
        return None, None, None
    year, month, day = (int(part) if part else None for part in found.groups())
    stated = COARSENESS.get(storable(album.get("release_date_precision") or "day"), 3)
    if month is None or stated < COARSENESS["month"] or not 1 <= month <= 12:
        return year, None, None
    if day is None or stated < COARSENESS["day"]:
        return year, month, None
    return year, month, day if 1 <= day <= monthrange(year or 0, month)[1] else None


def rounded(value: Fraction, decimals: int) -> str:
    """Return a number as text with this many decimals, halves rounded up."""
    scaled = Decimal(value.numerator) * 10**decimals / Decimal(value.denominator)
    return str(scaled.quantize(Decimal(1), ROUND_HALF_UP).scaleb(-decimals))


@dataclass
class _Track:
    """A distinct track of a playlist, with what it refers to."""

    id: str
    name: str
    popularity: int | None
    duration_ms: int | None
    album: Row
    credits: list[Row] = field(default_factory=list)

    @property
    def album_id(self) -> str | None:
        return self.album.get("id")


class Known:
    """What the API tells about a playlist in a mode."""

    def __init__(self, catalogue: Catalogue, playlist: Playlist, mode: str) -> None:
        self.head = {
            "playlist_id": playlist.id,
            "playlist_name": storable(playlist.document["name"]),
        }
        self._sends_popularity = mode != "development"
        self.tracks: dict[str, _Track] = {}
        for row in playlist.rows:
            if entry_type(row) == "track":
                item = row["item"]
                self.tracks[id_in_playlist(item, mode)] = self._track(catalogue, item, mode)

    def _track(self, catalogue: Catalogue, item: Row, mode: str) -> _Track:
        album = known_album(catalogue, item, mode)
        return _Track(
            id=id_in_playlist(item, mode),
            name=storable(item["name"]),
            popularity=self._popularity(item),
            duration_ms=item.get("duration_ms"),
            album={**album, "name": storable(album.get("name")), **self._only_popularity(album)},
            credits=list(self._credits(catalogue, item)),
        )

    def _credits(self, catalogue: Catalogue, item: Row) -> Iterable[Row]:
        seen = set()
        for position, credited in enumerate(item.get("artists") or [], start=1):
            artist_id = credited.get("id")
            if artist_id and artist_id not in seen:
                seen.add(artist_id)
                artist = catalogue.artists.get(artist_id, credited)
                yield {
                    "position": position,
                    "artist_id": artist_id,
                    "artist_name": storable(artist["name"]),
                    "genres": _distinct_genres(artist.get("genres") or []),
                    "artist_popularity": self._popularity(artist),
                }

    def _only_popularity(self, album: Row) -> Row:
        return {"popularity": self._popularity(album)}

    def _popularity(self, thing: Row) -> int | None:
        return thing.get("popularity") if self._sends_popularity else None


def entry_type(row: Row) -> str:
    """Return what a row holds, by the name that `playlist_entries` gives it."""
    item = row["item"]
    if row.get("is_local") or (item and item.get("is_local")):
        return "local"
    if item and item.get("type") == "episode":
        return "episode"
    if item and storable(item["name"]) == "" and item["duration_ms"] == 0:
        return "unavailable"
    return "track" if item and item.get("id") else "unavailable"


def id_in_playlist(item: Row, mode: str) -> str:
    """Return the id of the track that stands in the playlist, as far as the mode tells."""
    linked_from = item.get("linked_from") if mode != "development" else None
    return str((linked_from or item)["id"])


def known_album(catalogue: Catalogue, item: Row, mode: str) -> Row:
    """Return a track's album: asked for, or in development as the track carries it."""
    carried: Row = item.get("album") or {}
    if mode == "development":
        return carried
    return catalogue.albums.get(carried.get("id") or "", carried)


def _distinct_genres(genres: Sequence[str]) -> list[str]:
    named = [storable(genre).strip(" ") for genre in genres]
    return [genre for genre in dict.fromkeys(named) if genre]


def _top_5(known: Known) -> list[Row]:
    artists: dict[str, Row] = {}
    tracks: dict[str, list[_Track]] = {}
    for track in known.tracks.values():
        for credit in track.credits:
            artists[credit["artist_id"]] = credit
            tracks.setdefault(credit["artist_id"], []).append(track)
    told = any(artist["artist_popularity"] is not None for artist in artists.values())

    def order(artist_id: str) -> tuple[Any, ...]:
        popularity = artists[artist_id]["artist_popularity"]
        by_popularity = (popularity is None, -(popularity or 0)) if told else ()
        return (*by_popularity, -len(tracks[artist_id]), artist_id)

    return [
        {
            **known.head,
            "artist_rank": rank,
            "artist_id": artist_id,
            "artist_name": artists[artist_id]["artist_name"],
            "artist_popularity": artists[artist_id]["artist_popularity"],
            "count_tracks": len(tracks[artist_id]),
            "share_of_tracks": rounded(Fraction(len(tracks[artist_id]), len(known.tracks)), 4),
            "avg_track_popularity": _average(track.popularity for track in tracks[artist_id]),
            "total_duration_minutes": _minutes(
                sum(track.duration_ms or 0 for track in tracks[artist_id])
            ),
            "ranked_by": "popularity" if told else "tracks in playlist",
            "answer_order": rank,
        }
        for rank, artist_id in enumerate(sorted(artists, key=order)[:5], start=1)
    ]


def _most_popular(known: Known) -> list[Row]:
    rank = _dense_ranks(track.popularity for track in known.tracks.values())
    rows = [
        {
            **known.head,
            "popularity_rank": rank(track.popularity),
            "track_id": track.id,
            "track_name": track.name,
            "artist_names": ", ".join(credit["artist_name"] for credit in track.credits) or None,
            "album_name": track.album["name"],
            "track_popularity": track.popularity,
            "duration_minutes": _minutes(track.duration_ms),
            "duration_mm_ss": _mm_ss(track.duration_ms),
        }
        for track in known.tracks.values()
    ]

    def order(row: Row) -> tuple[Any, ...]:
        ranked = row["popularity_rank"] is not None
        length = largest(None if ranked else row["duration_minutes"])
        return smallest(row["popularity_rank"]), length, row["track_name"], row["track_id"]

    return in_order(rows, order)


def _trend(known: Known) -> list[Row]:
    months: dict[tuple[int | None, int | None], list[_Track]] = {}
    for track in known.tracks.values():
        year, month, _ = known_date(track.album)
        months.setdefault((year, month), []).append(track)
    rows, previous = [], None
    for year, month in sorted(months, key=lambda one: tuple((part or 0) for part in one)):
        tracks = months[year, month]
        average = _average(track.popularity for track in tracks)
        change = None
        if month is not None:
            if average is not None and previous is not None:
                change = str(Decimal(average) - Decimal(previous))
            previous = average
        label = "unknown" if year is None else f"{year:04}"
        rows.append(
            {
                **known.head,
                "release_year": year,
                "release_month": month,
                "release_year_month": label if month is None else f"{label}-{month:02}",
                "count_tracks": len(tracks),
                "avg_track_popularity": average,
                "change_from_previous": change,
            }
        )
    return in_order(rows, lambda row: (largest(row["release_year"]), largest(row["release_month"])))


def _albums(known: Known) -> list[Row]:
    albums: dict[str | None, list[_Track]] = {}
    for track in known.tracks.values():
        albums.setdefault(track.album_id, []).append(track)
    averages = {
        album_id: _average(track.popularity for track in tracks)
        for album_id, tracks in albums.items()
        if album_id is not None
    }
    rank = _dense_ranks(None if one is None else Decimal(one) for one in averages.values())
    of_playlist = _mean(track.popularity for track in known.tracks.values())
    rows = []
    for album_id, tracks in albums.items():
        of_album = _mean(track.popularity for track in tracks)
        has_id, average = album_id is not None, averages.get(album_id)
        comparable = has_id and of_album is not None and of_playlist is not None
        for track in tracks:
            difference = _difference(track.popularity, track.album["popularity"])
            year, month, day = known_date(track.album)
            rows.append(
                {
                    **known.head,
                    "album_id": album_id,
                    "album_name": track.album["name"] if has_id else None,
                    "album_release_date": date(year or 0, month or 0, day) if day else None,
                    "album_total_tracks": track.album.get("total_tracks") if has_id else None,
                    "count_tracks_in_playlist": len(tracks) if has_id else None,
                    "album_popularity": track.album["popularity"],
                    "avg_track_popularity": average,
                    "track_id": track.id,
                    "track_name": track.name,
                    "track_popularity": track.popularity,
                    "track_minus_album_popularity": difference,
                    "comparison": _comparison(difference),
                    "album_rank": rank(None if average is None else Decimal(average)),
                    "is_above_playlist_average": of_album > of_playlist if comparable else None,
                }
            )

    def order(row: Row) -> tuple[Any, ...]:
        ranked = row["album_rank"] is not None
        return (
            smallest(row["album_rank"]),
            largest(None if ranked else row["count_tracks_in_playlist"]),
            smallest(row["album_name"]),
            smallest(row["album_id"]),
            largest(row["track_popularity"]),
            row["track_id"],
        )

    return in_order(rows, order)


def _genres(known: Known) -> list[Row]:
    nobody: Row = {
        "artist_id": None,
        "artist_name": None,
        "artist_popularity": None,
        "position": None,
        "genres": [],
    }
    rows = [
        {
            **known.head,
            "genre": genre,
            "track_id": track.id,
            "track_name": track.name,
            "track_popularity": track.popularity,
            "track_duration_ms": track.duration_ms,
            "album_name": track.album["name"],
            "artist_id": credit["artist_id"],
            "artist_name": credit["artist_name"],
            "artist_popularity": credit["artist_popularity"],
            "credit_position": credit["position"],
        }
        for track in known.tracks.values()
        for credit in (track.credits or [nobody])
        for genre in (credit["genres"] or ["no genre"])
    ]

    def order(row: Row) -> tuple[Any, ...]:
        return (
            row["genre"] == "no genre",
            row["genre"],
            largest(row["track_popularity"]),
            row["track_name"],
            row["track_id"],
            smallest(row["credit_position"]),
        )

    return in_order(rows, order)


def _genre_summary(details: Iterable[Row]) -> list[Row]:
    by_genre: dict[str, list[Row]] = {}
    for row in details:
        by_genre.setdefault(row["genre"], []).append(row)
    rows = []
    for genre, of_genre in by_genre.items():
        tracks = _by_popularity(of_genre, "track")
        artists = _by_popularity((row for row in of_genre if row["artist_id"]), "artist")
        rows.append(
            {
                "playlist_id": of_genre[0]["playlist_id"],
                "playlist_name": of_genre[0]["playlist_name"],
                "genre": genre,
                "count_tracks": len(tracks),
                "count_artists": len(artists),
                "avg_track_popularity": _average(row["track_popularity"] for row in tracks),
                "avg_artist_popularity": _average(row["artist_popularity"] for row in artists),
                "track_names": ", ".join(row["track_name"] for row in tracks),
                "artist_names": ", ".join(row["artist_name"] for row in artists) or None,
            }
        )
    return in_order(
        rows, lambda row: (row["genre"] == "no genre", -row["count_tracks"], row["genre"])
    )


def _by_popularity(rows: Iterable[Row], kind: str) -> list[Row]:
    """One row for each track or artist, the most popular first."""
    distinct = {row[f"{kind}_id"]: row for row in rows}
    return sorted(
        distinct.values(),
        key=lambda row: (
            row[f"{kind}_popularity"] is None,
            -(row[f"{kind}_popularity"] or 0),
            row[f"{kind}_id"],
        ),
    )


def in_order(rows: list[Row], order: Callable[[Row], tuple[Any, ...]]) -> list[Row]:
    """The rows of one playlist with their places; text is compared code point by code point."""
    ordered = sorted(rows, key=order)
    return [{**row, "answer_order": place} for place, row in enumerate(ordered, start=1)]


def smallest(value: Any) -> tuple[Any, ...]:
    """Sorts the smallest first, and what is not known last."""
    return (value is None, *([] if value is None else [value]))


def largest(value: Any) -> tuple[Any, ...]:
    """Sorts the largest first, and what is not known last."""
    return (value is None, *([] if value is None else [-Decimal(value)]))


def _mean(values: Iterable[int | None]) -> Fraction | None:
    present = [value for value in values if value is not None]
    return Fraction(sum(present), len(present)) if present else None


def _average(values: Iterable[int | None]) -> str | None:
    mean = _mean(values)
    return None if mean is None else rounded(mean, 2)


def _minutes(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else rounded(Fraction(milliseconds, 60_000), 2)


def _mm_ss(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02}"


def _difference(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one - other


def _comparison(difference: int | None) -> str | None:
    if difference is None:
        return None
    if difference == 0:
        return "matches album"
    return "outperforms album" if difference > 0 else "underperforms album"


def _dense_ranks(values: Iterable[Any]) -> Callable[[Any], int | None]:
    ordered = sorted({value for value in values if value is not None}, reverse=True)
    ranks = {value: rank for rank, value in enumerate(ordered, start=1)}
    return lambda value: None if value is None else ranks[value]
