"""A warehouse for each test: one database, since dbt parses all anew for another one."""

from pathlib import Path

import pytest
from postgres_server import Database, PostgresServer
from warehouse import Warehouse


@pytest.fixture(scope="session")
def dbt_database(embedded_server: PostgresServer) -> Database:
    """A database for the tests of the dbt project."""
    return embedded_server.new_database()


@pytest.fixture(scope="session")
def dbt_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt writes."""
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture
def warehouse(dbt_database: Database, dbt_folder: Path) -> Warehouse:
    """A database that holds the raw tables, empty, and nothing else."""
    return Warehouse(dbt_database, dbt_folder)
