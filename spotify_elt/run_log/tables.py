"""The tables of the run log, created on the first run and migrated forward by later versions.

A column that an older version's table lacks is added; rows and columns that are there stay. So a
new column must have a default or be nullable. Nothing is altered where nothing is missing: that
would wait for everybody who reads the log.
"""

from typing import NamedTuple

from psycopg2.extensions import connection


class Column(NamedTuple):
    """A column: its name, its type with default and constraints, and what it tells a reader."""

    name: str
    definition: str
    description: str


class Table(NamedTuple):
    """A table: its name, what a row is, its key and its columns."""

    name: str
    description: str
    key: str
    columns: tuple[Column, ...]


RUN_ID = Column(
    "run_id",
    "text not null references {schema}.pipeline_runs (run_id) on delete cascade",
    "The run.",
)

TABLES = (
    Table(
        "pipeline_runs",
        "One row per run.",
        "run_id",
        (
            Column("run_id", "text not null", "UTC time of its start and a random end."),
            Column("pipeline_name", "text not null", "`name` in pipeline.yml."),
            Column(
                "status",
                "text not null check (status in "
                "('running', 'success', 'skipped', 'partial', 'failed', 'abandoned'))",
                "skipped: nothing had changed. partial: some playlists failed, or Spotify asked "
                "to come back later. abandoned: it died without a word, as a later run found.",
            ),
            Column("started_at", "timestamptz not null", "When it began."),
            Column(
                "finished_at",
                "timestamptz",
                "When it ended; of an abandoned run, when that was found out.",
            ),
            Column("config", "jsonb not null", "Its settings, without secrets."),
            Column("error", "text", "The sentence that says why it failed, or which part of it."),
            Column(
                "spotify_app",
                "text not null",
                "A digest of the app and the way it signed in: others get other answers.",
            ),
            Column("api_requests", "integer not null default 0", "Requests to Spotify, all told."),
            Column(
                "requests_saved",
                "integer not null default 0",
                "Requests not made because what they ask for is known and fresh.",
            ),
            Column("retries", "integer not null default 0", "Requests repeated after a fault."),
            Column(
                "seconds_waited",
                "numeric(9, 1) not null default 0",
                "Seconds waited because Spotify asked to.",
            ),
            Column("rows_by_table", "jsonb not null default '{}'", "Rows by raw table."),
            Column(
                "entities_not_found",
                "jsonb not null default '{}'",
                "Artists and albums that playlists refer to and Spotify no longer has, by kind.",
            ),
            Column(
                "dlt_load_ids",
                "text[] not null default '{}'",
                "dlt's load packages, as in _dlt_loads of the raw schema.",
            ),
            Column(
                "changed_raw",
                "boolean not null default false",
                "It began to change the raw tables.",
            ),
            Column(
                "built_with",
                "text",
                "Version of the dbt project that it published the marts with; null if it did not.",
            ),
            Column(
                "batches_refused",
                "boolean not null default false",
                "Spotify refuses batches of artists and albums to this app.",
            ),
            Column(
                "not_before", "timestamptz", "Spotify asked not to be called again before this."
            ),
            Column("warehouse", "text", "The database it loaded into: user@host:port/database."),
            Column("host", "text", "The machine or container it ran on."),
            Column("versions", "jsonb not null default '{}'", "Versions of what it ran with."),
            Column("logs", "text", "What it logged, a line an event, times in UTC."),
        ),
    ),
    Table(
        "playlist_loads",
        "One row per run and playlist.",
        "run_id, playlist_id",
        (
            RUN_ID,
            Column("playlist_id", "text not null", "Spotify's id of the playlist."),
            Column(
                "status",
                "text not null check (status in ('loaded', 'unchanged', 'failed', 'not reached'))",
                "not reached: Spotify asked to come back later before it was its turn.",
            ),
            Column("reason", "text", "The sentence that says why it was not loaded."),
            Column("snapshot_id", "text", "Spotify's version of what was loaded."),
            Column("total_by_api", "integer", "How many rows Spotify said it has."),
            Column("rows_read", "integer", "How many rows were read of it."),
            Column("rows_loaded", "integer", "How many rows of it the raw tables then held."),
            Column("rows_staged", "integer", "How many rows of it staging held after the build."),
            Column("rows_in_marts", "integer", "How many rows of it playlist_entries held then."),
            Column("loaded_at", "timestamptz", "When it was read, as in the raw tables."),
        ),
    ),
    Table(
        "dbt_results",
        "One row per run and node of the dbt project: model, snapshot or test.",
        "run_id, node",
        (
            RUN_ID,
            Column("node", "text not null", "dbt's unique id of the node."),
            Column("resource_type", "text not null", "model, test, snapshot, ..."),
            Column("status", "text not null", "success, pass, warn, fail, error or skipped."),
            Column("seconds", "numeric(9, 2)", "How long it took."),
            Column("failures", "integer", "Rows that a test found; null for other nodes."),
            Column("message", "text", "What dbt said of it."),
        ),
    ),
)


def migrate(opened: connection, schema: str) -> None:
    """Create the schema and its tables, or what is missing of them, in one transaction.

    Args:
        opened: a connection in autocommit mode.
        schema: the run log's schema, a validated name.

    Raises:
        psycopg2.Error: the role may not, or the server is not there.
    """
    with opened, opened.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns "
            "where table_schema = %s",
            [schema],
        )
        there = set(cursor.fetchall())
        statements = [statement for table in TABLES for statement in _ddl(schema, table, there)]
        if statements:
            cursor.execute("set local lock_timeout = '30s'")
            cursor.execute(f"create schema if not exists {schema}")
            cursor.execute(";\n".join(statements))


def _ddl(schema: str, table: Table, there: set[tuple[str, str]]) -> list[str]:
    """Return the statements that add the columns that are missing, or the whole table."""
    name = f"{schema}.{table.name}"
    missing = [column for column in table.columns if (table.name, column.name) not in there]
    defined = [f"{column.name} {column.definition}" for column in missing]
    if len(missing) == len(table.columns):
        columns = ", ".join([*defined, f"primary key ({table.key})"])
        statements = [
            f"create table {name} ({columns})",
            f"comment on table {name} is {_quoted(table.description)}",
        ]
    else:
        statements = [f"alter table {name} add column {column}" for column in defined]
    statements += [
        f"comment on column {name}.{column.name} is {_quoted(column.description)}"
        for column in missing
    ]
    return [statement.replace("{schema}", schema) for statement in statements]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
