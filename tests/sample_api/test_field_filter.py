"""The `fields` filter, as Spotify documents it and as spotipy's users write it."""

from collections.abc import Callable

import pytest

from sample_api import MAIN_PLAYLIST, OTHERS_PLAYLIST, SampleApi, fields

DOCUMENT = {
    "name": "n",
    "uri": "u",
    "owner": {"id": "o", "uri": "ou"},
    "items": [
        {"added_at": "t", "item": {"name": "a", "href": "h", "album": {"name": "x", "href": "y"}}},
        {"added_at": None, "item": None},
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,uri", {"name": "n", "uri": "u"}),
        ("owner.id", {"owner": {"id": "o"}}),
        ("owner(id),name", {"name": "n", "owner": {"id": "o"}}),
        ("items.added_at", {"items": [{"added_at": "t"}, {"added_at": None}]}),
        ("items(item.name)", {"items": [{"item": {"name": "a"}}, {"item": None}]}),
        (
            "items(added_at, item(album(!href)))",
            {
                "items": [
                    {"added_at": "t", "item": {"album": {"name": "x"}}},
                    {"added_at": None, "item": None},
                ]
            },
        ),
        (
            "items.item.album(!name,href)",
            {"items": [{"item": {"album": {}}}, {"item": None}]},
        ),
        ("!items,owner", {"name": "n", "uri": "u"}),
        ("!items,owner.uri", {"name": "n", "uri": "u", "owner": {"id": "o"}}),
        ("name,!uri", {"name": "n"}),
        ("owner.id,owner.uri", {"owner": {"id": "o", "uri": "ou"}}),
        ("unknown,name.deeper", {"name": "n"}),
    ],
)
def test_a_filter_selects(text: str, expected: object) -> None:
    assert fields.parse(text).of(DOCUMENT) == expected


@pytest.mark.parametrize("text", ["items(", "items)", "a,,b", "a..b", "a.", "(a)", "a(b)c", "a;b"])
def test_what_is_no_filter_is_refused(text: str, api: SampleApi, app: Callable) -> None:
    with pytest.raises(ValueError, match=r".+"):
        fields.parse(text)
    response = app(api).get(f"/playlists/{MAIN_PLAYLIST}", fields=text)
    assert response.status_code == 400


def test_a_filtered_playlist_is_small(api: SampleApi, app: Callable) -> None:
    response = app(api).get(f"/playlists/{MAIN_PLAYLIST}", fields="snapshot_id,items.total")
    assert response.json().keys() == {"snapshot_id", "items"}
    assert response.json()["items"] == {"total": 197}


def test_filtering_brings_back_nothing_that_the_mode_withholds(
    api: SampleApi, user: Callable
) -> None:
    api.mode = "development"
    client = user(api)
    asked = "items(item(popularity,name)),name"
    assert client.get(f"/playlists/{OTHERS_PLAYLIST}", fields=asked).json().keys() == {"name"}
    page = client.get(f"/playlists/{MAIN_PLAYLIST}/items", fields=asked).json()
    assert page["items"][0]["item"].keys() == {"name"}


def test_spotipy_passes_the_filter_on(api: SampleApi, spotify: Callable) -> None:
    found = spotify(api).playlist_items(MAIN_PLAYLIST, fields="total,items(item(!album))")
    assert found["total"] == 197
    assert "album" not in found["items"][0]["item"]
