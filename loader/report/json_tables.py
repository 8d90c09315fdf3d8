"""Rows of the marts as JSON that a page can hold."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from loader.questions import Row

Json = dict[str, Any]


def as_table(rows: Sequence[Row]) -> Json:
    """Return rows as lists in the order of `columns`: thousands would repeat the names."""
    columns = list(rows[0]) if rows else []
    return {
        "columns": columns,
        "rows": [[as_json(row[column]) for column in columns] for row in rows],
    }


def as_json(value: object) -> object:
    """Return numbers with decimals as numbers, moments as ISO 8601 text, all else as it is."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value
