"""Rows of the marts as JSON that a page can hold."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from spotify_elt.warehouse.database import Row

Json = dict[str, Any]


def as_table(rows: Sequence[Row]) -> str:
    """Return rows as JSON text: lists in the order of `columns`, which would else be repeated.

    It is text at once, so that not all tables of a long playlist are in memory as objects.
    """
    columns = list(rows[0]) if rows else []
    # Row by row: of a list in one piece json keeps each value as text until the end.
    listed = ",".join(_as_text(list(row.values())) for row in rows)
    return f'{{"columns":{_as_text(columns)},"rows":[{listed}]}}'


def as_json(value: object) -> object:
    """Return numbers with decimals as numbers, moments as ISO 8601 text, all else as it is."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _as_text(values: list[Any]) -> str:
    return json.dumps(values, default=as_json, separators=(",", ":"))
