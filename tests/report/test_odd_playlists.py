"""Hostile names, no popularity, a history, one track and ten thousand."""

import pytest
from browsing import Opener, Report
from drawn import agree, numbers, texts
from invented import add_history, add_playlist, id_of
from playwright.sync_api import Locator, Page, expect
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


def headline(page: Page) -> Locator:
    return page.locator('[aria-label="Headline"]')


def test_playlists_of_one_name_are_told_apart_in_the_switch(
    report: Report, marts: Database, opened: Opener
) -> None:
    named = {"U": ("mix", "Ann"), "V": ("Mix", "Ann"), "W": ("Mix", "Bob"), "X": ("Mix", "Ann")}
    named |= {"Y": ("Ärger", "Ann"), "Z": ("zebra", "Ann")}
    for prefix, (name, owner) in named.items():
        playlist_id = add_playlist(marts, prefix, 1)
        for mart in ("playlists", "playlist_profile"):
            rename = f"update spotify_marts.{mart} set playlist_name = %s where playlist_id = %s"
            query(marts, rename, name, playlist_id)
        owned = "update spotify_marts.playlists set owner_name = %s where playlist_id = %s"
        query(marts, owned, owner, playlist_id)
    make(report, marts)
    page = opened(report.elt.folder / "odd" / "page.html", id_of("WP", 0)).page
    options = page.locator("#playlist option").all_text_contents()
    shown = [one.translate({0x2068: None, 0x2069: None}) for one in options]
    assert {"mix", "Mix (VP0000)", "Mix by Bob", "Mix (XP0000)"} < set(shown)
    assert len(set(shown)) == len(shown) == len(named) + 2
    assert shown[0] == "Ärger"
    assert shown[-1] == "zebra"
    assert [one[:3].lower() for one in shown].count("mix") == 4
    expect(page.get_by_role("combobox", name="Playlist")).to_have_value(id_of("WP", 0))


def test_ids_that_begin_alike_are_told_apart_too(
    report: Report, marts: Database, opened: Opener
) -> None:
    add_playlist(marts, "37i9dQZF1DXa", 1)
    add_playlist(marts, "37i9dQZF1DXb", 1)
    make(report, marts)
    page = opened(report.elt.folder / "odd" / "page.html").page
    options = " ".join(page.locator("#playlist option").all_text_contents())
    assert "(37i9dQZF1DXa)" in options
    assert "(37i9dQZF1DXb)" in options


def test_the_20_nearest_playlists_are_listed(
    report: Report, marts: Database, opened: Opener
) -> None:
    near, far = add_playlist(marts, "N", 3), 21
    for number in range(far):
        query(
            marts,
            "insert into spotify_marts.playlist_overlap (playlist_id, other_playlist_id, "
            "other_playlist_name, count_shared_tracks, jaccard_of_tracks, answer_order) "
            "values (%s, %s, %s, 1, %s, %s)",
            *(near, f"other {number}", f"Other {number}", (99 - number) / 100, number + 1),
        )
    make(report, marts)
    page = opened(report.elt.folder / "odd" / "page.html", near).page
    section = page.locator("section", has=page.locator("#profile"))
    assert section.locator("h3").text_content() == "What it shares with the 20 nearest playlists"
    section.locator(".more").click()
    names = section.locator("tbody th").all_text_contents()
    assert names == [f"Other {number}" for number in range(20)]


def test_a_playlist_without_tracks_has_the_access_mode_of_those_read_with_it(
    report: Report, marts: Database, opened: Opener
) -> None:
    empty = add_playlist(marts, "E", 0)
    make(report, marts)
    path = report.elt.folder / "odd" / "page.html"
    expect(headline(opened(path, empty).page)).to_contain_text("Extended Quota Mode")
    add_playlist(marts, "Q", 3, popularity=False)  # at the same time, which the others were not
    make(report, marts)
    expect(headline(opened(path, empty).page)).to_contain_text("Development Mode")
    expect(headline(opened(path, MAIN_PLAYLIST).page)).to_contain_text("Extended Quota Mode")


@pytest.mark.parametrize(("count", "times"), [(1, 0), (2, 1)])
def test_that_a_fifth_of_the_tracks_is_not_available_is_said_once(
    report: Report, marts: Database, opened: Opener, count: int, times: int
) -> None:
    old = add_playlist(marts, "L", 10)
    query(
        marts,
        "update spotify_marts.playlist_profile set count_tracks_not_available = %s "
        "where playlist_id = %s",
        *(count, old),
    )
    make(report, marts)
    page = opened(report.elt.folder / "odd" / "page.html", old).page
    told = page.get_by_text(f"{count} of 10 tracks are not available")
    expect(told).to_have_count(times)
    if times:
        expect(headline(page)).to_contain_text("with a `market` in pipeline.yml")
    fact = page.locator("dl > div", has=page.get_by_text("Tracks that cannot be played"))
    assert fact.locator("dd").text_content() == str(count)


def test_the_only_thing_of_a_kind_is_called_so(
    report: Report, marts: Database, opened: Opener
) -> None:
    one = add_playlist(marts, "T", 1, popularity=False)
    make(report, marts)
    page = opened(report.elt.folder / "odd" / "page.html", one).page
    missing = page.locator("section", has=page.locator("#missing"))
    expect(missing).to_contain_text("The popularity of the only track.")


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
