"""A playlist is read whole, consistently, or not at all."""

import json
from collections.abc import Iterator

import pytest
from spotify_client import signed_in

from loader.errors import PlaylistError, SpotifyError, WithheldError
from loader.reading import PlaylistReader, Reading, requests_for_rest
from loader.spool import Spool
from sample_api import (
    EMPTY_PLAYLIST,
    MAIN_PLAYLIST,
    OTHERS_PLAYLIST,
    PRIVATE_PLAYLIST,
    SHARED_PLAYLIST,
    Fault,
    SampleApi,
    large_playlist,
)


@pytest.fixture
def api() -> Iterator[SampleApi]:
    with SampleApi() as running:
        yield running


@pytest.fixture
def spool() -> Spool:
    return Spool()


def _read(api: SampleApi, playlist_id: str, spool: Spool, *, user: bool = False) -> Reading:
    reader = PlaylistReader(signed_in(api, user=user), spool)
    return reader.whole(reader.head(playlist_id))


def _ids(reading: Reading) -> list[str | None]:
    items = [json.loads(text)["item"] for text in reading.rows()]
    return [item and item["id"] for item in items]


def _ids_in(api: SampleApi, playlist_id: str) -> list[str | None]:
    return [row["item"] and row["item"]["id"] for row in api.catalogue.playlists[playlist_id].rows]


@pytest.mark.parametrize("track_alone", [False, True])
def test_rows_of_all_pages_come_in_order(api: SampleApi, spool: Spool, track_alone: bool) -> None:  # noqa: FBT001 - a case
    api.track_alone = track_alone
    reading = _read(api, MAIN_PLAYLIST, spool)
    key = "track" if track_alone else "item"
    items = [json.loads(text)[key] for text in reading.rows()]
    assert [item and item["id"] for item in items] == _ids_in(api, MAIN_PLAYLIST)
    assert reading.total == 197
    assert {served.query["limit"] for served in api.calls("items")} == {"50"}


def test_episodes_come_as_episodes_on_every_page(api: SampleApi, spool: Spool) -> None:
    api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: [*rows, *rows])
    items = [json.loads(text)["item"] for text in _read(api, MAIN_PLAYLIST, spool).rows()]
    episodes = [item for item in items if item and item["type"] == "episode"]
    assert len(episodes) == 6
    assert all("show" in episode for episode in episodes)


def test_a_short_playlist_costs_one_request(api: SampleApi, spool: Spool) -> None:
    reading = _read(api, SHARED_PLAYLIST, spool)
    assert _ids(reading) == _ids_in(api, SHARED_PLAYLIST)
    assert [served.endpoint for served in api.requests] == ["token", "playlist"]


@pytest.mark.parametrize("rows", [100, 101, 150, 151])
def test_no_row_is_lost_at_the_edge_of_a_page(api: SampleApi, spool: Spool, rows: int) -> None:
    api.catalogue.edit(MAIN_PLAYLIST, rows=lambda old: old[:rows])
    reading = _read(api, MAIN_PLAYLIST, spool)
    assert _ids(reading) == _ids_in(api, MAIN_PLAYLIST)
    assert reading.total == rows
    # What a playlist that has not changed is said to save is what reading it costs.
    assert len(api.requests) == len(["token", "head"]) + requests_for_rest(rows)


def test_a_large_playlist_costs_a_page_for_each_fifty_rows_more(
    api: SampleApi, spool: Spool
) -> None:
    reading = _read(api, large_playlist(api.catalogue, 420).id, spool)
    assert len(list(reading.rows())) == 420
    assert len(api.calls("items")) == 7


def test_an_empty_snapshot_id_is_none(api: SampleApi, spool: Spool) -> None:
    """In dlt's CSV both are the same to PostgreSQL."""
    api.catalogue.playlists[MAIN_PLAYLIST].document["snapshot_id"] = ""
    assert _read(api, MAIN_PLAYLIST, spool).snapshot_id is None


def test_an_empty_playlist_is_empty(api: SampleApi, spool: Spool) -> None:
    reading = _read(api, EMPTY_PLAYLIST, spool)
    assert (reading.total, list(reading.rows())) == (0, [])
    assert json.loads(reading.payload)["name"] == "nothing yet"


def test_the_payload_is_the_playlist_with_the_total_of_its_contents(
    api: SampleApi, spool: Spool
) -> None:
    reading = _read(api, MAIN_PLAYLIST, spool)
    playlist = api.catalogue.playlists[MAIN_PLAYLIST]
    contents = {"items": {"total": len(playlist.rows)}}
    assert json.loads(reading.payload) == playlist.document | contents
    assert reading.snapshot_id == playlist.document["snapshot_id"]


@pytest.mark.parametrize("pages_before", [[0], [0, 3], [0, 3, 4]])
def test_a_playlist_edited_while_paging_is_read_again(
    api: SampleApi, spool: Spool, pages_before: list[int]
) -> None:
    api.faults = [Fault("edit", "items", after=pages) for pages in pages_before]
    reading = _read(api, MAIN_PLAYLIST, spool)
    assert reading.total == 197 - len(pages_before)
    assert _ids(reading) == _ids_in(api, MAIN_PLAYLIST)
    assert reading.snapshot_id == api.catalogue.playlists[MAIN_PLAYLIST].document["snapshot_id"]


def test_a_change_of_order_alone_is_noticed_too(api: SampleApi, spool: Spool) -> None:
    def turn(catalogue: object) -> None:
        api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: list(reversed(rows)))

    api.faults = [Fault("edit", "items", edit=turn)]
    assert _ids(_read(api, MAIN_PLAYLIST, spool)) == _ids_in(api, MAIN_PLAYLIST)


def test_after_three_more_edited_readings_it_gives_up(api: SampleApi, spool: Spool) -> None:
    api.faults = [Fault("edit", "items", times=None)]
    with pytest.raises(PlaylistError, match=f"{MAIN_PLAYLIST} was edited each of the 4 times"):
        _read(api, MAIN_PLAYLIST, spool)
    first_requests = [one for one in api.calls("playlist") if "fields" not in one.query]
    assert len(first_requests) == 4


def test_a_page_that_fails_leaves_nothing_for_the_next_reading(
    api: SampleApi, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.client.TRIES", 1)
    api.faults = [Fault("status", "items", status=500, after=1, times=None)]
    with pytest.raises(SpotifyError):
        _read(api, MAIN_PLAYLIST, spool)
    assert _ids(_read(api, SHARED_PLAYLIST, spool)) == _ids_in(api, SHARED_PLAYLIST)


@pytest.mark.parametrize("user", [False, True])
def test_a_playlist_without_contents_is_not_an_empty_one(
    api: SampleApi,
    spool: Spool,
    user: bool,  # noqa: FBT001 - a case
) -> None:
    api.mode = "development"
    with pytest.raises(WithheldError, match=r"without its contents.*Development Mode"):
        _read(api, OTHERS_PLAYLIST, spool, user=user)


def test_the_users_own_playlist_is_read_in_development_mode(api: SampleApi, spool: Spool) -> None:
    api.mode = "development"
    assert _ids(_read(api, MAIN_PLAYLIST, spool, user=True)) == _ids_in(api, MAIN_PLAYLIST)


@pytest.mark.parametrize(
    ("playlist_id", "words"),
    [(PRIVATE_PLAYLIST, "not found"), ("37i9dQZF1DWWQRwui0ExPn", "not found"), ("tooshort", "400")],
)
def test_a_refused_playlist_says_why(
    api: SampleApi, spool: Spool, playlist_id: str, words: str
) -> None:
    with pytest.raises(PlaylistError, match=f"{playlist_id}.*{words}"):
        _read(api, playlist_id, spool)


def test_plain_text_in_a_refusal_is_passed_on(api: SampleApi, spool: Spool) -> None:
    api.faults = [Fault("premium_lapsed", "playlist", times=None)]
    with pytest.raises(PlaylistError, match="Active premium subscription required"):
        _read(api, MAIN_PLAYLIST, spool)
