"""The HTML file: contents as data, styles and scripts inside, and a policy that allows no more."""

import hashlib
import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Any

from spotify_elt import versions
from spotify_elt.redaction import redacted
from spotify_elt.report.contents import as_json

HERE = Path(__file__).parent
SCRIPTS = (
    "vendor/d3.js",
    "vendor/plot.js",
    "assets/elements.js",
    "assets/columns.js",
    "assets/headings.js",
    "assets/table.js",
    "assets/plots.js",
    "assets/charts.js",
    "assets/history.js",
    "assets/words.js",
    "assets/sections.js",
    "assets/page.js",
)
# What a script element must not hold, in the spelling that JSON has for it.
ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def as_html(contents: dict[str, Any], *, sample: bool) -> tuple[str, str, str]:
    """Return the page as HTML, in pieces: what is before its data, these, and what is after them.

    Data are in ASCII, of which a character is one byte in memory; in one text with the scripts,
    or beside one emoji, each would be two or four.

    Args:
        contents: as `read_contents` returns them.
        sample: it is about the bundled sample, and says so.
    """
    style = _asset("assets/page.css")
    # One script: what the files declare at their top is known to the ones after them.
    script = "".join(_asset(name) for name in SCRIPTS)
    data = {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": versions.OWN,
        "sample": sample,
        **contents,
    }
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    before, after = (Template(half) for half in _asset("assets/page.html").split("$data"))
    return (
        before.substitute(policy=policy, style=style),
        _as_json(data),
        after.substitute(script=script),
    )


def _asset(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{b64encode(digest).decode()}"


def _as_json(data: dict[str, Any]) -> str:
    text = json.dumps(data, default=as_json, allow_nan=False, separators=(",", ":"))
    return redacted(text).translate(ESCAPED)
