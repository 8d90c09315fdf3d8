"""Hostile names, no popularity, a history, one track and ten thousand."""

import pytest
from browsing import Opener, Report
from drawn import agree, numbers, texts
from invented import add_history, add_playlist, id_of
from playwright.sync_api import expect
from postgres_server import Database, query

from sample_api import MAIN_PLAYLIST

MEGABYTE = 1_000_000
ODD = (
    '<script>document.title = "hacked"</script>',
    '"><img src=x onerror=alert(1)>',
    "</style></script><script>alert(2)</script>",
    "<!-- <script>",
    "javascript:alert(3)",
    "O'Brien \\\" quotes \u2028 end",
    "\u202eright to left override",
    "שלום עולם",
    "👨‍👩‍👧‍👦🎧",
    "x" * 300,
    "   ",
    "$policy ${data} {{x}}",
    "__proto__",
    "line\nbreak\ttab",
)


def odd(_kind: str, number: int) -> str:
    return ODD[number % len(ODD)]


def make(report: Report, database: Database) -> None:
    finished = report.elt("report", database=database, config={"report": "odd/page.html"})
    assert finished.code == 0, finished.output


def test_hostile_names_are_shown_and_do_nothing(
    report: Report, marts: Database, opened: Opener
) -> None:
    hostile = add_playlist(marts, "O", len(ODD), names=odd)
    make(report, marts)
    one = opened(report.elt.folder / "odd" / "page.html", hostile)
    page = one.page
    assert page.locator("h1").text_content() == ODD[0]
    answer = page.locator("section", has=page.locator("#question-2"))
    answer.locator(".more").click()
    names = answer.locator("tbody th").all_text_contents()
    shown = {name.replace("\n", " ") for name in names}
    assert {name.replace("\n", " ") for name in ODD if name.strip()} <= shown
    assert "without a name" in shown
    assert page.locator("main img, main script, main style").count() == 0
    hrefs = page.locator("a").evaluate_all("links => links.map((link) => link.protocol)")
    assert set(hrefs) <= {"https:", "file:"}
    page.locator("circle").first.hover()
    assert (one.complaints, one.requests) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_without_popularity_every_answer_has_a_chart_of_its_own(
    report: Report, marts: Database, opened: Opener
) -> None:
    quiet = add_playlist(marts, "Q", 60, popularity=False)
    make(report, marts)
    one = opened(report.elt.folder / "odd" / "page.html", quiet)
    page = one.page
    drawn = page.locator("figure").evaluate_all("all => all.map((one) => one.dataset.chart)")
    assert drawn == ["top-artists", "durations", "tracks-by-month", "albums", "artists"]
    for chart in drawn:
        assert page.locator(f'[data-chart="{chart}"] svg :is(rect, line)').count() > 0
    albums = query(
        marts,
        "select count(*) from spotify_marts.playlist_tracks where playlist_id = %s "
        "group by album_id order by 1 desc limit 10",
        quiet,
    )
    assert texts(page, "albums")[10:] == [f"{count} of 12 tracks" for (count,) in albums]
    missing = page.locator("section", has=page.locator("#missing")).inner_text()
    assert "Development Mode" in missing
    for matter in ("popularity of all 60 tracks", "popularity of all 20 albums", "genres of all"):
        assert matter in missing
    assert "Popularity" not in page.locator("thead").all_text_contents()
    assert one.complaints == []


def test_what_changed_is_told_drawn_and_listed(
    report: Report, marts: Database, opened: Opener
) -> None:
    changed = add_playlist(marts, "H", 30)
    add_history(marts, changed, "H")
    make(report, marts)
    page = opened(report.elt.folder / "odd" / "page.html", changed).page
    section = page.locator("section", has=page.locator("#changes"))
    expect(section.locator(".answer")).to_contain_text("Nov 10, 2026, 1 track came and 0 left")
    expect(section.locator(".answer")).to_contain_text("from 20 to 60")
    # One came on each of two days, upwards, and one left, downwards.
    first, second, third = sorted(numbers(page, "came-and-left", 'g[data-mark="rule"] line', "y2"))[
        :3
    ]
    assert first == second < third
    heights = numbers(page, "popularity-moves", "circle", "cy")
    assert agree(heights, [20, 45, 60])
    assert texts(page, "popularity-moves") == ["Stayed"]
    names = section.locator("tbody th").all_text_contents()
    assert names == ["Came last", "Came", "Left", "Stayed", "Stayed"]
    links = section.locator("tbody a").evaluate_all("links => links.map((link) => link.href)")
    assert links[-1].endswith(id_of("HT", 0))


def test_a_first_run_says_that_changes_are_yet_to_come(report: Report, opened: Opener) -> None:
    page = opened(report.page, MAIN_PLAYLIST).page
    section = page.locator("section", has=page.locator("#changes"))
    assert "first reading" in section.inner_text()
    assert section.locator("figure, table").count() == 0


def test_the_profile_and_the_overlap_are_the_marts(report: Report, opened: Opener) -> None:
    page = opened(report.page, MAIN_PLAYLIST).page
    ((albums, shared),) = query(
        report.database,
        "select count_albums, count_shared_tracks from spotify_marts.playlist_profile "
        "inner join spotify_marts.playlist_overlap using (playlist_id) where playlist_id = %s",
        MAIN_PLAYLIST,
    )
    section = page.locator("section", has=page.locator("#profile"))
    fact = section.locator("dl > div", has=page.get_by_text("Albums", exact=True))
    assert fact.locator("dd").text_content() == str(albums)
    assert section.locator("tbody td").first.text_content() == str(shared)


@pytest.mark.parametrize(
    "older",
    [
        "drop table spotify_marts.playlist_profile cascade",
        "drop view spotify_marts.playlist_completeness cascade",
        "alter table spotify_marts.playlist_changes drop column came_at",
    ],
)
def test_marts_of_an_older_version_are_to_be_built_anew(
    report: Report, marts: Database, older: str
) -> None:
    query(marts, older)
    finished = report.elt("report", database=marts)
    assert finished.code == 1, finished.output
    assert "of this version yet: run `spotify-elt run`" in finished.last_line


@pytest.mark.parametrize(("count", "megabytes"), [(0, 1), (1, 1), (5, 1), (200, 3), (10_000, 10)])
def test_a_playlist_of_any_size_has_a_page_of_a_size_to_send(
    report: Report, marts: Database, opened: Opener, count: int, megabytes: int
) -> None:
    for table in ("playlists", "playlist_profile", "playlist_tracks", "playlist_entries"):
        query(marts, f"delete from spotify_marts.{table}")
    add_playlist(marts, "S", count)
    make(report, marts)
    path = report.elt.folder / "odd" / "page.html"
    assert path.stat().st_size < megabytes * MEGABYTE
    one = opened(path)
    empty = one.page.locator("figure:not(:has(rect, circle))")
    drawn = one.page.locator("figure").count()
    assert (drawn > 0, empty.count()) == (count > 0, 1 if count else 0)  # stems are lines
    assert one.page.get_by_text("There are no tracks to answer from").count() == (
        0 if count else 2  # in short, and as the answer to all five
    )
    assert (one.complaints, one.requests) == ([], [])
