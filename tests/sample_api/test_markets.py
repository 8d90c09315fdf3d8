"""What a market changes, and the shapes of the playlist from the archive."""

from collections.abc import Callable

import pytest
from expected import entry_types

from sample_api import REAL_PLAYLIST, SampleApi, sample_catalogue

ROWS = sample_catalogue().playlists[REAL_PLAYLIST].rows
ITEMS = f"/playlists/{REAL_PLAYLIST}/items"


def items_by_name(rows: list[dict]) -> dict[str, dict]:
    return {row["item"]["name"]: row["item"] for row in rows}


def test_a_market_tells_what_is_played_there(api: SampleApi, app: Callable) -> None:
    client = app(api)
    unasked = items_by_name(client.get(ITEMS).json()["items"])
    asked = items_by_name(client.get(ITEMS, market="DE").json()["items"])
    assert "available_markets" not in str(asked["Key Lost"])
    assert asked["Key Lost"]["is_playable"] is True
    assert "is_playable" not in unasked["Key Lost"]
    assert asked["Sold Elsewhere"]["is_playable"] is False
    assert asked["Sold Elsewhere"]["restrictions"] == {"reason": "market"}
    old, new = unasked["Pressed Twice"], asked["Pressed Twice - Remastered"]
    assert new["id"] != old["id"]
    assert new["linked_from"] == {key: old[key] for key in new["linked_from"]}
    assert new["is_playable"] is True
    assert asked["Not on This Shelf"]["restrictions"] == {"reason": "explicit"}
    assert "Pressed Twice" in items_by_name(client.get(ITEMS, market="FR").json()["items"])


def test_embedded_rows_fields_and_albums_agree(api: SampleApi, app: Callable) -> None:
    client = app(api)
    rows = client.get(ITEMS, market="DE").json()["items"]
    playlist = client.get(f"/playlists/{REAL_PLAYLIST}", market="DE").json()
    assert playlist["items"]["items"] == rows
    api.market = "DE"
    assert client.get(ITEMS).json()["items"] == rows
    filtered = client.get(ITEMS, fields="items(item(name,linked_from(id)))").json()["items"]
    (linked,) = [row["item"] for row in filtered if "linked_from" in row["item"]]
    old = linked["linked_from"]["id"]
    album_id = api.catalogue.tracks[old]["album"]["id"]
    album = client.get(f"/albums/{album_id}").json()
    assert "available_markets" not in album
    assert old in {track.get("linked_from", {}).get("id") for track in album["tracks"]["items"]}
    assert client.get("/albums", ids=album_id).json() == {"albums": [album]}


def test_what_is_no_market_is_refused(api: SampleApi, app: Callable) -> None:
    for market in ("XX", "de", ""):
        refused = app(api).get(ITEMS, market=market)
        assert refused.status_code == 400
        assert refused.json()["error"]["message"] == "Invalid market code"


def test_development_does_not_say_what_was_relinked(api: SampleApi, user: Callable) -> None:
    api.mode = "development"
    items = items_by_name(user(api).get(ITEMS, market="DE").json()["items"])
    assert "linked_from" not in items["Pressed Twice - Remastered"]
    assert items["Sold Elsewhere"]["is_playable"] is False


@pytest.mark.parametrize(
    "is_there",
    [
        lambda _, item: item["uri"] == "spotify:track:null" and not item["is_local"],
        lambda row, _: "is_local" not in row,
        lambda _, item: not {"release_date", "total_tracks", "artists"} & set(item["album"]),
        lambda row, _: row["added_by"]["id"] == "spotify_espa\u00f1a",
        lambda _, item: item["preview_url"].startswith("https://"),
        lambda _, item: item["type"] == "episode" and item["available_markets"],
        lambda _, item: item["is_local"] and not {"track", "episode"} & set(item),
        lambda _, item: item["id"] and item["name"] == "" and item["duration_ms"] == 0,
        lambda _, item: item["available_markets"] == [] and item["duration_ms"],
    ],
)
def test_every_shape_is_in_the_archive(is_there: Callable) -> None:
    def found(row: dict) -> bool:
        try:
            return bool(is_there(row, row["item"]))
        except (KeyError, TypeError, AttributeError):
            return False

    assert any(found(row) for row in ROWS)


def test_the_archive_has_an_artist_without_followers_and_what_is_left_of_tracks() -> None:
    artists = sample_catalogue().artists.values()
    assert any("followers" not in artist for artist in artists)
    assert entry_types(sample_catalogue(), REAL_PLAYLIST).count("unavailable") == 2
