"""The macros of `spotify-elt purge`: what they delete, whole or not at all."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from warehouse import Warehouse, track

from spotify_elt.warehouse import leftovers, schemas

# Beside the other raw tables that of dlt; and raw tables of another prefix, since dbt looks for
# schemas by a pattern, in which `_` is any character.
MORE_TABLES = """
create table spotify_raw._dlt_loads as select '1' as load_id, 0 as status;
create schema spotifyxraw;
create table spotifyxraw.playlists as select 'p'::text as playlist_id;
create table spotifyxraw.playlist_items as table spotifyxraw.playlists
"""
# Refuses to delete what goes after much else.
REFUSAL = """
create function spotify_raw.refuse() returns trigger language plpgsql as
$$begin raise 'not this one'; end$$;
create trigger refused before delete on spotify_raw.artists
for each row execute function spotify_raw.refuse()
"""
LONG_AGO = datetime.now(UTC) - timedelta(days=40)


@pytest.fixture(autouse=True)
def more_tables(warehouse: Warehouse) -> Iterator[None]:
    """Raw tables of another prefix, which a purge leaves alone, and dlt's own."""
    warehouse.query(MORE_TABLES)
    yield
    assert warehouse.query("select count(*) from spotifyxraw.playlist_items") == [(1,)]
    warehouse.query("drop schema spotifyxraw cascade")


def purge(warehouse: Warehouse, *named: str, **arguments: object) -> Any:
    """Purge these playlists, and return what that says."""
    mend = leftovers.MEND.format(raw="spotify_raw")
    given = {"playlists": named, "named": True, "days": None, "mend": mend, "dry_run": False}
    return said(warehouse, "purge", given | arguments)


def said(warehouse: Warehouse, macro: str, arguments: dict[str, object]) -> Any:
    outcome = warehouse.dbt("run-operation", macro, "--args", json.dumps(arguments))
    if not outcome.success:
        return outcome.told
    return json.loads(next(line for line in outcome.told.splitlines() if '{"gone": ' in line))


def rows(warehouse: Warehouse) -> dict[str, int]:
    """Return how many rows each table holds."""
    tables = warehouse.query(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables "
        "where table_schema like 'spotify\\_%' and table_type = 'BASE TABLE'"
    )
    return {one: warehouse.query(f"select count(*) from {one}")[0][0] for (one,) in tables}


@pytest.mark.thorough
def test_a_dry_run_counts_what_goes_and_a_failure_in_the_middle_leaves_all(
    warehouse: Warehouse,
) -> None:
    warehouse.load("p", [track("t"), track("shared"), {"item": {"id": None, "name": "A file"}}])
    warehouse.load("q", [track("shared", artists=[{"id": "y", "name": "Why"}])])
    for artist in ("x", "y"):
        warehouse.load_entity("artists", artist, 50, LONG_AGO)
    assert warehouse.record().success
    before = rows(warehouse)

    dry = purge(warehouse, "p", dry_run=True)

    assert dry["outdated"]
    assert dry["gone"] == {
        "spotify_raw.playlist_items: playlists that you named": 3,
        "spotify_raw.playlists: playlists that you named": 1,
        "spotify_history.playlist_entry_versions: playlists that you named": 3,
        "spotify_raw.artists: nothing refers to them": 1,
        "spotify_history.popularity_versions: nothing refers to them": 2,
        "spotify_marts_candidate: all of it": sum(
            count for table, count in before.items() if "_candidate" in table
        ),
        "spotify_staging: all of it": sum(
            count for table, count in before.items() if "_staging" in table
        ),
    }
    assert rows(warehouse) == before

    warehouse.query(REFUSAL)
    assert "not this one" in purge(warehouse, "p")
    assert rows(warehouse) == before

    warehouse.query("drop trigger refused on spotify_raw.artists")
    assert purge(warehouse, "p") == dry
    assert sum(before.values()) - sum(rows(warehouse).values()) == sum(dry["gone"].values())
    assert warehouse.query("select artist_id from spotify_raw.artists") == [("y",)]
    assert purge(warehouse, "p") == {"gone": {}, "outdated": False}


@pytest.mark.thorough
def test_a_playlist_that_is_half_loaded_keeps_its_rows(warehouse: Warehouse) -> None:
    warehouse.load("p", [track("t")], LONG_AGO)
    killed = "update spotify_raw.playlists set loaded_at = now(), _dlt_load_id = 'never finished'"
    warehouse.query(killed)

    assert purge(warehouse, "q", days=30) == {"gone": {}, "outdated": False}

    loaded_at = "select loaded_at from spotify_raw.playlists"
    assert warehouse.query(loaded_at) == [(LONG_AGO,)]
    warehouse.query(killed)
    assert purge(warehouse, "q", days=30, dry_run=True) == {"gone": {}, "outdated": False}
    assert warehouse.query(loaded_at) != [(LONG_AGO,)]


@pytest.mark.thorough
def test_everything_goes_and_where_nothing_is_nothing_goes(warehouse: Warehouse) -> None:
    everything = {"layers": schemas.LAYERS, "dry_run": False}
    warehouse.load("p", [track("t")])
    gone = said(warehouse, "purge_everything", everything)["gone"]
    assert gone == {"spotify_raw: all of it": 3}
    nothing = {"gone": {}, "outdated": False}
    assert rows(warehouse) == {}
    assert said(warehouse, "purge_everything", everything) == nothing
    assert purge(warehouse, "p", days=30) == nothing
    warehouse.query("create schema spotify_raw")
    assert purge(warehouse, "p", days=30) == nothing
