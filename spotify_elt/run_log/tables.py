"""The tables of the run log (`tables.yml`), created on the first run and migrated forward.

A column that an older version's table lacks is added; rows and columns that are there stay. Nothing
is altered where nothing is missing: that would wait for everybody who reads the log.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from psycopg2.extensions import connection

DEFINITIONS = Path(__file__).with_name("tables.yml")
THERE = "select table_name, column_name from information_schema.columns where table_schema = %s"

Statement = tuple[str, list[str]]  # with its parameters


def migrate(opened: connection, schema: str) -> None:
    """Create the schema and its tables, or what is missing of them, in one transaction.

    Args:
        opened: a connection in autocommit mode.
        schema: the run log's schema, a validated name.

    Raises:
        psycopg2.Error: the role may not, or the server is not there.
    """
    tables = yaml.safe_load(DEFINITIONS.read_text(encoding="utf-8"))
    with opened, opened.cursor() as cursor:
        cursor.execute(THERE, [schema])
        there = set(cursor.fetchall())
        missing = [statement for table in tables for statement in _missing(table, there)]
        if missing:
            cursor.execute("set local lock_timeout = '30s'")
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(f"set local search_path = {schema}")
        for statement, parameters in missing:
            cursor.execute(statement, parameters)


def _missing(table: dict[str, Any], there: set[tuple[str, str]]) -> Iterator[Statement]:
    """Yield the statements that add a table, or those of its columns that are not there."""
    name, columns = table["name"], table["columns"]
    missing = [column for column in columns if (name, column["name"]) not in there]
    is_new = len(missing) == len(columns)
    if is_new:
        yield f"create table {name} ()", []
        yield f"comment on table {name} is %s", [table["description"]]
    for column in missing:
        yield f"alter table {name} add column {column['name']} {column['data_type']}", []
        yield f"comment on column {name}.{column['name']} is %s", [column["description"]]
    if is_new:
        yield f"alter table {name} add primary key ({table['primary_key']})", []
