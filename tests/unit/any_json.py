"""Whatever JSON can carry, and what PostgreSQL is to hold of it."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

SURROGATES = st.characters(categories=["Cs"])
ODD = st.sampled_from(["\0", "\\", '"', "\\u0000", "\\ud83d", "\ufffd", "\uf026", "\u2028", "\n"])
TEXT = st.lists(st.one_of(st.characters(), SURROGATES, ODD)).map("".join)
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(TEXT, inner)),
    max_leaves=12,
)


def cleaned(value: Any) -> Any:
    """Return `value` without NUL and with U+FFFD for each lone surrogate."""
    if isinstance(value, str):
        return "".join(
            "\ufffd" if 0xD800 <= ord(character) <= 0xDFFF else character
            for character in value
            if character != "\0"
        )
    if isinstance(value, list):
        return [cleaned(member) for member in value]
    if isinstance(value, dict):
        return {cleaned(key): cleaned(member) for key, member in value.items()}
    return value


def exact(value: Any) -> Any:
    """Return `value` with its numbers as decimals, which PostgreSQL keeps to the last digit."""
    if isinstance(value, list):
        return [exact(member) for member in value]
    if isinstance(value, dict):
        return {key: exact(member) for key, member in value.items()}
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(repr(value))
