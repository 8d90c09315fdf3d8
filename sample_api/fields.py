"""The `fields` filter: `name,items(added_at,item(name,album(!images,href)))`.

Commas list fields, a dot or parentheses go into one, and a group that starts with `!` means
everything but what it lists. A filter is parsed into a `Selection`, which is applied to the answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\s*([A-Za-z0-9_]+|[!.,()])")


@dataclass
class Selection:
    """The fields of one object that are wanted or, when `excluding`, the ones that are not."""

    excluding: bool = False
    parts: dict[str, "Selection | None"] = field(default_factory=dict)

    def of(self, value: object) -> object:
        """Return the value with only what was asked for; lists are filtered member by member."""
        if isinstance(value, list):
            return [self.of(member) for member in value]
        if not isinstance(value, dict):
            return value
        return {key: self._inside(key, part) for key, part in value.items() if self._keeps(key)}

    def _keeps(self, key: str) -> bool:
        if self.excluding:
            return key not in self.parts or self.parts[key] is not None
        return key in self.parts

    def _inside(self, key: str, value: object) -> object:
        selection = self.parts.get(key)
        return value if selection is None else selection.of(value)


def parse(text: str) -> Selection:
    """Return the selection a `fields` text describes.

    Raises:
        ValueError: The text is not a `fields` filter.
    """
    tokens = _tokens(text)
    selection, closing = _group(tokens)
    if closing:
        raise ValueError(f"unexpected {closing}")
    return selection


def _tokens(text: str) -> Iterator[str]:
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if not found:
            raise ValueError(f"unexpected {text[position]}")
        position = found.end()
        yield found[1]


def _group(tokens: Iterator[str]) -> tuple[Selection, str]:
    """Read fields up to a closing parenthesis or the end; also return what ended the group."""
    name = next(tokens, "")
    selection = Selection(excluding=name == "!")
    while True:
        unwanted = name == "!"
        name = _name(next(tokens, "") if unwanted else name)
        inner, following = _inner(tokens, excluding=selection.excluding)
        if selection.excluding or not unwanted:
            selection.parts[name] = _joined(selection.parts.get(name), inner)
        if following != ",":
            return selection, following
        name = next(tokens, "")


def _name(token: str) -> str:
    if token in set("!.,()") or not token:
        raise ValueError(f"a field's name is missing before {token or 'the end'}")
    return token


def _inner(tokens: Iterator[str], *, excluding: bool) -> tuple[Selection | None, str]:
    """Read what goes into a field, if anything does; also return the token after it."""
    following = next(tokens, "")
    if following == ".":
        name = _name(next(tokens, ""))
        inner, following = _inner(tokens, excluding=excluding)
        return Selection(excluding, {name: inner}), following
    if following == "(":
        inner, closing = _group(tokens)
        if closing != ")":
            raise ValueError("a parenthesis is not closed")
        return inner, next(tokens, "")
    if following in {"", ",", ")"}:
        return None, following
    raise ValueError(f"unexpected {following}")


def _joined(first: Selection | None, second: Selection | None) -> Selection | None:
    """Join two mentions of one field, as in `items.added_at,items.item.name`."""
    if first is None or second is None:
        return second
    for name, inner in second.parts.items():
        first.parts[name] = _joined(first.parts.get(name), inner)
    return first
