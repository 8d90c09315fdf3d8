"""The answers as the database has them, and how they differ from the expected ones."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from expected import COLUMNS, GENRE_SUMMARY, Answers, entry_counts, expected_answers
from postgres_server import connected, query
from profile_of import expected_artists, expected_gaps, expected_overlaps, expected_profiles

from sample_api import Catalogue

SHOWN = 5  # differences of one view


def read_answers(
    database: Mapping[str, str],
    schema: str = "spotify_marts",
    views: Iterable[str] = (*COLUMNS, "genre_summary"),
) -> Answers:
    """Return the rows of these views: if not told, of the five and of `genre_summary`."""
    answers: Answers = {}
    with connected(database) as cursor:
        for view in views:
            cursor.execute(f"select * from {schema}.{view}")
            columns = [column.name for column in cursor.description]
            answers[view] = [
                dict(zip(columns, map(_comparable, row), strict=True)) for row in cursor.fetchall()
            ]
    return answers


def columns_of(database: Mapping[str, str], schema: str = "spotify_marts") -> dict[str, list[str]]:
    """Return the columns of each view in their order."""
    rows = query(
        database,
        "select table_name, array_agg(column_name::text order by ordinal_position) "
        "from information_schema.columns where table_schema = %s group by 1",
        schema,
    )
    return {view: columns for view, columns in rows if view in {*COLUMNS, "genre_summary"}}


def expected_columns() -> dict[str, list[str]]:
    """Return the columns that DESIGN.md promises."""
    return {**COLUMNS, "genre_summary": GENRE_SUMMARY}


def wrong_cells(actual: Answers, expected: Answers) -> list[str]:
    """Return where two sets of answers differ, a line for each difference; none when they agree."""
    told = []
    for view, rows in expected.items():
        missing = _without(rows, actual[view])
        surplus = _without(actual[view], rows)
        told += [f"{view}: missing {row}" for row in missing[:SHOWN]]
        told += [f"{view}: surplus {row}" for row in surplus[:SHOWN]]
    return told


def wrong_answers(
    database: Mapping[str, str],
    catalogue: Catalogue,
    playlist_ids: Iterable[str],
    mode: str = "extended",
    schema: str = "spotify_marts",
) -> list[str]:
    """Return what is wrong in the marts of these playlists: answers, and entries by type."""
    ids = list(playlist_ids)
    told = wrong_cells(read_answers(database, schema), expected_answers(catalogue, ids, mode))
    entries = {
        (playlist_id, kind): count
        for playlist_id, kind, count in query(
            database,
            "select playlist_id, entry_type, count(*) "
            f"from {schema}.playlist_entries group by 1, 2",
        )
    }
    wanted = entry_counts(catalogue, ids)
    if entries != wanted:
        told.append(f"playlist_entries: {entries} instead of {dict(wanted)}")
    return told


def wrong_profiles(
    database: Mapping[str, str], catalogue: Catalogue, mode: str = "extended"
) -> list[str]:
    """Return what is wrong in the marts that tell of playlists beside the answers."""
    read_at = dict(query(database, "select playlist_id, loaded_at from spotify_marts.playlists"))
    expected = {
        "playlist_profile": expected_profiles(catalogue, read_at, mode),
        "playlist_overlap": expected_overlaps(catalogue, read_at, mode),
        "playlist_artists": expected_artists(catalogue, read_at, mode),
    }
    told = wrong_cells(read_answers(database, views=expected), expected)
    for playlist_id in read_at:
        gaps = query(
            database,
            "select entity_type, field, count_entities, count_sent "
            "from spotify_marts.playlist_completeness where playlist_id = %s "
            "and (consequence is null) = (count_sent = count_entities)",
            playlist_id,
        )
        found = {(kind, field): (count, sent) for kind, field, count, sent in gaps}
        if found != expected_gaps(catalogue, playlist_id, mode):
            told.append(f"playlist_completeness: {playlist_id} {found}")
    return told


def _without(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that have no equal among the others; equal rows are taken off one by one."""
    left: dict[str, int] = {}
    for row in others:
        left[repr(row)] = left.get(repr(row), 0) + 1
    missing = []
    for row in rows:
        if left.get(repr(row), 0):
            left[repr(row)] -= 1
        else:
            missing.append(row)
    return missing


def _comparable(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
