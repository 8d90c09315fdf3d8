"""Rows of the marts as JSON that a page can hold."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from loader.questions import Row

Json = dict[str, Any]


def as_table(rows: Sequence[Row]) -> str:
    """Return rows as JSON text: lists in the order of `columns`, which would else be repeated.

    It is text at once, so that not all tables of a long playlist are in memory as objects.
    """
    columns = list(rows[0]) if rows else []
    listed = [list(row.values()) for row in rows]
    table = {"columns": columns, "rows": listed}
    return json.dumps(table, default=as_json, separators=(",", ":"))


def as_json(value: object) -> object:
    """Return numbers with decimals as numbers, moments as ISO 8601 text, all else as it is."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value
