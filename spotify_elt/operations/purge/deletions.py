"""Deletions, counted: each is one statement in the transaction of a purge.

In all SQL here `{raw}`, `{history}`, ... stand for the schemas.
"""

from typing import Any

from psycopg2.extensions import cursor

from spotify_elt.warehouse.schemas import LAYERS, drop_statement

# Names come quoted where they need to be: what is in the history is dbt's to say.
COLUMNS = """
select quote_ident(relation.relname), array_agg(attribute.attname::text)
from pg_class as relation
inner join pg_attribute as attribute on relation.oid = attribute.attrelid
where
    relation.relnamespace = to_regnamespace(%s)
    and relation.relkind in ('r', 'p')
    and attribute.attnum > 0
    and not attribute.attisdropped
group by 1
order by 1
"""


class Deletions:
    """What a purge deletes.

    Args:
        cursor: in the transaction of the purge.
        schema_prefix: the schemas are `<schema_prefix>_raw`, ...

    Attributes:
        cursor: the same.
        counts: how many rows went, by what they were.
    """

    def __init__(self, cursor: cursor, schema_prefix: str) -> None:
        self.counts: dict[str, int] = {}
        self.cursor = cursor
        self._prefix = schema_prefix
        self._schemas = {layer: f"{schema_prefix}_{layer}" for layer in LAYERS}

    def columns(self, layer: str) -> dict[str, list[str]]:
        """Return the columns of each table in a schema; nothing where it is not there yet."""
        return dict(self.rows(COLUMNS, [self._schemas[layer]]))

    def rows(self, query: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        self.cursor.execute(query.format(**self._schemas), parameters)
        return self.cursor.fetchall()

    def delete(self, reason: str, table: str, condition: str, **parameters: Any) -> int:
        """Delete rows of one table, and return how many.

        Args:
            reason: why they go, in words.
            table: its schema and name, such as `{raw}.artists`.
            condition: SQL; `one` is the row.
            parameters: of the condition.
        """
        statement = f"delete from {table} as one where {condition}"  # noqa: S608 - quoted names
        return self.change(reason, table, statement, **parameters)

    def change(self, reason: str, table: str, statement: str, **parameters: Any) -> int:
        """Run a statement that deletes, or changes, rows of one table; return how many."""
        self.cursor.execute(statement.format(**self._schemas), parameters)
        self._count(f"{table.format(**self._schemas)}: {reason}", self.cursor.rowcount)
        return self.cursor.rowcount

    def drop(self, layer: str) -> None:
        """Drop a schema with all that is in it."""
        schema = self._schemas[layer]
        for table in self.columns(layer):
            ((rows,),) = self.rows(f"select count(*) from {schema}.{table}")  # noqa: S608 - quoted
            self._count(f"{schema}: all of it", rows)
        self.cursor.execute(drop_statement(self._prefix, layer))

    def _count(self, what: str, rows: int) -> None:
        if rows:
            self.counts[what] = self.counts.get(what, 0) + rows
