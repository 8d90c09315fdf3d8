"""Whatever an error answer holds, it becomes one sentence that can be shown and stored."""

import json
from typing import Any

import pytest
import requests
from any_json import JSON, TEXT
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import RefusedError, SpotifyError
from loader.refusals import judged, judged_token_answer

STATUSES = st.sampled_from([400, 401, 403, 404, 408, 410, 418, 429, 500, 502, 503])
BODIES = st.one_of(
    st.binary(),
    TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries({"error": JSON}).map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {"error": st.fixed_dictionaries({"message": TEXT, "reason": JSON, "status": JSON})}
    ).map(lambda value: json.dumps(value).encode()),
)


def answer(status: int, body: bytes, **headers: str) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response._content = body
    response.headers.update(headers)
    return response


def assert_can_be_told(error: SpotifyError) -> None:
    told = str(error)
    assert told.isprintable(), repr(told)  # no NUL, no lone surrogate, no second line
    assert 0 < len(told) < 500


@given(status=STATUSES, body=BODIES, retry_after=TEXT)
def test_any_error_answer_is_one_printable_sentence(
    status: int, body: bytes, retry_after: str
) -> None:
    response = answer(status, body, **{"Retry-After": retry_after})
    assert_can_be_told(judged(response))
    assert_can_be_told(judged_token_answer(response))


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("a\0b", "403 a b"),
        ("half \ud83d", "403 half"),
        ("\x1b[2Jgone\r\nthen", "403 [2Jgone then"),
        (" ", "403 without an explanation"),
        ({"odd": 1}, "403 without an explanation"),
        ("x" * 1000, f"403 {'x' * 200}"),
    ],
)
def test_spotify_s_own_words_lose_what_cannot_be_shown(message: Any, told: str) -> None:
    error = judged(answer(403, json.dumps({"error": {"message": message}}).encode()))
    assert isinstance(error, RefusedError)
    assert str(error) == told
