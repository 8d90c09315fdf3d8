"""When the page is made, and what becomes of a run when it cannot be."""

import json
import re
from pathlib import Path

import pytest
from browsing import Report
from command_line import CommandLine
from postgres_server import PASSWORD, Database, PostgresServer, query

from sample_api import CLIENT_SECRET, MAIN_PLAYLIST, SHARED_PLAYLIST, SampleApi

VENDOR = Path(__file__).parents[2] / "spotify_elt" / "report" / "vendor"
CONFIG = {"playlists": [MAIN_PLAYLIST, SHARED_PLAYLIST]}


def data_of(path: Path) -> dict:
    html = path.read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html)
    return json.loads(found[1])


def test_it_is_about_every_playlist(report: Report) -> None:
    told = data_of(report.page)
    heads = {one["head"]["playlist_id"] for one in told["playlists"]}
    assert heads == {MAIN_PLAYLIST, SHARED_PLAYLIST}
    assert not told["sample"]


def test_no_secret_reaches_it(report: Report) -> None:
    html = report.page.read_text(encoding="utf-8")
    for secret in (CLIENT_SECRET, PASSWORD):
        assert secret not in html


def test_a_run_that_changed_nothing_makes_only_a_missing_one(
    elt: CommandLine, marts: Database, extended_api: SampleApi
) -> None:
    page = elt.folder / "report" / "index.html"
    skipped = elt("run", database=marts, api=extended_api, config=CONFIG)
    assert skipped.code == 0, skipped.output
    assert "Report    report/index.html" in skipped.stdout
    assert data_of(page)["playlists"]
    page.write_text("old")
    elt("run", database=marts, api=extended_api)
    assert page.read_text() == "old"


def test_a_run_is_good_without_it(
    elt: CommandLine, marts: Database, extended_api: SampleApi
) -> None:
    config = {**CONFIG, "report": "taken/index.html"}
    (elt.folder / "taken").write_text("a file, where the report wants a folder")
    run = elt("run", database=marts, api=extended_api, config=config)
    assert run.code == 0, run.output
    assert "No report was made, the answers are good" in run.stderr
    by_hand = elt("report", database=marts)
    assert by_hand.code == 1
    assert "taken/index.html" in by_hand.last_line
    query(marts, "drop view spotify_marts.genre_summary")
    broken = elt("report", database=marts)
    assert broken.code == 1, broken.output


def test_it_can_be_switched_off(elt: CommandLine, marts: Database, extended_api: SampleApi) -> None:
    config = {**CONFIG, "report": False}
    run = elt("run", database=marts, api=extended_api, config=config)
    assert run.code == 0, run.output
    assert not (elt.folder / "report").exists()
    assert "Report" not in run.stdout
    by_hand = elt("report", database=marts)
    assert by_hand.code == 2
    assert "report: false" in by_hand.last_line


def test_before_the_first_run_there_is_nothing_to_report(
    elt: CommandLine, embedded_server: PostgresServer
) -> None:
    finished = elt("report", database=embedded_server.new_database())
    assert finished.code == 1
    assert "spotify-elt run" in finished.last_line


def test_a_link_to_a_folder_that_is_not_there_yet_is_followed(
    elt: CommandLine, marts: Database, tmp_path: Path
) -> None:
    (elt.folder / "report").symlink_to(tmp_path / "volume" / "report")
    finished = elt("report", database=marts)
    assert finished.code == 0, finished.output
    assert [one.name for one in (tmp_path / "volume" / "report").iterdir()] == ["index.html"]


@pytest.mark.parametrize("bad", ["", 7, True])
def test_a_setting_that_names_no_file_is_refused(elt: CommandLine, bad: object) -> None:
    finished = elt("report", config={"report": bad})
    assert finished.code == 2, finished.output
    assert "report" in finished.last_line


def test_what_is_other_peoples_is_of_the_version_it_should_be_and_licensed() -> None:
    package = json.loads((VENDOR / "package.json").read_text())
    for name, version in package["dependencies"].items():
        code = (VENDOR / f"{name.rpartition('/')[2]}.js").read_text(encoding="utf-8")
        assert f" v{version} Copyright" in code
        assert "Permission to use, copy, modify" in code[:500]
