"""Any JSON becomes text that PostgreSQL can store and that means the same."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgres_server import Database, connected

from loader.raw_json import as_text

SURROGATES = st.characters(categories=["Cs"])
ODD = st.sampled_from(["\0", "\\", '"', "\\u0000", "\\ud83d", "\ufffd", "\uf026", "\u2028", "\n"])
TEXT = st.lists(st.one_of(st.characters(), SURROGATES, ODD)).map("".join)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXT, inner)),
    max_leaves=12,
)


def _is_surrogate(character: str) -> bool:
    return 0xD800 <= ord(character) <= 0xDFFF


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(
            "\ufffd" if _is_surrogate(character) else character
            for character in value
            if character != "\0"
        )
    if isinstance(value, list):
        return [_cleaned(member) for member in value]
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(member) for key, member in value.items()}
    return value


@given(JSON)
def test_only_what_cannot_be_stored_is_changed(value: Any) -> None:
    assert json.loads(as_text(value)) == _cleaned(value)


@given(JSON)
def test_the_text_is_one_line_of_utf_8(value: Any) -> None:
    text = as_text(value)
    assert "\n" not in text
    assert text.encode().decode() == text


@pytest.fixture(scope="module")
def stored(embedded_server: Any) -> Any:
    """Stores a JSON text as `jsonb` and reads it back."""
    database: Database = embedded_server.new_database()
    with connected(database) as cursor:

        def store(text: str) -> Any:
            cursor.execute("select %s::jsonb", [text])
            return cursor.fetchone()[0]

        yield store


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.dictionaries(TEXT, TEXT))
def test_postgresql_stores_any_text(stored: Callable[[str], Any], value: dict[str, str]) -> None:
    assert stored(as_text(value)) == _cleaned(value)


def test_both_halves_of_a_pair_stay_one_character() -> None:
    assert as_text(json.loads(r'"\ud83d\ude00"')) == '"😀"'


def test_escapes_that_only_look_like_nul_stay() -> None:
    value = {"\\u0000": "C:\\u0000\\ud83d"}
    assert json.loads(as_text(value)) == value


def test_numbers_and_order_stay_as_they_were() -> None:
    text = '{"z":1,"a":55.0,"big":12345678901234567890,"none":null}'
    assert as_text(json.loads(text)) == text
