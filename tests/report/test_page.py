"""The page in a browser: complete in itself, usable by mouse, keyboard and screen reader."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import NARROW, WIDE, Opener, Report
from playwright.sync_api import Locator, Page, expect
from postgres_server import query

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST

FIRST_ROWS = 10
HALF_A_SHEET = 340  # pixels
SERIOUS = {"serious", "critical"}


@pytest.fixture
def page(opened: Opener, report: Report) -> Page:
    """The main playlist, and at the end no complaint and no request."""
    return opened(report.page, MAIN_PLAYLIST).page


def tracks_table(page: Page) -> Locator:
    return page.locator("section", has=page.locator("#question-2")).locator(".table")


def column(table: Locator, number: int) -> list[str]:
    return table.locator(f"tbody tr > :nth-child({number})").all_text_contents()


def test_it_complains_of_nothing_and_asks_nobody_for_anything(
    opened: Opener, report: Report
) -> None:
    one = opened(report.page, MAIN_PLAYLIST)
    one.page.locator("circle").first.hover()
    one.page.set_viewport_size(NARROW)
    one.page.locator("#playlist").select_option(SHARED_PLAYLIST)
    one.page.emulate_media(media="print", color_scheme="dark")
    assert (one.complaints, one.requests) == ([], [])


def test_its_policy_refuses_every_script_but_its_own(page: Page) -> None:
    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    refused = page.evaluate("""async () => {
        const refused = [];
        addEventListener("securitypolicyviolation",
            (event) => refused.push(event.effectiveDirective));
        const script = document.createElement("script");
        script.textContent = "document.title = 'hacked'";
        const image = new Image();
        image.src = "https://example.com/pixel.png";
        document.body.append(script, image);
        await new Promise((resolve) => setTimeout(resolve, 200));
        return refused;
    }""")
    assert sorted(refused) == ["img-src", "script-src-elem"]
    assert page.title() != "hacked"


def test_the_headline_is_the_playlists(page: Page, report: Report) -> None:
    ((tracks, popularity, hours, name),) = query(
        report.database,
        "select count(*), round(avg(track_popularity), 1), "
        "round(sum(track_duration_ms) / 3600000.0, 1), min(playlist_name) "
        "from spotify_marts.playlist_tracks where playlist_id = %s",
        MAIN_PLAYLIST,
    )
    facts = dict(
        zip(
            page.locator('[aria-label="Headline"] dt').all_text_contents(),
            page.locator('[aria-label="Headline"] dd').all_text_contents(),
            strict=True,
        )
    )
    assert facts["Tracks"] == str(tracks)
    assert facts["Average popularity, of 100"] == str(popularity)
    assert facts["Hours"] == str(hours)
    assert facts["Access"] == "Extended Quota Mode"
    assert page.locator("h1").text_content() == name
    assert {"Artists", "Last add", "Loaded (UTC)", "Snapshot"} <= set(facts)


def test_a_table_sorts_both_ways_with_the_unknown_last(page: Page) -> None:
    table = tracks_table(page)
    heading = table.get_by_role("columnheader", name="Length")
    for direction, wanted in (("ascending", False), ("descending", True)):
        heading.get_by_role("button").press("Enter")
        expect(heading).to_have_attribute("aria-sort", direction)
        expect(table.get_by_role("status")).to_contain_text(f"by Length, {direction}")
        lengths = [
            int(minutes) * 60 + int(seconds)
            for minutes, seconds in (length.split(":") for length in column(table, 6))
        ]
        assert lengths == sorted(lengths, reverse=wanted)
        assert len(set(lengths)) > 1
    ranks = table.get_by_role("columnheader", name="Rank").get_by_role("button")
    ranks.click()
    assert column(table, 1)[0] == "1"


def test_a_table_is_searched_and_shows_more(page: Page, report: Report) -> None:
    table = tracks_table(page)
    assert len(column(table, 1)) == FIRST_ROWS
    table.get_by_role("searchbox").fill("KETTLE mosslark")
    found = query(
        report.database,
        "select track_name from spotify_marts.most_popular_tracks_with_duration "
        "where playlist_id = %s and concat_ws(' ', track_name, artist_names, album_name) "
        "ilike all (array['%%kettle%%', '%%mosslark%%']) "
        "order by popularity_rank, track_name, track_id",
        MAIN_PLAYLIST,
    )
    assert column(table, 2) == [name for (name,) in found][:FIRST_ROWS]
    expect(table.get_by_role("status")).to_contain_text(f"{len(found)} of ")
    table.get_by_role("searchbox").fill("")
    table.get_by_role("button", name="Show").click()
    assert len(column(table, 1)) == 110


def test_the_first_screen_answers_in_short(page: Page) -> None:
    answers = page.locator("section .answer").all_text_contents()
    assert page.locator("nav p").all_text_contents() == answers
    questions = page.locator("nav li", has=page.locator("p")).locator("a").all_text_contents()
    assert len(questions) == len(set(questions)) == len(answers)
    assert page.locator("nav p").first.bounding_box()["y"] < WIDE["height"] / 2


def test_all_who_read_it_are_told_the_same_time(opened: Opener, report: Report) -> None:
    ((loaded_at,),) = query(
        report.database,
        "select loaded_at at time zone 'UTC' from spotify_marts.playlists where playlist_id = %s",
        MAIN_PLAYLIST,
    )
    page = opened(report.page, MAIN_PLAYLIST, timezone_id="Pacific/Kiritimati").page
    expected = f"{loaded_at:%b} {loaded_at.day}, {loaded_at:%Y, %H:%M}"
    assert expected in page.locator('[aria-label="Headline"]').inner_text()


def test_the_switch_changes_everything_and_can_be_linked_to(
    opened: Opener, report: Report, page: Page
) -> None:
    before = page.locator("main").inner_text()
    page.get_by_role("combobox", name="Playlist").select_option(SHARED_PLAYLIST)
    ((name, count),) = query(
        report.database,
        "select min(playlist_name), count(*) from spotify_marts.playlist_tracks "
        "where playlist_id = %s",
        SHARED_PLAYLIST,
    )
    expect(page.locator("h1")).to_have_text(name)
    assert page.locator('[data-chart="popularity-and-length"] circle').count() <= count
    assert page.locator("main").inner_text() != before
    assert page.url.endswith(f"#{SHARED_PLAYLIST}")
    linked = opened(report.page, SHARED_PLAYLIST).page
    assert linked.locator("h1").text_content() == name
    assert linked.get_by_role("combobox", name="Playlist").input_value() == SHARED_PLAYLIST


def test_names_lead_to_spotify_and_it_is_named_as_the_source(page: Page) -> None:
    links = page.locator("main table a").evaluate_all("links => links.map((link) => link.href)")
    kinds = {
        kind for kind in ("track", "artist", "album") if any(f"/{kind}/" in one for one in links)
    }
    assert kinds == {"track", "artist", "album"}
    pattern = r"https://open\.spotify\.com/(track|artist|album|playlist)/[0-9A-Za-z]{22}"
    assert [link for link in links if not re.fullmatch(pattern, link)] == []
    assert "from Spotify" in page.locator("footer").inner_text()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)])
def test_axe_finds_nothing_serious(
    opened: Opener, report: Report, scheme: str, viewport: dict[str, int]
) -> None:
    page = opened(report.page, color_scheme=scheme, viewport=viewport).page
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_landmarks_headings_and_alternatives_are_there(page: Page) -> None:
    for landmark in ("main", "header", "footer", "nav"):
        assert page.locator(landmark).count() == 1
    assert page.locator("h1").count() == 1
    for svg in page.locator("figure svg").all():
        assert svg.get_attribute("role") == "img"
        assert len(svg.get_attribute("aria-label")) > 40
    for table in page.locator("table").all():
        assert table.locator("caption").text_content()
        assert table.locator('thead th:not([scope="col"])').count() == 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answers"


def test_on_paper_it_is_black_on_white_without_controls(opened: Opener, report: Report) -> None:
    page = opened(report.page, color_scheme="dark").page
    page.emulate_media(media="print")
    colours = page.locator("html").evaluate(
        "(html) => [getComputedStyle(html).backgroundColor, getComputedStyle(html).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    for control in ("select", "input", "nav", ".more"):
        assert not page.locator(control).first.is_visible()
    chart = page.locator("figure svg").first
    wide = chart.bounding_box()["width"]
    # Two stand side by side on a sheet of A4, with words as large as on the screen.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert chart.bounding_box()["width"] == float(chart.get_attribute("width")) < HALF_A_SHEET
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert chart.bounding_box()["width"] == wide
