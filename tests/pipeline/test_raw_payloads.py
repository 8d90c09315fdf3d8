"""The raw tables hold the API's JSON untouched; what is odd in it does not break the answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import requests
from command_line import CommandLine, Finished
from expected import known_date, storable
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from marts import wrong_answers, wrong_profiles
from postgres_server import Database, PostgresServer, query
from waiting import PATIENCE

from sample_api import (
    CLIENT_ID,
    CLIENT_SECRET,
    MAIN_PLAYLIST,
    REFRESH_TOKEN,
    Catalogue,
    Playlist,
    SampleApi,
    local_file,
    row,
)

TEXT = st.text(st.one_of(st.characters(), st.characters(categories=["Cs"])), max_size=30)
PART = st.one_of(
    st.integers(0, 13).map("{:02}".format),
    st.integers(0, 40).map(str),
    st.text("0٢²-+ .e", max_size=3),
)
DATE = st.one_of(
    TEXT,
    st.dates().map(str),
    st.dates().map(lambda day: str(day)[:7]),
    st.tuples(st.integers(0, 12_000), PART, PART).map(lambda parts: "{:04}-{}-{}".format(*parts)),
    st.tuples(st.dates().map(str), TEXT).map("".join),
    st.lists(PART, max_size=4).map("-".join),
)
PRECISION = st.one_of(st.sampled_from(["year", "month", "day", None]), TEXT)
DATED = st.tuples(DATE, PRECISION)


@cache
def random_values(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Return this many values, the same ones every time, so that one run of the pipeline has all.

    Hypothesis looks for small and nasty ones, but cannot shrink what fails: the assertion does.
    """
    found: list[Any] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate])
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


PRIVATE_USE = [chr(code) for code in range(0xF020, 0xF040)]  # dlt marks typed text with some
RANDOM_TEXTS, RANDOM_DATES = 100, 300
ODD_TEXTS = [
    *(f"{character}2024-05-17" for character in PRIVATE_USE),
    *("\0", "a\0b\0", "\ud83d", "\udca9\ud83d", "\\u0000", "\\ud83d", "\ufffd", "\ufeffbom"),
    *(
        "\u2028\u2029",
        "\x7f\x1b[31mred",
        "e\u0301",
        "👩‍👩‍👧‍👦",
        "\U0010ffff",
        "'\"`$$;--",
        "  padded  ",
    ),
    # what means something in CSV or to COPY
    *("\\N", "\\.", "\n\\.\n", "a\r\nb", 'a,"b",""c', "tab\there", "\\", '"', ""),
    *("NULL", "null", "{}", "[1, 2]", "2024-05-17T00:00:00Z", "1e400", "x" * 5000),
]
ODD_DATES = [
    *(("2024-02-30", "day"), ("2023-02-29", "day"), ("2024-02-29", "day"), ("2024-13-01", "day")),
    *(("2024-00", "month"), ("2024-05-00", "day"), ("2024-05-17", "month"), ("2024-05-17", "year")),
    *(("2024-05", "day"), ("2024", "day"), ("0000-05-17", "day"), ("0001-01-01", "day")),
    *(("9999-12-31", "day"), ("24", "year"), ("2024-5-7", "day"), ("May 2024", None), ("", None)),
    *(("2024-05-17\n", "day"), ("٢٠٢٤", "year"), ("2024-05-17", None), ("2024-05-17", "decade")),
]


@dataclass
class Odd:
    """Playlists of everything odd, loaded."""

    catalogue: Catalogue
    playlist_ids: list[str]
    database: Database
    finished: Finished
    sent: dict[str, dict[Any, Any]]


def _odd_catalogue() -> tuple[Catalogue, list[str]]:
    catalogue, rows = Catalogue(), []
    texts = [*ODD_TEXTS, *random_values(TEXT, RANDOM_TEXTS)]
    artists = [
        catalogue.add_artist(
            text,
            popularity=None if number % 4 == 0 else 50,
            genres=[text, text, "", "  ", f" {number % 3} ", 'rock, "n" roll'][number % 7 :],
        )
        for number, text in enumerate(texts)
    ]
    for number, text in enumerate(texts):
        artist, guest = artists[number], artists[number * 5 % len(artists)]
        album = catalogue.add_album(text, [artist], popularity=number % 3)
        shortest = 0 if storable(text) else 1  # without a name either it would be an emptied one
        track = catalogue.add_track(
            text,
            [guest, artist, guest],
            album,
            popularity=[None, 0, 1, 2, 100][number % 5],
            duration_ms=[shortest, 999, 1000, 59_999, 60_000, 299, 300, 3_600_000][number % 8],
        )
        rows.append(row(track, added_by=None))
    for date, precision in [*ODD_DATES, *random_values(DATED, RANDOM_DATES)]:
        album = catalogue.add_album(
            "dated", [artists[0]], release_date=date, release_date_precision=precision
        )
        rows.append(row(catalogue.add_track("a track", [artists[0]], album)))
    album = catalogue.add_album("bare", [])
    catalogue.change(album["id"], popularity=None, total_tracks=None)
    bare = {"popularity": None, "duration_ms": None, "external_ids": {}}
    rows += [
        row(catalogue.add_track("by nobody", [], album, popularity=55)),
        row(catalogue.add_track("bare", [artists[1]], album, **bare)),
        row(local_file("\uf026 local", "\0")),
        row(None, added_at=None),
        rows[0],
    ]
    playlist = catalogue.add_playlist("\uf026 odd \0 \ud83d", rows, description="\uf027\0")
    others = [_on_the_edges(catalogue), _without_known_artists(catalogue)]
    return catalogue, [playlist.id, *(other.id for other in others)]


def _on_the_edges(catalogue: Catalogue) -> Playlist:
    """Averages that are equal, and ones that end in a half."""
    artist = catalogue.add_artist("Evenwick", popularity=10)
    rows = []
    for popularities in ((40, 40), (30, 50), (39, 41), (40, 40, 40, 41, 40, 40, 40, 39)):
        album = catalogue.add_album("even", [artist], popularity=40, release_date="2024-01")
        rows += [
            catalogue.add_track("even", [artist], album, popularity=popularity, duration_ms=300)
            for popularity in popularities
        ]
    return catalogue.add_playlist("all the same", rows)


def _without_known_artists(catalogue: Catalogue) -> Playlist:
    """Artists of whom Spotify knows no popularity, and one whom it no longer has."""
    artists = [catalogue.add_artist(f"Nobody {number}", popularity=None) for number in range(7)]
    album = catalogue.add_album("heard by few", artists, popularity=7)
    tracks = [
        catalogue.add_track(f"{number}", artists[: number + 1], album, popularity=number)
        for number in range(7)
    ]
    del catalogue.artists[artists[2]["id"]]
    return catalogue.add_playlist("nobodies", tracks)


def _as_sent(api: SampleApi, playlist_ids: Iterable[str]) -> dict[str, dict[Any, Any]]:
    """Ask the API for everything, one by one, past the loader and spotipy."""
    form = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    auth = (CLIENT_ID, CLIENT_SECRET)
    token = requests.post(f"{api.accounts_url}/api/token", form, auth=auth, timeout=PATIENCE).json()
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token['access_token']}"

    def get(path: str, **query: object) -> Any:
        answer = session.get(f"{api.api_url}/{path}", params=query, timeout=PATIENCE)
        answer.raise_for_status()
        return storable(answer.json())

    sent: dict[str, dict[Any, Any]] = {"playlists": {}, "playlist_items": {}}
    for playlist_id in playlist_ids:
        document = get(f"playlists/{playlist_id}")
        document.pop("tracks", None)
        document["items"] = {"total": document["items"]["total"]}
        sent["playlists"][playlist_id] = document
        for offset in range(0, len(api.catalogue.playlists[playlist_id].rows), 50):
            path = f"playlists/{playlist_id}/items"
            page = get(path, limit=50, offset=offset, additional_types="track,episode")
            for position, item in enumerate(page["items"], start=offset):
                sent["playlist_items"][playlist_id, position] = item
    for kind in ("albums", "artists"):
        held = getattr(api.catalogue, kind)
        sent[kind] = {one: get(f"{kind}/{one}") for one in held}
    return sent


def _raw(database: Database, table: str) -> dict[Any, Any]:
    keys = {"playlists": "playlist_id", "albums": "album_id", "artists": "artist_id"}
    key = keys.get(table)
    if key is None:
        rows = query(database, f"select playlist_id, position, payload from spotify_raw.{table}")
        return {(playlist_id, position): payload for playlist_id, position, payload in rows}
    return dict(query(database, f"select {key}, payload from spotify_raw.{table}"))


@pytest.fixture(scope="module")
def odd(any_server: PostgresServer, new_elt: Callable[[], CommandLine]) -> Odd:
    catalogue, playlist_ids = _odd_catalogue()
    database = any_server.new_database()
    with SampleApi(catalogue) as api:
        config = {"playlists": playlist_ids}
        finished = new_elt()("run", database=database, api=api, config=config)
        sent = _as_sent(api, playlist_ids)
    return Odd(catalogue, playlist_ids, database, finished, sent)


def test_the_random_dates_are_of_every_kind() -> None:
    """A generator that only made rubbish would prove nothing."""
    found = [
        known_date({"release_date": date, "release_date_precision": precision})
        for date, precision in random_values(DATED, RANDOM_DATES)
    ]
    known = [tuple(part is not None for part in parts) for parts in found]
    for kind in ((False,) * 3, (True, False, False), (True, True, False), (True,) * 3):
        assert known.count(kind) >= RANDOM_DATES / 30, kind


def test_odd_text_dates_and_gaps_are_answered_right(odd: Odd) -> None:
    assert odd.finished.code == 0, odd.finished.output
    assert wrong_answers(odd.database, odd.catalogue, odd.playlist_ids) == []
    assert wrong_profiles(odd.database, odd.catalogue) == []


@pytest.mark.parametrize("table", ["playlists", "playlist_items", "albums", "artists"])
def test_odd_payloads_are_the_apis_json(odd: Odd, table: str) -> None:
    assert _differences(_raw(odd.database, table), odd.sent[table]) == []


@pytest.mark.parametrize("mode", ["extended", "development"])
def test_the_samples_payloads_are_the_apis_json(
    sample_run: Callable[[PostgresServer, str], Any], embedded_server: PostgresServer, mode: str
) -> None:
    run = sample_run(embedded_server, mode)
    with SampleApi(run.catalogue, mode) as api:
        sent = _as_sent(api, [MAIN_PLAYLIST])
    if mode == "development":
        sent["albums"] = _carried_albums(run.catalogue)
    for table, payloads in sent.items():
        raw = _raw(run.database, table)
        if table in {"playlists", "playlist_items"}:
            assert raw.keys() == payloads.keys(), table
        assert raw, table
        assert _differences(raw, {key: payloads[key] for key in raw}) == [], table


def _carried_albums(catalogue: Catalogue) -> dict[str, Any]:
    """Return the albums as development mode's tracks carry them."""
    items = [one["item"] for one in catalogue.playlists[MAIN_PLAYLIST].rows if one["item"]]
    carried = [item["album"] for item in items if item.get("album")]
    return {
        album["id"]: storable(
            {key: value for key, value in album.items() if key != "available_markets"}
        )
        for album in carried
        if album["id"]
    }


def _differences(raw: dict[Any, Any], sent: dict[Any, Any]) -> list[str]:
    told = [f"not loaded: {key}" for key in sent.keys() - raw.keys()]
    told += [f"never sent: {key}" for key in raw.keys() - sent.keys()]
    for key in raw.keys() & sent.keys():
        if raw[key] != sent[key]:
            fields = [name for name in sent[key] if raw[key].get(name) != sent[key][name]]
            surplus = [name for name in raw[key] if name not in sent[key]]
            shown = {name: (raw[key].get(name), sent[key].get(name)) for name in fields + surplus}
            told.append(f"{key}: {shown}"[:500])
    return told[:5]
