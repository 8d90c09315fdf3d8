"""`dbt source freshness` goes by dlt's own note of its last whole load."""

import pytest
from warehouse import Warehouse

pytestmark = pytest.mark.thorough

DLT_LOADS = """
create table spotify_raw._dlt_loads as
select now() - %s::interval as inserted_at, %s as status
"""


def test_raw_is_as_fresh_as_the_last_whole_load(warehouse: Warehouse) -> None:
    warehouse.query(DLT_LOADS, "1 hour", 0)
    fresh = warehouse.dbt("source", "freshness")
    assert fresh.success, fresh.told

    warehouse.query("drop table spotify_raw._dlt_loads")
    warehouse.query(DLT_LOADS, "8 days", 0)
    warehouse.query("insert into spotify_raw._dlt_loads values (now(), 1)")  # not whole
    stale = warehouse.dbt("source", "freshness")
    assert not stale.success
    assert "ERROR STALE freshness of spotify_raw.playlists" in stale.told
