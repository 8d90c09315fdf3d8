"""Everything that goes wrong on demand, and what the server remembers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import spotipy
from waiting import PATIENCE, Clock

from sample_api import MAIN_PLAYLIST, Catalogue, Fault, RateLimit, SampleApi, row

ITEMS = f"/playlists/{MAIN_PLAYLIST}/items"


@pytest.fixture
def struck(api: SampleApi, app: Callable) -> Callable:
    """Get the items while a fault is in force."""
    client = app(api)

    def get(kind: str, **settings: object) -> requests.Response:
        api.faults = [Fault(kind, "items", **settings)]
        return client.get(ITEMS)

    return get


def test_rate_limits_with_and_without_retry_after(struck: Callable) -> None:
    response = struck("rate_limit", retry_after=3)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "3")
    assert "reason" not in response.json()["error"]
    assert "Retry-After" not in struck("rate_limit").headers


def test_the_daily_quota(struck: Callable) -> None:
    response = struck("quota")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "86236")
    assert response.json()["error"]["reason"] == "QUOTA_EXCEEDED"
    assert struck("quota", retry_after=49861).headers["Retry-After"] == "49861"


def test_spotipy_sees_quota_and_wait(api: SampleApi, spotify: Callable) -> None:
    client = spotify(api)
    api.faults = [Fault("quota", "items")]
    with pytest.raises(spotipy.SpotifyException) as caught:
        client.playlist_items(MAIN_PLAYLIST)
    assert caught.value.http_status == 429
    assert caught.value.reason == "QUOTA_EXCEEDED"
    assert caught.value.headers["Retry-After"] == "86236"


@pytest.mark.parametrize("status", [400, 403, 500, 502, 503, 504])
def test_any_status(struck: Callable, status: int) -> None:
    response = struck("status", status=status)
    assert response.status_code == status
    assert response.json()["error"]["status"] == status


def test_bodies_that_are_no_json(struck: Callable) -> None:
    assert struck("html").text.startswith("<html>")
    assert struck("empty").content == b""
    lapsed = struck("premium_lapsed")
    assert lapsed.status_code == 403
    assert lapsed.text == "Active premium subscription required for the owner of the app."


def test_error_bodies_of_another_shape(struck: Callable) -> None:
    assert struck("error_list", status=400).json() == [{"error": "internal"}]
    assert struck("error_text", status=400).json() == {"error": "internal"}


def test_not_found(struck: Callable) -> None:
    assert struck("not_found").json()["error"]["message"] == "Resource not found"


def test_a_truncated_body(struck: Callable) -> None:
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.ConnectionError)):
        struck("truncated")


def test_a_reset_connection(struck: Callable, api: SampleApi) -> None:
    with pytest.raises(requests.ConnectionError, match="reset"):
        struck("reset")
    assert api.calls("items")[-1].status == 0


def test_a_slow_answer(struck: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("sample_api.faults.time", clock)
    assert struck("slow", seconds=30).status_code == 200
    assert clock.slept == [30]


def test_a_token_that_expires_mid_run_stays_expired(
    struck: Callable, api: SampleApi, app: Callable
) -> None:
    assert struck("token_expired").json()["error"]["message"] == "The access token expired"
    assert app(api).get(ITEMS).status_code == 200


def test_a_null_member_in_a_batch(api: SampleApi, app: Callable) -> None:
    api.faults = [Fault("null_member", "artists", position=1)]
    ids = ",".join(list(api.catalogue.artists)[:3])
    members = app(api).get("/artists", ids=ids).json()["artists"]
    assert [member is None for member in members] == [False, True, False]


def test_an_edit_while_paging_moves_total_rows_and_snapshot(api: SampleApi, app: Callable) -> None:
    client = app(api)
    before = client.get(f"/playlists/{MAIN_PLAYLIST}", fields="snapshot_id").json()
    api.faults = [Fault("edit", "items", after=2)]
    totals = [client.get(ITEMS, offset=offset).json()["total"] for offset in (0, 20, 40, 60)]
    assert totals == [197, 197, 196, 196]
    assert client.get(f"/playlists/{MAIN_PLAYLIST}", fields="snapshot_id").json() != before


def test_an_edit_of_ones_own(api: SampleApi, app: Callable) -> None:
    def add_a_removed_track(catalogue: Catalogue) -> None:
        catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: [*rows, row(None)])

    api.faults = [Fault("edit", "items", edit=add_a_removed_track)]
    assert app(api).get(ITEMS).json()["total"] == 198


def test_a_fault_waits_strikes_and_ends(api: SampleApi, app: Callable) -> None:
    client = app(api)
    api.faults = [Fault("status", "items", after=1, times=2)]
    assert [client.get(ITEMS).status_code for _ in range(5)] == [200, 503, 503, 200, 200]


def test_a_fault_for_ever_can_be_taken_away(api: SampleApi, app: Callable) -> None:
    client = app(api)
    api.faults.append(Fault("status", "items", times=None))
    assert {client.get(ITEMS).status_code for _ in range(3)} == {503}
    api.faults.clear()
    assert client.get(ITEMS).status_code == 200


@pytest.mark.parametrize("target", ["*", "/v1/*", "/v1/playlists/*/items", "items"])
def test_a_fault_aims_at_a_path_or_an_endpoint(api: SampleApi, app: Callable, target: str) -> None:
    client = app(api)
    api.faults = [Fault("status", target)]
    assert client.get(ITEMS).status_code == 503


def test_a_fault_leaves_other_paths_and_methods_alone(api: SampleApi, app: Callable) -> None:
    client = app(api)
    api.faults = [
        Fault("status", "/v1/artists", times=None),
        Fault("status", "items", method="POST", times=None),
    ]
    assert client.get(ITEMS).status_code == 200
    assert client.get(f"/artists/{next(iter(api.catalogue.artists))}").status_code == 200


def test_the_token_endpoint_fails_too(api: SampleApi) -> None:
    api.faults = [Fault("status", "token")]
    assert requests.post(f"{api.accounts_url}/api/token", timeout=PATIENCE).status_code == 503


def test_a_fault_as_text() -> None:
    fault = Fault.from_text("rate_limit@/v1/artists*,retry_after=2,after=1,times=forever")
    assert (fault.kind, fault.target) == ("rate_limit", "/v1/artists*")
    assert (fault.retry_after, fault.after, fault.times) == (2, 1, None)
    assert Fault.from_text("slow,seconds=0.5,method=GET").target == "*"
    for text in ("unknown", "slow,minutes=1", "slow,seconds=long"):
        with pytest.raises(ValueError, match=r".+"):
            Fault.from_text(text)


def test_a_rate_limit_that_asking_lengthens(
    small: Catalogue, app: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sample_api.limits.time", Clock())
    limit = RateLimit(2, window=30, penalty=10, lengthens=5)
    with SampleApi(small, rate_limit=limit) as api:
        client = app(api)
        answers = [client.get("/artists") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [400, 400, 429, 429]
    assert [answer.headers.get("Retry-After") for answer in answers] == [None, None, "10", "15"]


def test_a_rate_limit_ends_with_its_penalty(
    small: Catalogue, app: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr("sample_api.limits.time", clock)
    with SampleApi(small, rate_limit=RateLimit(1, penalty=5)) as api:
        client = app(api)
        assert [client.get("/artists").status_code for _ in range(2)] == [400, 429]
        clock.now += 4
        assert client.get("/artists").status_code == 429
        clock.now += 1
        assert client.get("/artists").status_code == 400


def test_requests_are_remembered(api: SampleApi, app: Callable) -> None:
    app(api).get(ITEMS, limit=3)
    served = api.requests[-1]
    assert (served.method, served.path, served.status) == ("GET", f"/v1{ITEMS}", 200)
    assert served.query == {"limit": "3"}
    assert not served.concurrent
    assert [len(api.calls(name)) for name in ("token", "items", "artists")] == [1, 1, 0]
    with pytest.raises(ValueError, match="no endpoint is called artistes"):
        api.calls("artistes")


def test_concurrent_requests_are_told_apart_and_latency_is_theirs(
    api: SampleApi, app: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [app(api) for _ in range(4)]
    clock = Clock(sleepers=4)
    monkeypatch.setattr("sample_api.server.time", clock)
    api.latency = 0.5
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda client: client.get(ITEMS), clients))
    served = api.calls("items")
    assert sorted(each.in_flight for each in served) == [1, 2, 3, 4]
    assert sorted(each.concurrent for each in served) == [False, True, True, True]
    assert clock.slept == [0.5] * 4
    assert {each.finished - each.started for each in served} == {0.5}
