"""Artists and albums: in batches where Spotify permits them, singly where not."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from spotify_client import signed_in
from waiting import all_at_once

from loader.entities import Entities, Entity
from loader.errors import SpotifyError
from loader.references import References, track_of
from sample_api import Catalogue, Fault, SampleApi, identifier, local_file, row

UNKNOWN = identifier("artist", "deleted")


@pytest.fixture
def api() -> Iterator[SampleApi]:
    catalogue = Catalogue()
    artists = [catalogue.add_artist(f"Artist {number}") for number in range(120)]
    for number in range(45):
        catalogue.add_album(f"Album {number}", [artists[number]])
    with SampleApi(catalogue) as running:
        yield running


def _entities(api: SampleApi) -> Entities:
    return Entities(signed_in(api))


def _ids(found: Iterable[Entity]) -> list[str]:
    return [entity.id for entity in found]


def test_batches_hold_as_many_as_spotify_allows_and_keep_the_order(api: SampleApi) -> None:
    entities = _entities(api)
    artists, albums = list(api.catalogue.artists), list(api.catalogue.albums)
    assert _ids(entities.read("artists", artists)) == artists
    assert _ids(entities.read("albums", albums)) == albums
    sizes = [len(served.query["ids"].split(",")) for served in api.requests[1:]]
    assert sorted(sizes, reverse=True) == [50, 50, 20, 20, 20, 5]
    assert not entities.not_found


def test_the_payload_is_the_apis_json(api: SampleApi) -> None:
    found = _entities(api).read("albums", api.catalogue.albums)
    assert {one.id: json.loads(one.payload) for one in found} == api.catalogue.albums


def test_after_a_refusal_each_is_asked_for_alone_side_by_side(api: SampleApi) -> None:
    api.mode = "development"
    api.faults = [all_at_once("artist", requests=4)]
    entities, artists = _entities(api), list(api.catalogue.artists)
    assert _ids(entities.read("artists", artists)) == artists
    assert len(list(entities.read("albums", list(api.catalogue.albums)))) == 45
    assert len(api.calls("artists")) == 1
    assert len(api.calls("albums")) == 0
    assert len(api.calls("artist")) == 120
    assert max(served.in_flight for served in api.calls("artist")) == 4


def test_the_first_batch_goes_alone(api: SampleApi) -> None:
    list(_entities(api).read("artists", api.catalogue.artists))
    first, *others = api.calls("artists")
    assert all(other.started >= first.finished for other in others)


def test_nothing_is_asked_for_nothing(api: SampleApi) -> None:
    assert list(_entities(api).read("artists", [])) == []
    assert [served.endpoint for served in api.requests] == ["token"]


@pytest.mark.parametrize("mode", ["extended", "development"])
def test_what_spotify_no_longer_has_is_left_out_and_counted(api: SampleApi, mode: str) -> None:
    api.mode = mode
    entities, (first, second, *_) = _entities(api), api.catalogue.artists
    found = _ids(entities.read("artists", [first, UNKNOWN, second]))
    assert found == [first, second]
    assert entities.not_found == {"artists": 1}


def test_a_null_in_a_batch_leaves_its_neighbours_alone(api: SampleApi) -> None:
    api.faults = [Fault("null_member", "albums", position=2)]
    albums = list(api.catalogue.albums)
    found = _ids(_entities(api).read("albums", albums))
    assert found == albums[:2] + albums[3:]


def test_an_outage_is_no_refusal_of_batches(
    api: SampleApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loader.client.TRIES", 1)
    api.faults = [Fault("status", "artists", times=None, status=500)]
    with pytest.raises(SpotifyError, match="500"):
        list(_entities(api).read("artists", api.catalogue.artists))
    assert not api.calls("artist")


@pytest.mark.parametrize("key", ["item", "track"])
def test_a_track_is_found_under_the_new_key_and_the_old(key: str) -> None:
    track = {"type": "track", "id": "x", "is_local": False, "episode": False, "track": True}
    assert track_of({"is_local": False, key: track}) == track


def test_an_item_without_a_type_is_a_track_as_dbt_takes_it() -> None:
    assert track_of({"item": {"id": "x"}}) == {"id": "x"}


def test_a_track_is_found_by_its_id_in_the_playlist_and_with_a_blank_name() -> None:
    for track in ({"id": None, "linked_from": {"id": "x"}}, {"id": "x", "name": ""}):
        assert track_of({"item": track}) == track
    blank = {"id": "x", "name": "", "duration_ms": 1}
    assert track_of({"item": blank}) == blank


@pytest.mark.parametrize(
    "odd",
    [
        {"item": None, "track": {"type": "track", "id": "the old key is not asked"}},
        {"item": {"type": "episode", "id": "x", "track": True}},
        {"item": {"type": "track", "id": None}},
        {"item": {"type": "track", "id": ""}},
        {"is_local": True, "item": {"type": "track", "id": "x"}},
        {"item": {"type": "track", "id": "x", "is_local": True}},
        {"item": {"type": "track", "id": "x", "name": "", "duration_ms": 0}},
        {"item": {"type": "track", "id": None, "uri": "spotify:track:null", "name": ""}},
        {"added_at": None},
        row(local_file("memo.mp3")),
    ],
)
def test_other_rows_hold_no_track(odd: dict[str, Any]) -> None:
    assert track_of(odd) is None


def _row(track_id: str, artists: list[str | None], album: str | None, **fields: Any) -> str:
    album_object = {"id": album, "name": f"of {track_id}"}
    track = {
        "type": "track",
        "id": track_id,
        "artists": [{"id": one} for one in artists],
        "album": album_object,
        **fields,
    }
    return json.dumps({"item": track})


def test_references_are_noted_once_in_the_order_of_first_sight() -> None:
    references = References()
    references.add(_row("1", ["b", "a", "b"], "y", popularity=0))
    references.add(_row("2", [None, "c", "a"], "x", popularity=None))
    references.add(_row("3", ["c"], None, popularity=5))
    references.add(json.dumps(row(None)))
    assert list(references.artists) == ["b", "a", "c"]
    assert list(references.albums) == ["y", "x"]
    assert list(references.carried_albums()) == []
    assert references.access_mode == "extended"


def test_albums_of_tracks_without_popularity_are_taken_from_the_rows() -> None:
    references = References()
    for one in (_row("1", ["a"], "x"), _row("2", ["a"], "x"), _row("3", ["a"], "y")):
        references.add(one)
    assert not references.albums
    found = [(one, json.loads(text)["name"]) for one, text in references.carried_albums()]
    assert found == [("x", "of 1"), ("y", "of 3")]
    assert references.access_mode == "development"


def test_an_album_that_is_asked_for_is_not_taken_from_the_rows() -> None:
    references = References()
    for one in (_row("1", ["a"], "x"), _row("2", ["a"], "x", popularity=1), _row("3", ["a"], "y")):
        references.add(one)
    assert list(references.albums) == ["x"]
    assert [one for one, _ in references.carried_albums()] == ["y"]


def test_without_a_track_nobody_knows_the_access_mode() -> None:
    references = References()
    references.add(json.dumps(row(local_file("memo.mp3"))))
    assert references.access_mode is None
