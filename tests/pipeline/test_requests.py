"""Requests are the cost: a run makes no more of them than it must."""

from math import ceil

from postgres_server import query
from runs import Run

ROWS, EMBEDDED_ROWS, PAGE = 197, 100, 50
ARTISTS_A_BATCH, ALBUMS_A_BATCH = 50, 20
BESIDE_PAGES_AND_BATCHES = 4  # a token, the playlist, its snapshot again, one to spare
PAGES = ceil((ROWS - EMBEDDED_ROWS) / PAGE)


def _artists_and_albums(run: Run) -> tuple[int, int]:
    ((artists, albums),) = query(
        run.database,
        "select (select count(*) from spotify_marts.artists), "
        "(select count(*) from spotify_marts.albums)",
    )
    return artists, albums


def test_a_first_run_in_extended_mode_asks_in_batches(extended: Run) -> None:
    artists, albums = _artists_and_albums(extended)
    batches = ceil(artists / ARTISTS_A_BATCH) + ceil(albums / ALBUMS_A_BATCH)
    assert len(extended.served) <= BESIDE_PAGES_AND_BATCHES + PAGES + batches
    assert extended.count("artists", "albums") == batches
    assert extended.count("artist", "album", "tracks") == 0


def test_a_first_run_in_development_mode_asks_for_artists_only(development: Run) -> None:
    artists, _ = _artists_and_albums(development)
    assert len(development.served) <= BESIDE_PAGES_AND_BATCHES + PAGES + artists
    assert development.count("artist") == artists
    assert development.count("album", "albums", "tracks") == 0


def test_there_is_no_second_batch_after_a_refusal(development: Run) -> None:
    batches = [served for served in development.served if served.endpoint in {"artists", "albums"}]
    assert [served.status for served in batches] == [403]


def test_nothing_is_asked_for_twice(in_each_mode: Run) -> None:
    asked = [
        (served.path, tuple(sorted(served.query.items())))
        for served in in_each_mode.served
        if served.endpoint not in {"token", "playlist"}
    ]
    assert len(asked) == len(set(asked))


def test_pages_are_fetched_side_by_side(in_each_mode: Run) -> None:
    assert in_each_mode.count("items") == PAGES
    assert any(served.concurrent for served in in_each_mode.served if served.endpoint == "items")


def test_nothing_is_refused_in_extended_mode(extended: Run) -> None:
    assert {served.status for served in extended.served} == {200}
