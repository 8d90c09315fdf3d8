"""The marts tell of the latest load of each playlist, whatever else the raw tables hold."""

import json

import pytest
from warehouse import Warehouse, track


def test_dbt_unit_tests_pass_on_a_fresh_database(warehouse: Warehouse) -> None:
    warehouse.query("drop schema spotify_raw cascade")

    tested = warehouse.dbt("test", "--select", "test_type:unit")

    assert tested.success, tested.told


@pytest.mark.thorough
def test_empty_raw_tables_give_empty_answers(warehouse: Warehouse) -> None:
    built = warehouse.build()

    assert built.success, built.told
    assert warehouse.tracks() == []


@pytest.mark.thorough
def test_the_latest_load_of_each_playlist_counts(warehouse: Warehouse) -> None:
    warehouse.load("edited", [track("t1"), track("removed")])
    warehouse.load("emptied", [track("t1")])
    warehouse.load("untouched", [track("t1"), track("t3")])
    warehouse.load("edited", [track("t2"), track("t1"), track("t2")])
    warehouse.load("emptied", [])
    warehouse.query(
        "insert into spotify_raw.albums values ('of no track', %s, now(), '1', '')",
        json.dumps({"name": "Gone"}),
    )

    built = warehouse.build()

    assert built.success, built.told
    assert warehouse.tracks() == [
        ("edited", "t1"),
        ("edited", "t2"),
        ("untouched", "t1"),
        ("untouched", "t3"),
    ]
    counts = "select playlist_id, count(*) from spotify_marts.playlist_entries group by 1"
    assert sorted(warehouse.query(counts)) == [("edited", 3), ("untouched", 2)]
    assert warehouse.query("select album_id from spotify_marts.albums") == [("a",)]


@pytest.mark.thorough
def test_descriptions_reach_the_database(warehouse: Warehouse) -> None:
    warehouse.build()

    undescribed = warehouse.query("""
        select attrelid::regclass::text, attname
        from pg_attribute
        inner join pg_class on pg_attribute.attrelid = pg_class.oid
        where
            relnamespace in ('spotify_marts'::regnamespace, 'spotify_history'::regnamespace)
            and relkind in ('r', 'v')
            and attnum > 0
            and col_description(attrelid, attnum) is null
    """)

    assert undescribed == []
