"""The dbt project keeps its own rules. No database is needed."""

import configparser
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE
from warehouse import PROJECT, Json, run_dbt

NO_DATABASE = {"PGHOST": "unused", "PGUSER": "unused", "PGDATABASE": "unused"}
# On PostgreSQL dbt hides most deprecations: its schema check knows four warehouses only.
ALL_DEPRECATIONS = """
import sys
from dbt.cli.main import dbtRunner
from dbt.jsonschemas import jsonschemas
jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("postgres")
result = dbtRunner().invoke(sys.argv[1:])
sys.exit(0 if result.success else str(result.exception))
"""


def parse_strictly(project: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Parse a project; any deprecation is an error."""
    where = {"DBT_TARGET_PATH": str(folder), "DBT_LOG_PATH": str(folder)}
    options = ("--no-partial-parse", "--show-all-deprecations", "--no-use-colors")
    return subprocess.run(
        [
            *(sys.executable, "-c", ALL_DEPRECATIONS, "parse", *options),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
        ],
        env={**NO_DATABASE, **where},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What dbt reads out of the project."""
    folder = tmp_path_factory.mktemp("manifest")
    parsed = run_dbt("parse", folder=folder, database=NO_DATABASE)
    assert parsed.success, parsed.told
    read: Json = json.loads((folder / "manifest.json").read_text())
    return read


@pytest.mark.thorough
def test_nothing_in_the_project_is_deprecated(tmp_path: Path) -> None:
    parsed = parse_strictly(PROJECT, tmp_path)

    assert parsed.returncode == 0, parsed.stdout + parsed.stderr


@pytest.mark.thorough
def test_every_model_and_column_is_described(manifest: Json) -> None:
    kinds = {"model", "snapshot"}
    models = [n for n in manifest["nodes"].values() if n["resource_type"] in kinds]
    undescribed = [
        f"{model['name']}.{name}"
        for model in models
        for name, column in {"": model, **model["columns"]}.items()
        if not column["description"]
    ]

    assert models
    assert undescribed == []


def test_the_landing_page_gives_the_grain_of_every_table(manifest: Json) -> None:
    page = manifest["docs"]["doc.spotify.__overview__"]["block_contents"]
    grains = page.partition("## Grain and keys")[2]
    tables = [
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "snapshot" or node["fqn"][1] == "marts"
        if node["resource_type"] in {"model", "snapshot"}
    ]

    assert tables
    assert [table for table in tables if f"| `{table}` |" not in grains] == []


def test_every_mart_has_a_contract_and_every_mart_of_the_report_an_exposure(manifest: Json) -> None:
    marts = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }
    exposed = {
        name for one in manifest["exposures"].values() for name in one["depends_on"]["nodes"]
    }

    assert [mart for mart in marts.values() if not mart["config"]["contract"]["enforced"]] == []
    assert len(exposed) > 5
    assert exposed <= set(marts)


def test_what_is_recorded_waits_for_every_test(manifest: Json) -> None:
    """dbt holds a node back for the tests on its ancestors; what is recorded stays recorded."""
    nodes, parents = manifest["nodes"], manifest["parent_map"]

    def ancestors(name: str) -> set[str]:
        found = set(parents[name])
        return found.union(*map(ancestors, parents[name]))

    snapshots = {name for name, node in nodes.items() if node["resource_type"] == "snapshot"}
    recorded = {name for name, node in nodes.items() if node["fqn"][1:2] == ["history"]}
    tests = [name for name, node in nodes.items() if node["resource_type"] == "test"]
    of_marts = [one for one in tests if not ancestors(one) & (snapshots | recorded)]

    assert len(of_marts) > 20
    for snapshot in snapshots:
        assert [one for one in of_marts if not set(parents[one]) <= ancestors(snapshot)] == []


def test_sqlfluff_knows_every_macro_of_the_models() -> None:
    files = ("json.sql", "shared_numbers.sql")
    sql = "".join((PROJECT / "macros" / name).read_text() for name in files)
    macros = re.findall(r"macro ((?:json|shared)_\w+)\(", sql)
    config = configparser.ConfigParser(interpolation=None)
    config.read(PROJECT.parent / ".sqlfluff")

    assert sorted(config["sqlfluff:templater:jinja:macros"]) == sorted(macros)
