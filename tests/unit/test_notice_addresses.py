"""What a notice is at each kind of address: as HTTP requests, of which none goes out."""

import json
import logging

import pytest
import requests

from loader.errors import PipelineError
from spotify_elt import redaction
from spotify_elt.run.notices import on_failure


@pytest.fixture(autouse=True)
def forgotten_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one address makes a secret is none in the next test."""
    monkeypatch.setattr(redaction, "_told", set())


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[requests.PreparedRequest]:
    """The requests that would have been sent."""
    requested: list[requests.PreparedRequest] = []

    def send(_: requests.Session, request: requests.PreparedRequest, **__: object) -> object:
        requested.append(request)
        response = requests.Response()
        response.status_code = 200
        return response

    monkeypatch.setattr(requests.Session, "send", send)
    return requested


def fail(url: str, sentence: str = "Nothing works.") -> None:
    with pytest.raises(PipelineError), on_failure(url, "run-1"):
        raise PipelineError(sentence)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/abcdefghijklmnopqrstuvwx",
        "https://discord.com/api/webhooks/1234/abcdefghijklmnopqrstuvwx",
        "http://hooks.example:8080/a%2Fb//c/?token=a%20b&x=1&x=2&format=html&verify=no",
        "HTTPS://someone:p%40ss@hooks.example",
        "https://[::1]:8443/x#y",
    ],
)
def test_an_address_of_the_web_gets_the_text_alone(
    sent: list[requests.PreparedRequest], url: str
) -> None:
    fail(url)
    (request,) = sent
    expected = requests.Request("POST", url).prepare()
    assert request.method == "POST"
    assert request.url == str(expected.url).replace("someone:p%40ss@", "")  # in a header instead
    assert request.headers.get("Authorization") == expected.headers.get("Authorization")
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body or "") == {"text": "spotify-elt, run run-1: Nothing works."}


@pytest.mark.parametrize(
    ("url", "calling"),
    [
        ("https://hooks.example/x", "<!channel>"),
        ("slack://T0AAAAAAA/B0AAAAAAA/abcdefghijklmnopqrstuvwx", "<!channel>"),
        ("discord://123456789012345678/abcdefghijklmnopqrstuvwxyz", "@everyone"),
    ],
)
def test_a_name_calls_nobody(sent: list[requests.PreparedRequest], url: str, calling: str) -> None:
    fail(url, f"{calling} & co. failed")
    (request,) = sent
    assert "run-1" in str(request.body)
    assert calling not in str(request.body)


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://u:{}@hooks.example/x", "hush-hush"),
        ("https://hooks.example{}", "/hush-hush"),
        ("mailto://someone:{}@example.com", "hush-hush"),
        ("tgram://123456789:{}/123", "abcdefghijklmnopqrstuvwxyz_abcdefghi"),
        ("ntfy://hooks.example/topic?token={}", "tk_abcdefghijklmnopqrstuvwxy"),
    ],
)
def test_what_is_secret_in_an_address_is_shown_by_nothing(
    sent: list[requests.PreparedRequest], url: str, secret: str
) -> None:
    with on_failure(url.format(secret), "run-1"):
        assert redaction.redacted(f"a {secret}") == "a ***"
        assert secret not in redaction.redacted(url.format(secret))


@pytest.mark.parametrize(
    "url", ["https://hooks.example/x", "ntfy://someone:secret@hooks.example/topic"]
)
def test_where_a_notice_was_to_go_is_not_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    def send(*_: object, **__: object) -> None:
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "send", send)
    with caplog.at_level(logging.WARNING):
        fail(url)
    (told,) = [each.getMessage() for each in caplog.records if each.name != "apprise"]
    assert "could not be sent" in told
    assert "hooks.example" not in told


def test_a_word_in_a_path_is_no_secret() -> None:
    with on_failure("https://alerts.example.com/spotify", "run-1"):
        assert redaction.redacted("spotify-elt") == "spotify-elt"
