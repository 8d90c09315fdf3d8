"""The one-sentence answers: said of what is known, and grammatical in the odd cases."""

from decimal import Decimal
from typing import Any

import pytest

from spotify_elt.answers import sentences
from spotify_elt.answers.questions import QUESTIONS, Question

Row = dict[str, Any]


def artist(name: str, count: int, popularity: int | None = 50, minutes: str = "10.40") -> Row:
    return {
        "artist_name": name,
        "artist_popularity": popularity,
        "count_tracks": count,
        "share_of_tracks": Decimal(count) / 40,
        "total_duration_minutes": Decimal(minutes),
        "ranked_by": "popularity" if popularity is not None else "tracks in playlist",
    }


def track(name: str | None, rank: int | None, minutes: str | None = "3.00") -> Row:
    return {
        "track_name": name,
        "artist_names": "Ann",
        "popularity_rank": rank,
        "track_popularity": None if rank is None else 90 - rank,
        "duration_minutes": None if minutes is None else Decimal(minutes),
        "duration_mm_ss": None if minutes is None else "3:00",
    }


def month(label: str, count: int, average: str | None) -> Row:
    return {
        "release_year_month": label,
        "release_month": int(label[5:]) if label[5:] else None,
        "count_tracks": count,
        "avg_track_popularity": None if average is None else Decimal(average),
    }


def album_track(name: str, difference: int | None, album_id: str | None = "a") -> Row:
    signs = {None: None, 1: "outperforms album", 0: "matches album", -1: "underperforms album"}
    sign = None if difference is None else (difference > 0) - (difference < 0)
    return {
        "album_id": album_id,
        "album_name": "Rain",
        "track_name": name,
        "count_tracks_in_playlist": 3,
        "track_popularity": None if difference is None else 40 + difference,
        "album_popularity": None if difference is None else 40,
        "track_minus_album_popularity": difference,
        "comparison": signs[sign],
    }


def genre(name: str, count: int, average: str | None = "50.00") -> Row:
    return {
        "genre": name,
        "count_tracks": count,
        "count_artists": 1,
        "avg_track_popularity": None if average is None else Decimal(average),
    }


TOLD = {
    "the leader has most": (
        sentences.top_artists([artist("Ann", 4), artist("Bob", 2)]),
        "Ann is the most popular artist here (50 of 100) and has 4 tracks (10.0%), 10 minutes.",
    ),
    "another has most": (
        sentences.top_artists([artist("Ann", 1), artist("Bob", 2)]),
        (
            "Ann is the most popular artist here (50 of 100) with 1 track; of the top 2, Bob has "
            "the most, 2 tracks (5.0%)."
        ),
    ),
    "no popularity of artists": (
        sentences.top_artists([artist("Ann", 4, None)]),
        (
            "Spotify sent no popularity of artists; by tracks Ann comes first with 4 tracks "
            "(10.0%) and 10 minutes."
        ),
    ),
    "one track": (
        sentences.popular_tracks([track("Song", 1)]),
        "“Song” by Ann (3:00) is the most popular track (89 of 100).",
    ),
    "tracks tie": (
        sentences.popular_tracks([track("Song", 1), track(None, 1), track("C", 2, None)]),
        "“Song” by Ann and 1 other are the most popular tracks (89 of 100).",
    ),
    "many tracks": (
        sentences.popular_tracks([track("Song", 1, "2.00")] + [track("Other", 2)] * 10),
        (
            "“Song” by Ann (3:00) is the most popular track (89 of 100); the first 10 last 2:54 on "
            "average, the median of 11 tracks is 3:00."
        ),
    ),
    "no popularity of tracks": (
        sentences.popular_tracks([track("Song", None), track("Other", None, None)]),
        (
            "Spotify sent no popularity of tracks; as for their length, the median of 2 tracks is "
            "3:00."
        ),
    ),
    "months": (
        sentences.release_months(
            [month("2026-10", 1, "90.00"), month("2026-09", 3, "60.50"), month("2020", 9, "99.00")]
        ),
        (
            "2026-09 has the highest average popularity among the months with 3 tracks or more: "
            "60.50 over 3 tracks; the newest, 2026-10, has 90.00 over 1 track."
        ),
    ),
    "the newest month is best": (
        sentences.release_months([month("2026-10", 1, "90.00"), month("2026-09", 1, "60.50")]),
        "2026-10 has the highest average popularity: 90.00 over 1 track; it is also the newest.",
    ),
    "one month": (
        sentences.release_months([month("2026-10", 2, "90.00")]),
        "The only month known is 2026-10: 90.00 over 2 tracks.",
    ),
    "months without popularity": (
        sentences.release_months([month("2026-10", 1, None), month("2026-09", 3, None)]),
        (
            "Spotify sent no popularity of tracks; 2026-09 is the release month with the most of "
            "them (3), 2026-10 the newest."
        ),
    ),
    "no month": (
        sentences.release_months([month("2020", 9, "99.00")]),
        "Spotify tells the release month of no track here.",
    ),
    "albums": (
        sentences.albums_and_tracks(
            [album_track("A", 5), album_track("B", -2), album_track("C", 0), album_track("D", None)]
        ),
        (
            "1 of 3 tracks outperform their album, 1 underperform it, 1 match it; “A” is the "
            "farthest above its album, by 5."
        ),
    ),
    "no track above its album": (
        sentences.albums_and_tracks([album_track("B", -2), album_track("C", 0)]),
        "0 of 2 tracks outperform their album, 1 underperform it, 1 match it.",
    ),
    "one track and its album": (
        sentences.albums_and_tracks([album_track("B", -2), album_track("C", None)]),
        "“B” underperforms its album: 38 against 40.",
    ),
    "no popularity of albums": (
        sentences.albums_and_tracks([album_track("A", None), album_track("B", None, "b")]),
        (
            "Spotify sent no popularity of albums; the tracks come from 2 albums, at most 3 tracks "
            "from one, “Rain”."
        ),
    ),
    "no album": (
        sentences.albums_and_tracks([album_track("A", None, None)]),
        "Spotify names no album for any track here.",
    ),
    "genres": (
        sentences.genres([genre("lo-fi", 5), genre("no genre", 4), genre("jazz", 3, "70.00")]),
        (
            "lo-fi is the largest genre: 5 tracks by 1 artist; jazz has the most popular tracks, "
            "70.00 on average; 4 tracks have an artist without a genre."
        ),
    ),
    "one genre leads in both, one track has none": (
        sentences.genres([genre("lo-fi", 5), genre("no genre", 1)]),
        (
            "lo-fi is the largest genre: 5 tracks by 1 artist; it also has the most popular "
            "tracks, 50.00 on average; 1 track has an artist without a genre."
        ),
    ),
    "genres without popularity": (
        sentences.genres([genre("lo-fi", 5, None)]),
        "lo-fi is the largest genre: 5 tracks by 1 artist.",
    ),
    "no genre": (
        sentences.genres([genre("no genre", 4)]),
        "Spotify names no genre for the artists of the 4 tracks.",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_an_answer_is_said_in_a_sentence(case: str) -> None:
    told, expected = TOLD[case]
    assert sentences.without_isolates(told) == expected


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_empty_playlist_has_an_answer_too(question: Question) -> None:
    assert question.in_words([]) == sentences.NO_TRACKS


@pytest.mark.parametrize(("count", "said"), [(None, False), (0, False), (19, False), (20, True)])
def test_many_tracks_that_are_not_available_are_told_of(count: int | None, said: bool) -> None:  # noqa: FBT001 - a case
    profile = {"count_tracks": 100, "count_tracks_not_available": count}
    told = sentences.unavailable(profile)
    assert told.startswith(f"{count} of 100 tracks are not available") is said
    assert bool(told) is said


def test_one_track_that_is_not_available_is_one() -> None:
    told = sentences.unavailable({"count_tracks": 3, "count_tracks_not_available": 1})
    assert told.startswith("1 of 3 tracks is not available (old ids, or not sold there), and draws")


def test_a_name_keeps_its_direction_to_itself() -> None:
    told = sentences.top_artists([artist("\u202eevil", 1)])
    assert told.startswith("\u2068\u202eevil\u2069 is")
