"""`make docs` writes one HTML file that needs nothing else, and whose SQL can be pasted."""

import re
from pathlib import Path

import pytest
from warehouse import PROJECT, Warehouse, track

pytestmark = pytest.mark.thorough

LOADED_FROM_ELSEWHERE = r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=[\"']?(?:https?:)?//"


def test_the_page_stands_alone_and_its_sql_runs(warehouse: Warehouse, dbt_folder: Path) -> None:
    warehouse.load("p", [track("t"), track("t")])
    assert warehouse.build().success
    written = warehouse.dbt("docs", "generate", "--static")
    assert written.success, written.told

    page = (dbt_folder / "static_index.html").read_text(encoding="utf-8")
    assert re.findall(LOADED_FROM_ELSEWHERE, page) == []
    assert '"send_anonymous_usage_stats": false' in page, "dbt's page would report its readers"
    assert "Which question goes where" in page
    for table in ("spotify_staging.stg_tracks", "spotify_history.popularity_versions"):
        schema, name = table.split(".")
        assert f'"schema": "{schema}", "name": "{name}"' in page, table

    overview = (PROJECT / "models" / "overview.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(.*?)```", overview, flags=re.DOTALL)
    statements = block.split(";")[:-1]
    assert len(statements) > 10
    for statement in statements:
        warehouse.query(statement)
