"""What `pipeline.yml` says is what happens."""

import pytest
from command_line import CommandLine
from marts import wrong_answers
from postgres_server import Database, query

from sample_api import SHARED_PLAYLIST, SampleApi

pytestmark = pytest.mark.thorough


def test_prefix_and_concurrency_take_effect(elt: CommandLine, database: Database) -> None:
    query(database, "create schema others; create table others.notes as select 1 as note")
    config = {
        "name": "my_radio",
        "playlists": [SHARED_PLAYLIST],
        "schema_prefix": "my_radio",
        "concurrency": 1,
        "report": f"{'too long a name' * 20}.html",
    }
    with SampleApi(latency=0.02, mode="development") as api:
        finished = elt("run", database=database, api=api, user=True, config=config)
    assert finished.code == 0, finished.output
    assert "No report was made, the answers are good" in finished.stderr
    wrong = wrong_answers(
        database, api.catalogue, [SHARED_PLAYLIST], mode="development", schema="my_radio_marts"
    )
    assert wrong == []
    assert len(api.calls("artist")) > 1
    assert {served.in_flight for served in api.requests} == {1}
    schemas = query(database, "select distinct table_schema from information_schema.tables")
    own = {schema for (schema,) in schemas} - {"pg_catalog", "information_schema", "others"}
    assert all(schema.startswith("my_radio_") for schema in own), own
    assert query(database, "select note from others.notes") == [(1,)]
