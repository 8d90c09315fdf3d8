"""The database role and schemas of the pipeline, made once.

Run it with `python -m spotify_elt.operations.bootstrap`.

It runs where the database can be reached, as a task of the same image, and signs in as the master
user with the secret that RDS keeps (`MASTER_SECRET_ARN`): no password is on a command line. What
it makes is the role `PGUSER`, which has no password and signs in with IAM tokens, and its schemas.
Run again, it makes what is missing.
"""

import json
import os
import sys
from contextlib import closing

import psycopg2
from psycopg2 import sql

from loader.errors import PipelineError, SettingsError, one_line
from spotify_elt.errors import DatabaseError, in_words
from spotify_elt.logs import complain
from spotify_elt.redaction import protect
from spotify_elt.settings import aws, dotenv_file
from spotify_elt.settings.pipeline_yml import pipeline_config
from spotify_elt.warehouse import database
from spotify_elt.warehouse.schemas import LAYERS

# Owning a schema takes being a member of its owner, for a moment: members of a role with rds_iam
# can no longer sign in with a password, and that must not befall the master.
STATEMENTS = (
    "grant {role} to current_user",
    "grant connect, create, temporary on database {database} to {role}",
    *(f"create schema if not exists {{{layer}}} authorization {{role}}" for layer in LAYERS),
    "revoke {role} from current_user",
    "grant rds_iam to {role}",
)


def main() -> int:
    """Make the role and its schemas, and return the exit code."""
    try:
        dotenv_file.load()
        arn, _, role = (_needed(name) for name in ("MASTER_SECRET_ARN", "PGHOST", "PGUSER"))
        prefix = pipeline_config().schema_prefix
        database.fill_in_defaults()
        master, password = _master(arn)
        if role == master:
            raise SettingsError(f"PGUSER is {role}, the master itself: name a role to be made.")
        make(role, prefix, master, password)
    except PipelineError as error:
        complain(in_words(error))
        return error.exit_code
    print(f"The role {role} and the schemas {prefix}_* are there.")  # noqa: T201 - its answer
    return 0


def make(role: str, prefix: str, master: str, password: str) -> None:
    """Make the role and its schemas in one transaction.

    Args:
        role: to be made.
        prefix: of the schemas.
        master: who makes it.
        password: the master's.

    Raises:
        DatabaseError: PostgreSQL cannot be reached, or refuses; nothing is changed.
    """
    try:
        with closing(psycopg2.connect(user=master, password=password)) as opened, opened:
            names = {layer: sql.Identifier(f"{prefix}_{layer}") for layer in LAYERS}
            names |= {"role": sql.Identifier(role), "database": sql.Identifier(opened.info.dbname)}
            cursor = opened.cursor()
            cursor.execute("select from pg_roles where rolname = %s", [role])
            missing = () if cursor.rowcount else ("create role {role} login",)
            for statement in (*missing, *STATEMENTS):
                cursor.execute(sql.SQL(statement).format(**names))
    except psycopg2.Error as error:
        raise DatabaseError(
            f"The role {role} could not be made by {master} at {os.environ['PGHOST']}: "
            f"{one_line(error)}"
        ) from error


def _needed(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set: the task definition in infra/task.tf sets it.")
    return value


def _master(arn: str) -> tuple[str, str]:
    """Return the master's name and password, as RDS keeps them in Secrets Manager."""
    with aws.told_plainly(f"The master's secret {arn} cannot be read"):
        answer = aws.client("secretsmanager").get_secret_value(SecretId=arn)
    try:
        secret = json.loads(answer["SecretString"])
        master, password = secret["username"], secret["password"]
    except (ValueError, LookupError, TypeError) as error:
        raise SettingsError(
            f"The master's secret {arn} is not one that RDS keeps: it needs username and password."
        ) from error
    protect(password)
    return master, password


if __name__ == "__main__":
    sys.exit(main())
