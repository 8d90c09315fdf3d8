"""Every chart is drawn, and its marks are the marts' numbers."""

from collections.abc import Callable

import pytest
from browsing import Opener, Report
from drawn import agree, numbers, proportional, texts
from playwright.sync_api import Page
from postgres_server import query

from sample_api import MAIN_PLAYLIST

CHARTS = 10
TOP = 10


@pytest.fixture(scope="module")
def page(open_once: Opener, report: Report) -> Page:
    return open_once(report.page, MAIN_PLAYLIST).page


@pytest.fixture(scope="module")
def mart(report: Report) -> Callable[..., list[tuple]]:
    """Asks for columns of a view, of the main playlist."""

    def rows(columns: str, view: str, rest: str = "") -> list[tuple]:
        sql = f"select {columns} from spotify_marts.{view} where playlist_id = %s {rest}"
        return query(report.database, sql, MAIN_PLAYLIST)

    return rows


def test_no_chart_is_empty(page: Page) -> None:
    charts = page.locator("figure")
    assert charts.count() == CHARTS
    for chart in charts.all():
        marks = chart.locator("svg").locator("rect, circle, line")
        assert marks.count() > 0, chart.get_attribute("data-chart")


def test_top_artists_have_bars_as_long_as_their_tracks_are_many(page: Page, mart: Callable) -> None:
    artists = mart(
        "artist_name, count_tracks",
        "top_5_most_popular_artists_contribution",
        "order by artist_rank",
    )
    widths = numbers(page, "top-artists", 'g[data-mark="bar"] rect', "width")
    assert proportional(widths, [count for _, count in artists])
    shown = texts(page, "top-artists")
    assert [name for name, _ in artists] == shown[: len(artists)]
    for (_, count), words in zip(artists, shown[len(artists) :], strict=True):
        assert words.startswith(f"{count} track")


def test_artists_stand_beside_their_tracks(page: Page, mart: Callable) -> None:
    artists = mart(
        "artist_popularity, avg_track_popularity",
        "top_5_most_popular_artists_contribution",
        "order by artist_rank",
    )
    widths = numbers(page, "artists-and-tracks", 'g[data-mark="bar"] rect', "width")
    assert proportional(widths, [float(average) for _, average in artists])
    ticks = numbers(page, "artists-and-tracks", 'g[data-mark="tick"] line', "x1")
    assert agree(ticks, [popularity for popularity, _ in artists])


def test_the_most_popular_tracks_have_bars_and_lengths(page: Page, mart: Callable) -> None:
    tracks = mart(
        "track_popularity, duration_mm_ss",
        "most_popular_tracks_with_duration",
        f"order by popularity_rank, track_name, track_id limit {TOP}",
    )
    widths = numbers(page, "popular-tracks", 'g[data-mark="bar"] rect', "width")
    assert proportional(widths, [popularity for popularity, _ in tracks])
    labels = texts(page, "popular-tracks")[TOP:]
    assert labels == [f"{popularity} · {length}" for popularity, length in tracks]


def test_every_track_is_a_dot_by_length_and_popularity(page: Page, mart: Callable) -> None:
    tracks = mart(
        "duration_minutes, track_popularity",
        "most_popular_tracks_with_duration",
        "and track_popularity is not null and duration_minutes is not null "
        "order by popularity_rank, track_name, track_id",
    )
    for attribute, values in zip(("cx", "cy"), zip(*tracks, strict=True), strict=True):
        pixels = numbers(page, "popularity-and-length", "circle", attribute)
        assert agree(pixels, [float(value) for value in values]), attribute


def test_release_months_have_dots_and_stems(page: Page, mart: Callable) -> None:
    months = mart(
        "count_tracks, avg_track_popularity",
        "track_popularity_trend_by_release_year_month",
        "and release_month is not null order by release_year desc, release_month desc",
    )
    counts = [count for count, _ in months]
    tops = numbers(page, "tracks-by-month", 'g[data-mark="rule"] line', "y2")
    assert agree(tops[: len(counts)], counts)
    # Larger dots come first, so that they hide none.
    known = sorted(
        ((count, float(average)) for count, average in months if average is not None),
        key=lambda month: -month[0],
    )
    middles = numbers(page, "release-months", "circle", "cy")
    assert agree(middles, [average for _, average in known])
    areas = [radius**2 for radius in numbers(page, "release-months", "circle", "r")]
    assert proportional(areas, [count for count, _ in known])


def test_each_release_year_has_a_line_at_the_average_of_its_tracks(
    page: Page, report: Report
) -> None:
    years = query(
        report.database,
        "select sum(count_tracks * avg_track_popularity) / sum(count_tracks) "
        "from spotify_marts.track_popularity_trend_by_release_year_month "
        "where playlist_id = %s and release_month is not null "
        "group by release_year order by release_year desc",
        MAIN_PLAYLIST,
    )
    heights = numbers(page, "release-months", 'g[data-mark="rule"] line', "y1")
    assert agree(heights, [float(average) for (average,) in years])


def test_tracks_stand_against_their_albums(page: Page, mart: Callable) -> None:
    tracks = mart(
        "album_popularity, track_popularity, track_minus_album_popularity",
        "album_track_popularity_comparison",
        "and track_minus_album_popularity is not null "
        "order by album_rank, album_name, album_id, track_popularity desc nulls last, track_id",
    )
    albums, own, differences = zip(*tracks, strict=True)
    assert agree(numbers(page, "albums-and-tracks", "circle", "cx"), albums)
    assert agree(numbers(page, "albums-and-tracks", "circle", "cy"), own)
    ordered = sorted(differences, reverse=True)
    extremes = [*ordered[: TOP // 2], *ordered[-TOP // 2 :]]
    widths = numbers(page, "outperformers", 'g[data-mark="bar"] rect', "width")
    assert proportional(widths, [abs(difference) for difference in extremes])


def test_the_largest_genres_have_bars(page: Page, mart: Callable) -> None:
    genres = mart(
        "genre, count_tracks",
        "genre_summary",
        f"and genre <> 'no genre' order by count_tracks desc, genre limit {TOP}",
    )
    widths = numbers(page, "genres", 'g[data-mark="bar"] rect', "width")
    assert proportional(widths, [count for _, count in genres])
    assert texts(page, "genres")[:TOP] == [genre for genre, _ in genres]


def test_the_artists_with_most_tracks_have_bars(page: Page, mart: Callable) -> None:
    counts = mart(
        "count(distinct track_id)",
        "genre_track_and_artist_details",
        f"and artist_id is not null group by artist_id order by 1 desc limit {TOP}",
    )
    widths = numbers(page, "artists", 'g[data-mark="bar"] rect', "width")
    assert proportional(widths, [count for (count,) in counts])
