"""A sign-in under way: the process of `spotify-elt login`, and the browser that it waits for."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from command_line import Finished
from postgres_server import free_port
from waiting import PATIENCE

from sample_api import SampleApi

NO_BROWSER = {"BROWSER": "true"}  # the program that does nothing


class SignIn:
    """A sign-in under way.

    Attributes:
        redirect_uri: where it waits for the answer.
        url: what it asks the user to open.
    """

    def __init__(self, process: subprocess.Popen[str], redirect_uri: str) -> None:
        self._process = process
        self.redirect_uri = redirect_uri
        self._told = ""
        self.url = ""
        for line in process.stderr or ():
            self._told += line
            if line.startswith("http"):
                self.url = line.strip()
                break

    @property
    def state(self) -> str:
        """What the answer must carry."""
        return parse_qs(urlsplit(self.url).query)["state"][0]

    def browse(self) -> requests.Response:
        """Open the address as a browser does, and follow where it leads."""
        return requests.get(self.url, timeout=PATIENCE)

    def answer(self, **query: str) -> requests.Response:
        """Answer in Spotify's place."""
        return requests.get(self.redirect_uri, query, timeout=PATIENCE)

    @property
    def waits(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def finished(self) -> Finished:
        """Wait for its end."""
        stdout, stderr = self._process.communicate(timeout=PATIENCE)
        finished = Finished(self._process.returncode, stdout, self._told + stderr)
        assert "Traceback" not in finished.output, finished.output
        return finished


@contextmanager
def signing_in(
    elt: Any, api: SampleApi, *arguments: str, environment: Mapping[str, str | None] | None = None
) -> Iterator[SignIn]:
    """Start `spotify-elt login` and yield it when it waits for the browser."""
    uri = f"http://127.0.0.1:{free_port()}/callback"
    variables = {**NO_BROWSER, "SPOTIPY_REDIRECT_URI": uri, **(environment or {})}
    process = elt.start("login", *arguments, api=api, environment=variables)
    try:
        yield SignIn(process, str(variables["SPOTIPY_REDIRECT_URI"]))
    finally:
        process.kill()
        process.wait()
