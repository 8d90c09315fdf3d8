"""The accounts service: tokens, refresh, consent (SPOTIFY_API.md, sections 3 and 5)."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import spotipy
from waiting import PATIENCE

from sample_api import (
    CLIENT_ID,
    CLIENT_SECRET,
    MAIN_PLAYLIST,
    REFRESH_TOKEN,
    Catalogue,
    SampleApi,
    Tokens,
)

REDIRECT = "http://127.0.0.1:8080/callback"
CONSENT = {
    "client_id": CLIENT_ID,
    "response_type": "code",
    "redirect_uri": REDIRECT,
    "scope": "playlist-read-private playlist-read-collaborative",
    "state": "x&y",
}
REFRESH = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}


def post(
    api: SampleApi,
    form: dict[str, str],
    auth: tuple[str, str] | None = (CLIENT_ID, CLIENT_SECRET),
) -> requests.Response:
    return requests.post(f"{api.accounts_url}/api/token", form, auth=auth, timeout=PATIENCE)


def consent(api: SampleApi, **changed: object) -> requests.Response:
    address = f"{api.accounts_url}/authorize"
    return requests.get(address, CONSENT | changed, allow_redirects=False, timeout=PATIENCE)


def code_of(response: requests.Response) -> str:
    return parse_qs(urlsplit(response.headers["Location"]).query)["code"][0]


def test_an_app_token_by_basic_or_form(api: SampleApi) -> None:
    form = {"grant_type": "client_credentials"}
    by_form = form | {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    for response in (post(api, form), post(api, by_form, auth=None)):
        assert response.json()["token_type"] == "Bearer"
        assert response.json()["expires_in"] == 3600
    assert len(api.calls("token")) == 2


@pytest.mark.parametrize("auth", [("wrong", CLIENT_SECRET), (CLIENT_ID, "wrong"), None])
def test_a_wrong_client_is_refused(api: SampleApi, auth: tuple[str, str] | None) -> None:
    response = post(api, {"grant_type": "client_credentials"}, auth)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client"


def test_a_bad_or_revoked_refresh_token_is_refused(api: SampleApi) -> None:
    assert post(api, REFRESH | {"refresh_token": "old"}).json()["error"] == "invalid_grant"
    assert post(api, {"grant_type": "refresh_token"}).json()["error"] == "invalid_grant"
    assert post(api, REFRESH).json()["scope"].split() == sorted(CONSENT["scope"].split())
    api.tokens.revoke()
    response = post(api, REFRESH)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"
    assert post(api, {"grant_type": "refresh_token"}).json()["error"] == "invalid_grant"


def test_a_grant_type_that_does_not_exist(api: SampleApi) -> None:
    assert post(api, {"grant_type": "password"}).json()["error"] == "unsupported_grant_type"


def test_a_refresh_token_stays_good_unless_it_rotates(api: SampleApi) -> None:
    assert "refresh_token" not in post(api, REFRESH).json()
    assert post(api, REFRESH).status_code == 200
    api.tokens.rotate = True
    rotated = post(api, REFRESH).json()["refresh_token"]
    assert rotated != REFRESH_TOKEN
    assert post(api, REFRESH).json()["error"] == "invalid_grant"
    assert post(api, REFRESH | {"refresh_token": rotated}).status_code == 200


def test_consent_redirects_with_a_code_that_works_once(api: SampleApi) -> None:
    response = consent(api)
    assert response.status_code == 303
    assert parse_qs(urlsplit(response.headers["Location"]).query)["state"] == ["x&y"]
    form = {
        "grant_type": "authorization_code",
        "code": code_of(response),
        "redirect_uri": REDIRECT,
    }
    tokens = post(api, form).json()
    assert {"access_token", "refresh_token", "scope"} <= set(tokens)
    assert post(api, form).json()["error"] == "invalid_grant"


def test_a_code_belongs_to_its_redirect_uri(api: SampleApi) -> None:
    form = {"grant_type": "authorization_code", "code": code_of(consent(api))}
    assert post(api, form | {"redirect_uri": "http://[::1]/"}).json()["error"] == "invalid_grant"
    assert post(api, {"grant_type": "authorization_code"}).json()["error"] == "invalid_grant"


def test_consent_after_a_revoked_refresh_token_gives_a_new_one(api: SampleApi) -> None:
    api.tokens.revoke()
    form = {
        "grant_type": "authorization_code",
        "code": code_of(consent(api)),
        "redirect_uri": REDIRECT,
    }
    fresh = post(api, form).json()["refresh_token"]
    assert post(api, REFRESH | {"refresh_token": fresh}).status_code == 200


@pytest.mark.parametrize(
    "uri", ["http://localhost:8080/callback", "http://example.org/", "", "ftp://127.0.0.1/"]
)
def test_insecure_redirects_are_refused(api: SampleApi, uri: str) -> None:
    response = consent(api, redirect_uri=uri)
    assert response.status_code == 400
    assert "Location" not in response.headers


def test_a_wrong_client_or_the_implicit_grant_gets_no_consent(api: SampleApi) -> None:
    assert consent(api, client_id="wrong").status_code == 400
    assert consent(api, response_type="token").status_code == 400


def test_the_user_may_say_no(api: SampleApi) -> None:
    api.tokens.consents = False
    query = parse_qs(urlsplit(consent(api).headers["Location"]).query)
    assert query == {"error": ["access_denied"], "state": ["x&y"]}


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "No token provided"),
        ({"Authorization": "Bearer unknown"}, "Invalid access token"),
        ({"Authorization": "Basic abc"}, "Invalid access token"),
    ],
)
def test_every_endpoint_wants_a_token(
    api: SampleApi, headers: dict[str, str], message: str
) -> None:
    for path in (f"/playlists/{MAIN_PLAYLIST}", "/artists", "/nothing"):
        response = requests.get(api.api_url + path, headers=headers, timeout=PATIENCE)
        assert response.status_code == 401
        assert response.json() == {"error": {"status": 401, "message": message}}
        assert message in response.headers["WWW-Authenticate"]


def test_a_token_expires(api: SampleApi, app: Callable) -> None:
    client = app(api)
    assert client.get(f"/playlists/{MAIN_PLAYLIST}").status_code == 200
    api.tokens.expire()
    response = client.get(f"/playlists/{MAIN_PLAYLIST}")
    assert response.status_code == 401
    assert response.json()["error"]["message"] == "The access token expired"


def test_a_token_can_live_shortly(small: Catalogue, app: Callable) -> None:
    with SampleApi(small, tokens=Tokens(lifetime=0)) as api:
        assert app(api).get("/me").json()["error"]["message"] == "The access token expired"


def test_spotipy_refreshes_a_seeded_user_token_and_reads_in_development(api: SampleApi) -> None:
    api.mode = "development"
    seeded = {"refresh_token": REFRESH_TOKEN, "expires_at": 0, "scope": CONSENT["scope"]}
    manager = spotipy.SpotifyOAuth(
        CLIENT_ID,
        CLIENT_SECRET,
        REDIRECT,
        scope=CONSENT["scope"],
        cache_handler=spotipy.MemoryCacheHandler(seeded),
        open_browser=False,
    )
    manager.OAUTH_TOKEN_URL = f"{api.accounts_url}/api/token"
    client = spotipy.Spotify(auth_manager=manager)
    client.prefix = f"{api.api_url}/"
    assert client.playlist_items(MAIN_PLAYLIST)["total"] == 197
    assert client.current_user()["id"] == "moonlitattic"
