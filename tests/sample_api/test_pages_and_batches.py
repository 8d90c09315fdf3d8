"""Paging, batches and the requests Spotify finds wrong (SPOTIFY_API.md, sections 2, 3 and 5)."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import requests
from waiting import PATIENCE

from sample_api import (
    EMPTY_PLAYLIST,
    MAIN_PLAYLIST,
    Catalogue,
    SampleApi,
    identifier,
    large_playlist,
)


def error_of(response: requests.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["message"]


def test_a_playlist_embeds_its_first_100_rows(api: SampleApi, app: Callable) -> None:
    contents = app(api).get(f"/playlists/{MAIN_PLAYLIST}").json()["items"]
    assert len(contents["items"]) == 100
    assert contents["total"] == 197
    following = app(api).session.get(contents["next"], timeout=PATIENCE).json()
    assert following["offset"] == 100


@pytest.mark.parametrize(("key", "most"), [("items", 50), ("tracks", 100)])
def test_pages_hold_20_rows_or_as_many_as_asked_for(
    api: SampleApi, app: Callable, key: str, most: int
) -> None:
    client = app(api)
    path = f"/playlists/{MAIN_PLAYLIST}/{key}"
    assert len(client.get(path).json()["items"]) == 20
    assert len(client.get(path, limit=most).json()["items"]) == most
    for limit in (0, most + 1, -1, "many"):
        assert error_of(client.get(path, limit=limit)) == (400, "Invalid limit")
    assert error_of(client.get(path, offset=-1)) == (400, "Invalid offset")


def test_pages_join_to_the_whole_playlist_in_order(api: SampleApi, app: Callable) -> None:
    client = app(api)
    path = f"/playlists/{MAIN_PLAYLIST}/items"
    pages = [client.get(path, limit=50, offset=offset).json() for offset in range(0, 200, 50)]
    rows = [row["added_at"] for page in pages for row in page["items"]]
    assert rows == [row["added_at"] for row in api.catalogue.playlists[MAIN_PLAYLIST].rows]
    assert [page["next"] is None for page in pages] == [False, False, False, True]
    assert [page["previous"] is None for page in pages] == [True, False, False, False]


def test_an_offset_past_the_end_is_an_empty_page(api: SampleApi, app: Callable) -> None:
    page = app(api).get(f"/playlists/{MAIN_PLAYLIST}/items", offset=500).json()
    assert (page["items"], page["total"], page["next"]) == ([], 197, None)


def test_an_empty_playlist_has_contents(api: SampleApi, app: Callable) -> None:
    assert app(api).get(f"/playlists/{EMPTY_PLAYLIST}").json()["items"]["items"] == []


def test_links_forget_that_episodes_were_asked_for(api: SampleApi, app: Callable) -> None:
    page = app(api).get(
        f"/playlists/{MAIN_PLAYLIST}/items", offset=20, additional_types="track,episode"
    )
    for link in (page.json()["next"], page.json()["previous"]):
        assert link.endswith("&additional_types=track")


def test_spotipy_follows_next_and_thereby_loses_the_episodes(
    api: SampleApi, spotify: Callable
) -> None:
    client = spotify(api)
    page = client.playlist_items(MAIN_PLAYLIST, limit=10)
    shows = []
    while page:
        shows.append(sum("show" in (row["item"] or {}) for row in page["items"]))
        page = client.next(page)
    assert len(shows) == 20
    assert sum(shows) == 0
    assert "show" in str(client.playlist_items(MAIN_PLAYLIST, limit=50))


@pytest.mark.parametrize(("kind", "most"), [("albums", 20), ("artists", 50)])
def test_batches_answer_in_order_with_null_for_the_unknown(
    api: SampleApi, spotify: Callable, app: Callable, kind: str, most: int
) -> None:
    known = list(getattr(api.catalogue, kind))[:3]
    asked = [known[2], identifier(kind, "unknown"), known[0], known[2]]
    found = getattr(spotify(api), kind)(asked)[kind]
    assert [member and member["id"] for member in found] == [known[2], None, known[0], known[2]]
    assert app(api).get(f"/{kind}", ids=",".join(known)).status_code == 200
    full = ",".join(identifier(kind, number) for number in range(most + 1))
    assert error_of(app(api).get(f"/{kind}", ids=full)) == (400, "Too many ids requested")
    assert error_of(app(api).get(f"/{kind}", ids="short")) == (400, "Invalid base62 id")


@pytest.mark.parametrize("path", ["/playlists/{}", "/playlists/{}/items", "/albums/{}"])
def test_a_malformed_id_is_a_bad_request(api: SampleApi, app: Callable, path: str) -> None:
    for bad in ("short", "!" * 22, "a" * 23):
        assert error_of(app(api).get(path.format(bad))) == (400, "Invalid base62 id")


def test_single_albums_and_artists(api: SampleApi, spotify: Callable, app: Callable) -> None:
    album_id, artist_id = next(iter(api.catalogue.albums)), next(iter(api.catalogue.artists))
    album = spotify(api).album(album_id)
    assert album["tracks"]["items"][0]["type"] == "track"
    assert spotify(api).artist(artist_id)["id"] == artist_id
    for path in ("/albums/", "/artists/"):
        response = app(api).get(path + identifier("nothing", 0))
        assert error_of(response) == (404, "Resource not found")


def test_an_address_that_does_not_exist(api: SampleApi, app: Callable) -> None:
    assert error_of(app(api).get("/audio-features")) == (404, "Service not found")


def test_a_large_playlist_pages_at_any_offset(small: Catalogue, app: Callable) -> None:
    playlist = large_playlist(small, 2_000)
    with SampleApi(small) as api:
        page = app(api).get(f"/playlists/{playlist.id}/items", limit=50, offset=1950).json()
    assert page["total"] == 2_000
    assert page["items"][-1]["item"]["name"] == "Track 1999"


def test_a_kept_alive_client_never_waits_for_nagle(
    api: SampleApi, app: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, written = app(api), []
    send = socket.socket.sendall

    def watched(line: socket.socket, data: bytes) -> None:
        if line.getsockname()[1] == urlsplit(api.api_url).port:  # not the client's own
            written.append(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
        send(line, data)

    monkeypatch.setattr(socket.socket, "sendall", watched)
    for _ in range(3):
        assert len(client.get(f"/playlists/{MAIN_PLAYLIST}").json()["items"]["items"]) == 100
    assert written == [True] * 3, "an answer was not one write, or with a delay"


def test_stopping_cuts_idle_connections(small: Catalogue, app: Callable) -> None:
    with SampleApi(small) as api:
        client = app(api)
        client.get("/me")
    with pytest.raises(requests.ConnectionError):
        client.get("/me")
