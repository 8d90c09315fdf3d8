"""The bootstrap makes the role that runs sign in as, with a master that is no superuser."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from command_line import CommandLine
from postgres_server import Database, PostgresServer, query
from s3_bucket import Bucket
from waiting import PATIENCE

from sample_api import SHARED_PLAYLIST, SampleApi
from spotify_elt.warehouse.schemas import LAYERS

MASTER, PASSWORD, ROLE = "the master", "hard to guess, isn't it?", "spotify_elt"


@dataclass
class Bootstrap:
    """A database with a master as RDS has one, whose secret is in Secrets Manager.

    Attributes:
        database: the PG* variables of the master.
        environment: of the program.
    """

    database: Database
    environment: dict[str, str]

    def __call__(self) -> subprocess.CompletedProcess[str]:
        """Run it."""
        return subprocess.run(
            [sys.executable, "-m", "spotify_elt.operations.bootstrap"],
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )


def secrets_manager(aws: dict[str, str]) -> Any:
    session = boto3.Session(aws["AWS_ACCESS_KEY_ID"], aws["AWS_SECRET_ACCESS_KEY"])
    return session.client(
        "secretsmanager", region_name=aws["AWS_REGION"], endpoint_url=aws["AWS_ENDPOINT_URL"]
    )


@contextmanager
def on(server: PostgresServer, aws: dict[str, str]) -> Iterator[Bootstrap]:
    database = server.new_database()
    with server.admin() as cursor:
        cursor.execute(f'create role "{MASTER}" login createrole password %s', [PASSWORD])
        cursor.execute(f'create role rds_iam; grant rds_iam to "{MASTER}" with admin option')
        cursor.execute(f'alter database {database["PGDATABASE"]} owner to "{MASTER}"')
    text = json.dumps({"username": MASTER, "password": PASSWORD})
    name = f"{database['PGPORT']}-{database['PGDATABASE']}"
    arn = secrets_manager(aws).create_secret(Name=name, SecretString=text)["ARN"]
    environment = {**database, **aws, "PGUSER": ROLE, "MASTER_SECRET_ARN": arn}
    del environment["PGPASSWORD"]
    yield Bootstrap({**database, "PGUSER": MASTER, "PGPASSWORD": PASSWORD}, environment)
    with server.admin() as cursor:
        cursor.execute(f"drop database {database['PGDATABASE']} with (force)")
        for role in (ROLE, MASTER, "rds_iam"):
            cursor.execute(f'drop role if exists "{role}"')


@pytest.fixture
def bootstrap(any_server: PostgresServer, aws: dict[str, str]) -> Iterator[Bootstrap]:
    """On each server in turn: versions differ in what a role that creates others may do."""
    with any_server.alone("roles"), on(any_server, aws) as made:
        yield made


@pytest.fixture
def bootstrap_once(embedded_server: PostgresServer, aws: dict[str, str]) -> Iterator[Bootstrap]:
    """On one server, for what ends before the versions differ."""
    with embedded_server.alone("roles"), on(embedded_server, aws) as made:
        yield made


def test_it_makes_a_role_that_owns_its_schemas_and_signs_in_by_iam(bootstrap: Bootstrap) -> None:
    for _ in range(2):
        finished = bootstrap()
        assert finished.returncode == 0, finished.stderr
    assert PASSWORD not in finished.stdout + finished.stderr
    database = bootstrap.database
    owners = query(
        database,
        "select nspname::text, pg_get_userbyid(nspowner)::text from pg_namespace "
        "where nspname like 'spotify%%' order by 1",
    )
    assert owners == [(f"spotify_{layer}", ROLE) for layer in sorted(LAYERS)]
    ((login, by_iam, may_create, master_acts_as_it),) = query(
        database,
        "select rolcanlogin, pg_has_role(rolname, 'rds_iam', 'member'), "
        "has_database_privilege(rolname, current_database(), 'create'), "
        "pg_has_role(current_user, rolname, 'usage') from pg_roles where rolname = %s",
        ROLE,
    )
    assert (login, by_iam, may_create, master_acts_as_it) == (True, True, True, False)


def test_a_run_loads_into_what_it_made_and_keeps_dbts_artefacts(
    bootstrap: Bootstrap,
    any_server: PostgresServer,
    elt: CommandLine,
    extended_api: SampleApi,
    bucket: Bucket,
) -> None:
    assert bootstrap().returncode == 0
    with any_server.admin() as cursor:
        cursor.execute(f"alter role {ROLE} password %s", [PASSWORD])  # in the place of a token
    database = {**bootstrap.database, "PGUSER": ROLE}
    config = {"playlists": [SHARED_PLAYLIST]}
    finished = elt(
        "run",
        database=database,
        api=extended_api,
        config=config,
        environment=bucket.environment() | {"ENV_FILE": None, "ARTEFACTS_URL": f"{bucket}/runs/"},
    )
    assert finished.code == 0, finished.output
    assert "Not kept" not in finished.stderr
    ((run_id,),) = query(database, "select run_id from spotify_logging.pipeline_runs")
    kept = {"manifest.json", "run_results.json", "index.html"}
    assert bucket.keys() == {f"runs/{place}/{one}" for place in (run_id, "latest") for one in kept}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MASTER_SECRET_ARN", "", "MASTER_SECRET_ARN is not set"),
        ("MASTER_SECRET_ARN", "no-such-secret", "cannot be read: AWS answered 404"),
        ("PGUSER", MASTER, "the master itself"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    bootstrap_once: Bootstrap, name: str, value: str, told: str
) -> None:
    bootstrap_once.environment[name] = value
    finished = bootstrap_once()
    assert finished.returncode == 2
    assert told in finished.stderr
    assert finished.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["no JSON", '{"password": "of nobody"}'])
def test_a_secret_that_is_not_the_masters_is_one_sentence(
    bootstrap_once: Bootstrap, aws: dict[str, str], text: str
) -> None:
    arn = bootstrap_once.environment["MASTER_SECRET_ARN"]
    secrets_manager(aws).put_secret_value(SecretId=arn, SecretString=text)
    finished = bootstrap_once()
    assert finished.returncode == 2
    assert finished.stderr.endswith("it needs username and password.\n")
    assert finished.stderr.count("\n") == 1
