"""Pages open in a browser, with all that they complained of and asked for."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from command_line import CommandLine
from playwright.sync_api import Browser, Page, expect
from postgres_server import Database
from waiting import PATIENCE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Nothing of the browser's own goes out either.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=PATIENCE * 1000)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Report:
    """A report that was made by the command.

    Attributes:
        elt: the command line that made it.
        database: the PG* variables of the marts it is about.
        page: the file.
    """

    elt: CommandLine
    database: Database
    page: Path


@dataclass
class Opened:
    """A page in the browser.

    Attributes:
        page: Playwright's.
        complaints: what the console or an exception said.
        requests: what it asked for, itself excepted.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


@contextmanager
def opener(browser: Browser) -> Iterator[Opener]:
    """Yield a function that opens `path`, at a playlist, with options of a Playwright page."""
    pages = []

    def open_page(path: Path, playlist_id: str = "", **options: Any) -> Opened:
        page = browser.new_page(**{"viewport": WIDE, **options})
        pages.append(page)
        page.set_default_timeout(PATIENCE * 1000)
        one = Opened(page)
        page.on("console", lambda message: one.complaints.append(message.text))
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (one.complaints.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: one.requests.append(request.url))
        page.goto(f"{path.as_uri()}#{playlist_id}")
        page.wait_for_selector("footer p")
        one.requests = [url for url in one.requests if not url.startswith(path.as_uri())]
        return one

    yield open_page
    for page in pages:
        page.close()
