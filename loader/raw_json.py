"""The API's JSON as text that PostgreSQL can store, otherwise untouched.

`jsonb` refuses the NUL character and halves of surrogate pairs, both of which JSON can carry in
escapes: NUL is removed, and a lone surrogate becomes U+FFFD, as browsers show it.
"""

import json
import re
from typing import Any

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def as_text(value: Any) -> str:
    """Return `value`, parsed JSON, as one line of JSON text without unstorable characters."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if r"\u0000" in text or UNSTORABLE.search(text):
        text = json.dumps(_storable(value), ensure_ascii=False, separators=(",", ":"))
    return text


def _storable(value: Any) -> Any:
    match value:
        case str():
            return UNSTORABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", value)
        case dict():
            return {_storable(key): _storable(member) for key, member in value.items()}
        case list():
            return [_storable(member) for member in value]
        case _:
            return value
