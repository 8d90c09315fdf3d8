"""Who may see what, in each of the three behaviours (SPOTIFY_API.md, sections 1 to 3)."""

from collections.abc import Callable

import pytest
import requests

from sample_api import (
    COLLABORATIVE_PLAYLIST,
    EMPTY_PLAYLIST,
    MAIN_PLAYLIST,
    MODES,
    OTHERS_PLAYLIST,
    PRIVATE_PLAYLIST,
    SampleApi,
    identifier,
)

OLD_MODES = ("extended", "development-old")
NOT_FOUND = {"error": {"status": 404, "message": "Resource not found"}}


def error_of(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["message"]


@pytest.mark.parametrize("mode", OLD_MODES)
def test_old_modes_show_contents_and_rows_under_both_names(
    api: SampleApi, app: Callable, mode: str
) -> None:
    api.mode = mode
    playlist = app(api).get(f"/playlists/{OTHERS_PLAYLIST}").json()
    assert playlist["items"]["items"] == playlist["tracks"]["items"]
    row = playlist["items"]["items"][0]
    assert row["item"] == row["track"]


def test_captures_with_track_alone_can_be_shown(app: Callable) -> None:
    with SampleApi(track_alone=True) as api:
        playlist = app(api).get(f"/playlists/{MAIN_PLAYLIST}").json()
        row = app(api).get(f"/playlists/{MAIN_PLAYLIST}/items").json()["items"][0]
    assert "items" not in playlist
    assert "tracks" in playlist
    assert "item" not in row
    assert row["track"]["id"]


def test_development_shows_contents_and_rows_under_the_new_name_only(
    api: SampleApi, user: Callable
) -> None:
    api.mode = "development"
    playlist = user(api).get(f"/playlists/{MAIN_PLAYLIST}").json()
    assert "tracks" not in playlist
    assert "track" not in playlist["items"]["items"][0]
    assert playlist["items"]["items"][0]["item"]["track"] is True


def test_development_answers_without_contents_for_a_playlist_of_somebody_else(
    api: SampleApi, app: Callable, user: Callable
) -> None:
    api.mode = "development"
    for client, playlist_id in ((user(api), OTHERS_PLAYLIST), (app(api), MAIN_PLAYLIST)):
        response = client.get(f"/playlists/{playlist_id}")
        assert response.status_code == 200
        assert response.json()["snapshot_id"]
        assert not {"items", "tracks"} & set(response.json())


def test_development_wants_a_user_for_items_and_that_user_to_be_owner_or_collaborator(
    api: SampleApi, app: Callable, user: Callable
) -> None:
    api.mode = "development"
    refused = app(api).get(f"/playlists/{MAIN_PLAYLIST}/items")
    assert error_of(refused) == (401, "Valid user authentication required")
    assert error_of(user(api).get(f"/playlists/{OTHERS_PLAYLIST}/items")) == (403, "Forbidden")
    for playlist_id in (MAIN_PLAYLIST, COLLABORATIVE_PLAYLIST, PRIVATE_PLAYLIST):
        assert user(api).get(f"/playlists/{playlist_id}/items").status_code == 200


def test_development_lost_the_batches_and_the_tracks_endpoint(
    api: SampleApi, user: Callable
) -> None:
    api.mode = "development"
    client = user(api)
    for path in ("/albums", "/artists", f"/playlists/{MAIN_PLAYLIST}/tracks"):
        assert error_of(client.get(path, ids=identifier("artist", 0))) == (403, "Forbidden")


def test_development_leaves_out_popularity_label_markets_and_followers(
    api: SampleApi, user: Callable
) -> None:
    api.mode = "development"
    client = user(api)
    rows = client.get(f"/playlists/{MAIN_PLAYLIST}/items").json()["items"]
    track = rows[0]["item"]
    assert not {"popularity", "available_markets", "linked_from"} & set(track)
    assert "available_markets" not in track["album"]
    assert track["external_ids"]["isrc"]
    album = client.get(f"/albums/{track['album']['id']}").json()
    assert not {"popularity", "label", "available_markets"} & set(album)
    assert album["external_ids"]["upc"]
    assert album["copyrights"]
    assert album["genres"] == []
    artist = client.get(f"/artists/{track['artists'][0]['id']}").json()
    assert not {"popularity", "followers"} & set(artist)
    assert "genres" in artist


def test_extended_sends_popularity_label_markets_and_followers(
    api: SampleApi, app: Callable
) -> None:
    client = app(api)
    track = client.get(f"/playlists/{MAIN_PLAYLIST}/items").json()["items"][0]["item"]
    assert {"popularity", "available_markets"} <= set(track)
    album = client.get(f"/albums/{track['album']['id']}").json()
    assert {"popularity", "label", "available_markets"} <= set(album)
    artist = client.get(f"/artists/{track['artists'][0]['id']}").json()
    assert {"popularity", "followers"} <= set(artist)


@pytest.mark.parametrize("mode", MODES)
def test_deleted_private_editorial_and_wrong_ids_get_the_same_bytes(
    api: SampleApi, app: Callable, mode: str
) -> None:
    api.mode = mode
    ids = ("37i9dQZF1DX000000000aa", PRIVATE_PLAYLIST, identifier("playlist", "nobody's"))
    responses = [app(api).get(f"/playlists/{playlist_id}") for playlist_id in ids]
    assert {response.status_code for response in responses} == {404}
    assert {response.content for response in responses} == {responses[0].content}
    assert responses[0].json() == NOT_FOUND


def test_a_private_playlist_needs_its_scope(api: SampleApi, user: Callable) -> None:
    api.tokens.scope = "playlist-read-collaborative"
    client = user(api)
    refused = (403, "Insufficient client scope")
    assert error_of(client.get(f"/playlists/{PRIVATE_PLAYLIST}")) == refused
    assert error_of(client.get("/me/playlists")) == refused
    assert client.get(f"/playlists/{COLLABORATIVE_PLAYLIST}").status_code == 200


@pytest.mark.parametrize("mode", MODES)
def test_the_user_and_their_playlists_need_a_user_token(
    api: SampleApi, app: Callable, user: Callable, mode: str
) -> None:
    api.mode = mode
    for path in ("/me", "/me/playlists"):
        assert error_of(app(api).get(path)) == (401, "Valid user authentication required")
    assert user(api).get("/me/").json()["type"] == "user"
    mine = user(api).get("/me/playlists", limit=50).json()
    ids = [playlist["id"] for playlist in mine["items"]]
    assert {MAIN_PLAYLIST, EMPTY_PLAYLIST, PRIVATE_PLAYLIST, COLLABORATIVE_PLAYLIST} <= set(ids)
    assert OTHERS_PLAYLIST not in ids
    assert mine["items"][0]["items"]["total"] == 197
    assert ("tracks" in mine["items"][0]) == (mode != "development")


def test_the_mode_is_one_of_three(api: SampleApi) -> None:
    with pytest.raises(ValueError, match="no mode is called premium"):
        api.mode = "premium"
