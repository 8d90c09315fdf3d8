"""The sample playlist holds every quirk of SPOTIFY_API.md, section 6, and is always the same."""

import json
from collections import Counter
from collections.abc import Callable

import pytest

from sample_api import (
    EMPTY_PLAYLIST,
    LOCAL_PLAYLIST,
    MAIN_PLAYLIST,
    OTHERS_PLAYLIST,
    PRIVATE_PLAYLIST,
    SHARED_PLAYLIST,
    USER_ID,
    Catalogue,
    SampleApi,
    row,
    sample_catalogue,
)

CATALOGUE = sample_catalogue()
ROWS = CATALOGUE.playlists[MAIN_PLAYLIST].rows
TRACKS = [row["item"] for row in ROWS if row["item"] and row["item"]["type"] == "track"]
WITH_ID = [track for track in TRACKS if track["id"]]


def test_the_sample_is_the_same_every_time() -> None:
    def written(catalogue: Catalogue) -> str:
        return json.dumps(
            [catalogue.artists, catalogue.albums, [vars(p) for p in catalogue.playlists.values()]],
            default=sorted,
        )

    assert written(sample_catalogue()) == written(sample_catalogue())


def test_the_main_playlist_has_197_rows_of_a_realistic_kind() -> None:
    assert len(ROWS) == 197
    assert 140 <= len({artist["id"] for track in WITH_ID for artist in track["artists"]}) <= 160
    assert 130 <= len({track["album"]["id"] for track in WITH_ID}) <= 150
    genres = [artist["genres"] for artist in CATALOGUE.artists.values()]
    assert 0.2 < sum(not of_one for of_one in genres) / len(genres) < 0.3
    known = {genre for of_one in genres for genre in of_one}
    assert any("," in genre for genre in known)
    assert any('"' in genre for genre in known)
    assert max(len(of_one) for of_one in genres) > 2
    assert {len(track["artists"]) for track in WITH_ID} == {1, 2, 3, 4}


def test_the_fifth_place_among_artists_is_a_tie() -> None:
    by_id = CATALOGUE.artists
    credited = {artist["id"] for track in WITH_ID for artist in track["artists"]}
    places = sorted((by_id[artist_id]["popularity"] for artist_id in credited), reverse=True)
    assert places[3] > places[4] == places[5] == places[6] > places[7]
    tied = [artist_id for artist_id in credited if by_id[artist_id]["popularity"] == places[4]]
    distinct = {track["id"]: track for track in WITH_ID}.values()
    counts = Counter(
        artist_id
        for track in distinct
        for artist_id in {artist["id"] for artist in track["artists"]}
    )
    assert sorted(counts[artist_id] for artist_id in tied) == [1, 4, 4]


def test_release_dates_of_every_precision() -> None:
    albums = {track["album"]["id"]: track["album"] for track in WITH_ID}.values()
    precisions = Counter(album["release_date_precision"] for album in albums)
    assert precisions["day"] > precisions["month"] > 5
    assert precisions["year"] > 5
    dates = {album["release_date"] for album in albums}
    assert {"0000", None} <= dates
    years = {date[:4] for date in dates if date} - {"0000"}
    assert (min(years), max(years)) == ("2016", "2026")


@pytest.mark.parametrize(
    "is_there",
    [
        lambda _, item: item is None,
        lambda row, item: row["is_local"] and item["id"] is None and item["album"]["id"] is None,
        lambda _, item: item["type"] == "episode",
        lambda row, item: item["available_markets"] == [] and not row["is_local"],
        lambda _, item: item["is_playable"] is False and item["restrictions"]["reason"],
        lambda _, item: item["linked_from"]["id"],
        lambda _, item: item["popularity"] == 0 and item["id"],
        lambda _, item: item["external_ids"] == {} and item["id"],
        lambda _, item: len(item["artists"]) > len({a["id"] for a in item["artists"]}),
        lambda _, item: item["artists"][0]["name"] == "Various Artists",
        lambda _, item: item["album"]["images"] is None,
        lambda _, item: item["album"]["images"] == [] and item["id"],
        lambda row, _: row["added_at"] is None,
        lambda row, _: row["added_at"] == "1970-01-01T00:00:00Z",
        lambda row, _: row["added_by"] is None,
        lambda row, _: row["added_by"]["id"] == "",
        *(
            lambda _, item, text=text: text in item["name"]
            for text in ("🌧️", "ليلة", "'", '"', "\\", "<script>", "\0", "\ud83d", "\n", "{{")
        ),
    ],
)
def test_every_quirk_is_in_the_main_playlist(is_there: Callable) -> None:
    def found(row: dict) -> bool:
        try:
            return is_there(row, row["item"])
        except (KeyError, TypeError, IndexError):
            return False

    assert any(found(row) for row in ROWS)


def test_tracks_come_twice_and_recordings_under_two_ids() -> None:
    assert Counter(track["id"] for track in WITH_ID).most_common(1)[0][1] == 2 + 1
    isrcs = {}
    for track in WITH_ID:
        isrc = track["external_ids"].get("isrc", track["id"])
        isrcs.setdefault(isrc.upper(), set()).add((track["id"], isrc))
    (shared,) = [found for found in isrcs.values() if len(found) > 1]
    assert len({isrc for _, isrc in shared}) == 2


def test_the_other_playlists() -> None:
    playlists = CATALOGUE.playlists
    assert playlists[EMPTY_PLAYLIST].rows == []
    assert all(row["is_local"] for row in playlists[LOCAL_PLAYLIST].rows)
    main = {track["id"] for track in WITH_ID}
    assert {row["item"]["id"] for row in playlists[SHARED_PLAYLIST].rows} <= main
    assert not playlists[OTHERS_PLAYLIST].belongs_to(USER_ID)
    assert playlists[PRIVATE_PLAYLIST].document["public"] is False
    assert all(len(playlist_id) == 22 for playlist_id in playlists)


def test_text_survives_the_wire(api: SampleApi, app: Callable) -> None:
    client = app(api)
    path = f"/playlists/{MAIN_PLAYLIST}/items"
    pages = [client.get(path, limit=50, offset=offset) for offset in range(0, 200, 50)]
    body = b"".join(page.content for page in pages)
    assert rb"\u0000" in body
    assert rb"\ud83d" in body
    assert "🌧️".encode() in body
    names = [row["item"]["name"] for page in pages for row in page.json()["items"] if row["item"]]
    assert names.count("Broken Cassette \ud83d") == 1


def test_episodes_come_in_both_shapes(api: SampleApi, app: Callable) -> None:
    def episodes(**query: object) -> list[dict]:
        pages = [
            app(api).get(f"/playlists/{MAIN_PLAYLIST}/items", limit=50, offset=offset, **query)
            for offset in range(0, 200, 50)
        ]
        items = [row["item"] for page in pages for row in page.json()["items"]]
        return [item for item in items if item and item["type"] == "episode"]

    asked, unasked = episodes(additional_types="track,episode"), episodes()
    assert [episode["id"] for episode in asked] == [episode["id"] for episode in unasked]
    assert all("show" in episode and "album" not in episode for episode in asked)
    assert all("album" in episode and "show" not in episode for episode in unasked)


def test_objects_carry_what_they_are_given() -> None:
    catalogue = Catalogue()
    artist = catalogue.add_artist("Mosslark", id="a" * 22, popularity=None, images=None)
    album = catalogue.add_album("Diary", [artist], release_date="2024-05")
    assert (artist["id"], artist["popularity"], artist["images"]) == ("a" * 22, None, None)
    assert album["release_date_precision"] == "month"
    track = catalogue.add_track("One", [artist], album, external_ids={}, is_playable=False)
    assert track["artists"][0]["id"] == artist["id"]
    assert album["tracks"]["items"][0]["name"] == "One"


def test_edits_move_the_snapshot_and_drift_does_not(small: Catalogue) -> None:
    first, second, third = small.tracks.values()
    playlist = small.add_playlist("mine", [first, row(second, added_at=None), row(None)])
    before = playlist.document["snapshot_id"]
    small.change(first["id"], popularity=1)
    assert playlist.document["snapshot_id"] == before
    assert playlist.rows[0]["item"]["popularity"] == 1
    small.edit(playlist.id, name="renamed")
    renamed = playlist.document["snapshot_id"]
    small.edit(playlist.id, rows=[third])
    assert [row["item"]["id"] for row in playlist.rows] == [third["id"]]
    assert len({before, renamed, playlist.document["snapshot_id"]}) == 3


def test_a_change_is_seen_wherever_the_object_is_embedded(small: Catalogue, app: Callable) -> None:
    artist, *_ = small.artists.values()
    album, *_ = small.albums.values()
    playlist = small.add_playlist("mine", list(small.tracks.values()))
    small.change(artist["id"], name="Renamed", popularity=3)
    small.change(album["id"], release_date="2020", release_date_precision="year")
    with SampleApi(small) as api:
        track = app(api).get(f"/playlists/{playlist.id}/items").json()["items"][0]["item"]
    assert track["artists"][0]["name"] == "Renamed"
    assert "popularity" not in track["artists"][0]
    assert track["album"]["artists"][0]["name"] == "Renamed"
    assert track["album"]["release_date"] == "2020"
