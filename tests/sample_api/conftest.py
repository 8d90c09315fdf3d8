"""A running sample API, and clients of it: plain requests and spotipy."""

from collections.abc import Callable, Iterator

import pytest
import requests
import spotipy
from waiting import PATIENCE

from sample_api import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, Catalogue, SampleApi

NO_RETRIES = {"retries": 0, "status_retries": 0, "status_forcelist": (599,)}


@pytest.fixture
def api() -> Iterator[SampleApi]:
    """The default sample, in extended mode."""
    with SampleApi() as running:
        yield running


@pytest.fixture
def small() -> Catalogue:
    """Two artists, an album, three tracks."""
    catalogue = Catalogue()
    artists = [catalogue.add_artist("Mosslark"), catalogue.add_artist("Plumfold", popularity=0)]
    album = catalogue.add_album("Rain Diary", artists)
    for number in range(3):
        catalogue.add_track(f"Page {number}", artists, album)
    return catalogue


class Client:
    """Plain HTTP with a bearer token, kept alive."""

    def __init__(self, api: SampleApi, form: dict[str, str]) -> None:
        self.api = api
        self.session = requests.Session()
        auth = (CLIENT_ID, CLIENT_SECRET)
        answer = requests.post(f"{api.accounts_url}/api/token", form, auth=auth, timeout=PATIENCE)
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **query: object) -> requests.Response:
        return self.session.get(f"{self.api.api_url}{path}", params=query, timeout=PATIENCE)


@pytest.fixture
def app() -> Callable[[SampleApi], Client]:
    """A client with an app token."""
    return lambda api: Client(api, {"grant_type": "client_credentials"})


@pytest.fixture
def user() -> Callable[[SampleApi], Client]:
    """A client with the signed-in user's token."""
    form = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    return lambda api: Client(api, form)


@pytest.fixture
def spotify() -> Callable[[SampleApi], spotipy.Spotify]:
    """Spotipy with an app token, pointed at the sample API."""

    def connect(api: SampleApi) -> spotipy.Spotify:
        manager = spotipy.SpotifyClientCredentials(
            CLIENT_ID, CLIENT_SECRET, cache_handler=spotipy.MemoryCacheHandler()
        )
        manager.OAUTH_TOKEN_URL = f"{api.accounts_url}/api/token"
        client = spotipy.Spotify(auth_manager=manager, **NO_RETRIES)
        client.prefix = f"{api.api_url}/"
        return client

    return connect
