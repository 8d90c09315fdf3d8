"""Any JSON becomes text that PostgreSQL can store and that means the same."""

import json
from typing import Any

from any_json import JSON, cleaned
from hypothesis import given

from loader.raw_json import as_text


@given(JSON)
def test_only_what_cannot_be_stored_is_changed(value: Any) -> None:
    assert json.loads(as_text(value)) == cleaned(value)


@given(JSON)
def test_the_text_is_one_line_of_utf_8(value: Any) -> None:
    text = as_text(value)
    assert "\n" not in text
    assert text.encode().decode() == text


def test_both_halves_of_a_pair_stay_one_character() -> None:
    assert as_text(json.loads(r'"\ud83d\ude00"')) == '"😀"'


def test_escapes_that_only_look_like_nul_stay() -> None:
    value = {"\\u0000": "C:\\u0000\\ud83d"}
    assert json.loads(as_text(value)) == value


def test_numbers_and_order_stay_as_they_were() -> None:
    text = '{"z":1,"a":55.0,"big":12345678901234567890,"none":null}'
    assert as_text(json.loads(text)) == text
