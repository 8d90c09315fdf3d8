"""A report on two of the sample's playlists, and a browser to open it with."""

from collections.abc import Callable, Iterator

import pytest
from browsing import CHROMIUM, FLAGS, Opener, Report, opener
from command_line import CommandLine
from playwright.sync_api import Browser, sync_playwright
from postgres_server import Database, PostgresServer

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST


@pytest.fixture(scope="session")
def report(new_elt: Callable[[], CommandLine], loaded: Callable[..., Database]) -> Report:
    """Made once; nobody changes its database."""
    elt, database = new_elt(), loaded(MAIN_PLAYLIST, SHARED_PLAYLIST)
    finished = elt("report", database=database)
    assert finished.code == 0, finished.output
    return Report(elt, database, elt.folder / "report" / "index.html")


@pytest.fixture
def marts(report: Report, embedded_server: PostgresServer) -> Database:
    """A copy of the report's database, to add invented playlists to."""
    return embedded_server.new_database(template=report.database["PGDATABASE"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    if CHROMIUM is None:
        pytest.skip("The report is tested in Chromium, and none is installed here.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def open_once(browser: Browser) -> Iterator[Opener]:
    """Opens a page that several tests only look at."""
    with opener(browser) as open_page:
        yield open_page


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Opens a page of the test's own."""
    with opener(browser) as open_page:
        yield open_page
