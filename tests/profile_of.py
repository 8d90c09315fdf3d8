"""Profiles, artists, gaps and overlaps of playlists as the catalogue has them, without any SQL.

Like `expected.py`: from the words of the documentation, on exact fractions, playlist by playlist.
"""

import calendar
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import permutations
from typing import Any

from expected import (
    Known,
    Row,
    entry_type,
    entry_types,
    id_in_playlist,
    in_order,
    known_album,
    known_date,
    largest,
    rounded,
    storable,
)

from sample_api import Catalogue, Playlist

DAY = timedelta(days=1)


def expected_profiles(
    catalogue: Catalogue, read_at: Mapping[str, datetime], mode: str = "extended"
) -> list[Row]:
    """Return the rows of `playlist_profile`.

    Args:
        catalogue: what the API answers from.
        read_at: the playlists that were loaded, and when each was read.
        mode: the API's; in `development` it sends neither popularity nor labels.
    """
    return [
        _profile(catalogue, catalogue.playlists[playlist_id], at, mode)
        for playlist_id, at in read_at.items()
    ]


def expected_overlaps(
    catalogue: Catalogue, playlist_ids: Iterable[str], mode: str = "extended"
) -> list[Row]:
    """Return the rows of `playlist_overlap`: of each playlist the nearest that share a track."""
    shared: dict[str, list[Row]] = {}
    for one, other in permutations((catalogue.playlists[one] for one in playlist_ids), 2):
        tracks = [set(_tracks(playlist, mode)) for playlist in (one, other)]
        if not tracks[0] & tracks[1]:
            continue
        artists = [set(_credits(_tracks(playlist, mode).values())) for playlist in (one, other)]
        shared.setdefault(one.id, []).append(
            {
                **_head(one),
                **{f"other_{column}": value for column, value in _head(other).items()},
                "nearness": Fraction(len(tracks[0] & tracks[1]), len(tracks[0] | tracks[1])),
                "count_shared_tracks": len(tracks[0] & tracks[1]),
                "jaccard_of_tracks": _share(tracks[0] & tracks[1], tracks[0] | tracks[1]),
                "count_shared_artists": len(artists[0] & artists[1]),
                "jaccard_of_artists": _share(artists[0] & artists[1], artists[0] | artists[1]),
            }
        )
    return [
        {column: value for column, value in row.items() if column != "nearness"}
        for rows in shared.values()
        for row in in_order(rows, _nearest)[:50]
    ]


def _nearest(row: Row) -> tuple[Any, ...]:
    return -row["nearness"], -row["count_shared_tracks"], row["other_playlist_id"]


def expected_artists(
    catalogue: Catalogue, playlist_ids: Iterable[str], mode: str = "extended"
) -> list[Row]:
    """Return the rows of `playlist_artists` for these playlists."""
    rows = []
    for playlist_id in playlist_ids:
        known = Known(catalogue, catalogue.playlists[playlist_id], mode)
        artists = {
            one["artist_id"]: one for track in known.tracks.values() for one in track.credits
        }
        of_playlist = [_artist(catalogue, known, artist, mode) for artist in artists.values()]
        rows += in_order(
            of_playlist,
            lambda row: (
                -row["count_tracks"],
                largest(row["artist_popularity"]),
                row["artist_name"],
                row["artist_id"],
            ),
        )
    return rows


def _artist(catalogue: Catalogue, known: Known, artist: Row, mode: str) -> Row:
    artist_id = artist["artist_id"]
    tracks = sorted(
        (
            track
            for track in known.tracks.values()
            if artist_id in {credit["artist_id"] for credit in track.credits}
        ),
        key=lambda track: (largest(track.popularity), track.id),
    )
    followers = catalogue.artists.get(artist_id, {}).get("followers") or {}
    return {
        **known.head,
        "artist_id": artist_id,
        "artist_name": artist["artist_name"],
        "artist_popularity": artist["artist_popularity"],
        "artist_followers": followers.get("total") if mode != "development" else None,
        "artist_genres": ", ".join(artist["genres"]) or None,
        "count_tracks": len(tracks),
        "track_names": ", ".join(track.name for track in tracks),
    }


def expected_gaps(
    catalogue: Catalogue, playlist_id: str, mode: str
) -> dict[tuple[str, str], tuple[int, int]]:
    """Return how many there are and have it, by kind and field of `playlist_completeness`."""
    known = Known(catalogue, catalogue.playlists[playlist_id], mode)
    tracks = known.tracks.values()
    albums = {track.album_id: track.album for track in tracks if track.album_id is not None}
    labels = [album.get("label") for album in albums.values() if mode != "development"]
    artists = expected_artists(catalogue, [playlist_id], mode)
    sent = {
        ("track", "popularity"): [track.popularity for track in tracks],
        ("album", "popularity"): [album["popularity"] for album in albums.values()],
        ("album", "label"): labels or [None] * len(albums),
        **{
            ("artist", field): [artist[f"artist_{field}"] for artist in artists]
            for field in ("popularity", "followers", "genres")
        },
    }
    return {
        what: (len(values), sum(value is not None for value in values))
        for what, values in sent.items()
        if values
    }


def _profile(catalogue: Catalogue, playlist: Playlist, read_at: datetime, mode: str) -> Row:
    full = mode != "development"
    kinds = Counter(entry_types(catalogue, playlist.id))
    tracks = _tracks(playlist, mode)
    items = list(tracks.values())
    albums = [known_album(catalogue, item, mode) for item in items]
    labels = {album["label"] for album in albums if full and album.get("label")}
    isrcs = [(item.get("external_ids") or {}).get("isrc") for item in items]
    recordings = {(isrc or one).upper() for isrc, one in zip(isrcs, tracks, strict=True)}
    credited = _credits(items)
    total = sum(credited.values())
    popularity = [
        item["popularity"] for item in items if full and item.get("popularity") is not None
    ]
    years = [year for year, _, _ in map(known_date, albums) if year is not None]
    recent = [known for album in albums if (known := _is_recent(album, read_at)) is not None]
    share_recent = Fraction(sum(recent), len(recent)) if recent else None
    added = [at for row in playlist.rows if (at := _added_at(row)) is not None]
    durations = [item["duration_ms"] for item in items if item.get("duration_ms") is not None]
    explicit = [item["explicit"] for item in items if item.get("explicit") is not None]
    genres = [_has_genres(catalogue, item) for item in items]
    available = [one for item in items if (one := _is_available(item, full=full)) is not None]
    return {
        **_head(playlist),
        "count_entries": len(playlist.rows),
        "count_track_entries": kinds["track"],
        "count_episodes": kinds["episode"],
        "count_local_files": kinds["local"],
        "count_unavailable": kinds["unavailable"],
        "count_tracks": len(items),
        "count_id_duplicates": kinds["track"] - len(items),
        "count_isrc_duplicates": len(items) - len(recordings) if any(isrcs) else None,
        "count_artists": len(credited),
        "count_albums": len({album["id"] for album in albums if album.get("id")}),
        "count_labels": len(labels) or None,
        "total_duration_minutes": _number(sum(durations), 60_000) if durations else None,
        "median_duration_minutes": _middle(durations, 60_000, 2),
        "share_explicit": _share(filter(None, explicit), explicit),
        "share_collaborations": _share([item for item in items if len(_artists(item)) > 1], items),
        "share_of_top_5_artists": _number(
            sum(count for _, count in credited.most_common(5)), total, 4
        ),
        "effective_artists": _number(total**2, sum(count**2 for count in credited.values())),
        "median_release_year": _middle(years, 1, 1),
        "share_of_last_18_months": rounded(share_recent, 4) if recent else None,
        "release_profile": _release_profile(share_recent),
        "share_added_last_28_days": _share([at for at in added if at > read_at - 28 * DAY], added),
        "days_since_last_add": _days(read_at - max(added)) if added else None,
        "avg_track_popularity": _number(sum(popularity), len(popularity)),
        "stddev_track_popularity": _spread(popularity),
        "share_with_popularity": _share(popularity, items),
        "share_with_genres": _share(filter(None, genres), items),
        "loaded_at": read_at,
        "last_added_at": max(added, default=None),
        "count_tracks_not_available": available.count(False) if available else None,
        "share_not_available": _share([one for one in available if not one], available),
    }


def _head(playlist: Playlist) -> Row:
    return {
        "playlist_id": playlist.id,
        "playlist_name": storable(playlist.document["name"]),
    }


def _tracks(playlist: Playlist, mode: str) -> dict[str, Row]:
    return {
        id_in_playlist(row["item"], mode): row["item"]
        for row in playlist.rows
        if entry_type(row) == "track"
    }


def _artists(item: Row) -> set[str]:
    return {artist["id"] for artist in item.get("artists") or [] if artist.get("id")}


def _credits(items: Iterable[Row]) -> Counter[str]:
    return Counter(artist for item in items for artist in _artists(item))


def _has_genres(catalogue: Catalogue, item: Row) -> bool:
    known = (catalogue.artists.get(artist, {}) for artist in _artists(item))
    return any(genre.strip() for artist in known for genre in artist.get("genres") or [])


def _is_available(item: Row, *, full: bool) -> bool | None:
    if item.get("is_playable") is not None:
        return bool(item["is_playable"])
    markets = item.get("available_markets") if full else None
    return None if markets is None else bool(markets)


def _is_recent(album: Row, read_at: datetime) -> bool | None:
    """Whether all days that the release date may mean are in the last 18 months; None if some."""
    year, month, day = known_date(album)
    if year is None:
        return None
    first = date(year, month or 1, day or 1)
    last_month = month or 12
    last = date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    today = read_at.astimezone(UTC).date()
    months = today.year * 12 + today.month - 1 - 18
    since_year, since_month = months // 12, months % 12 + 1
    length = calendar.monthrange(since_year, since_month)[1]
    since = date(since_year, since_month, min(today.day, length))
    return True if first >= since else False if last < since else None


def _release_profile(share: Fraction | None) -> str | None:
    if share is None:
        return None
    if share >= Fraction(3, 4):
        return "frontline"
    return "catalogue" if share <= Fraction(1, 4) else "mixed"


def _added_at(row: Row) -> datetime | None:
    text = row.get("added_at")
    if not text or text == "1970-01-01T00:00:00Z":
        return None
    return datetime.fromisoformat(text)


def _number(numerator: int, denominator: int, decimals: int = 2) -> str | None:
    return rounded(Fraction(numerator, denominator), decimals) if denominator else None


def _share(part: Iterable[Any], whole: Iterable[Any]) -> str | None:
    return _number(len(list(part)), len(list(whole)), 4)


def _middle(values: list[int], unit: int, decimals: int) -> str | None:
    return rounded(Fraction(statistics.median(values)) / unit, decimals) if values else None


def _days(length: timedelta) -> str:
    return rounded(Fraction(length // timedelta(microseconds=1), 86_400_000_000), 2)


def _spread(values: list[int]) -> str | None:
    if not values:
        return None
    mean = Fraction(sum(values), len(values))
    variance = sum((value - mean) ** 2 for value in values) / len(values)
    with localcontext(prec=50):
        root = (Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt()
    return rounded(Fraction(root), 2)
