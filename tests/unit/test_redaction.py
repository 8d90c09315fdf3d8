"""Secrets are taken out of every text, in whatever form they stand in it."""

import json
import logging
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from spotify_client import signed_in

from sample_api import CLIENT_SECRET, MAIN_PLAYLIST, REFRESH_TOKEN, SampleApi
from spotify_elt import redaction
from spotify_elt.log_lines import Line
from spotify_elt.redaction import redacted

PASSWORD = 'p@ss:w/rd, 100% \\ "odd" & #é'


@pytest.fixture(autouse=True)
def _only_these_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*redaction.SECRET_VARIABLES, *redaction.NAMES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(redaction, "_told", set())


@pytest.mark.parametrize("variable", redaction.SECRET_VARIABLES)
@pytest.mark.parametrize(
    "form",
    [str, quote, quote_plus, json.dumps, repr, lambda secret: json.dumps({"in": [secret]})],
    ids=["plain", "in a path", "in a query", "in JSON", "in Python", "deep in JSON"],
)
def test_a_secret_of_the_environment_is_hidden_in_every_form(
    monkeypatch: pytest.MonkeyPatch, variable: str, form: object
) -> None:
    monkeypatch.setenv(variable, PASSWORD)
    assert callable(form)
    text = f"before {form(PASSWORD)} after"
    hidden = redacted(text)
    assert "p@ss" not in hidden
    assert "odd" not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


def test_a_token_that_was_handed_out_is_hidden() -> None:
    redaction.protect("token-of-today")
    assert redacted("got token-of-today!") == "got ***!"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("{'Authorization': 'Basic aWQ6c2VjcmV0'}", "{'Authorization': 'Basic ***'}"),
        ("Authorization: Bearer BQD-x.y_z", "Authorization: Bearer ***"),
        (
            '{"access_token": "BQD", "expires_in": 3600}',
            '{"access_token": "***", "expires_in": 3600}',
        ),
        ("{'refresh_token': 'AQA', 'x': 1}", "{'refresh_token': '***', 'x': 1}"),
        ("callback?code=AQB&state=1", "callback?code=***&state=1"),
        ("host=db password=hunter2 user=me", "host=db password=*** user=me"),
        ("db/?X-Amz-Signature=0a1b&X-Amz-Date=1", "db/?X-Amz-Signature=***&X-Amz-Date=1"),
    ],
)
def test_what_stands_in_a_secret_s_place_is_hidden(text: str, hidden: str) -> None:
    assert redacted(text) == hidden


def test_a_password_in_an_address_is_hidden() -> None:
    scheme = "postgresql:/"  # apart, because no file here may hold such an address
    assert redacted(f"{scheme}/me:hunter2@db:5432/x") == f"{scheme}/me:***@db:5432/x"


@pytest.mark.parametrize(
    "text",
    [
        "Playlist 31FWVQBp3WQydWLNhO0ACi: 197 rows read",
        'FATAL: password authentication failed for user "me"',
        "https://api.spotify.com/v1 at 12:30:00Z",
        "exit code: 75",
        "Basic understanding of tokens",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_password_that_is_the_user_s_name_hides_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGUSER", "postgres")
    monkeypatch.setenv("PGPASSWORD", "postgres")
    assert redacted("postgres@db:5432/spotify") == "postgres@db:5432/spotify"


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[_Heard]:
    """Everything that is logged at DEBUG, spotipy's and urllib3's included."""
    handler, loggers = _Heard(), [logging.getLogger(name) for name in ("spotipy", "urllib3")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(handler)
    yield handler
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
        logger.removeHandler(handler)


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "JSON"])
@pytest.mark.parametrize("user", [False, True], ids=["app", "user"])
def test_spotipy_at_debug_tells_no_secret(heard: _Heard, *, user: bool, as_json: bool) -> None:
    heard.setFormatter(Line("a-run", json=as_json))
    with SampleApi(mode="development" if user else "extended") as api:
        signed_in(api, user=user).get(f"playlists/{MAIN_PLAYLIST}")
    told = "\n".join(heard.lines)
    assert "Authorization" in told, "spotipy did not log at all"
    for secret in (CLIENT_SECRET, REFRESH_TOKEN, "sample-access-token", "c2FtcGxlLWNsaWVudC"):
        assert secret not in told
