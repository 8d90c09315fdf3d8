"""`PG_IAM_AUTH`: every connection of a run is opened with a token that was just signed."""

import sys

import pytest
from command_line import CommandLine, Finished
from iam_gate import IamGate
from postgres_server import Database, PostgresServer
from s3_bucket import SECRET_ACCESS_KEY

from sample_api import MAIN_PLAYLIST, SampleApi

FAILED, WRONG = 1, 2  # exit codes


@pytest.fixture
def gated(gate: IamGate, tls_server: PostgresServer, aws: dict[str, str]) -> Database:
    """A database to which only a token gives access, and the credentials for one."""
    iam = {"PGPORT": str(gate.port), "PG_IAM_AUTH": "true"}
    database = tls_server.new_database() | iam | aws
    del database["PGPASSWORD"]
    return database


def test_a_whole_run_connects_with_tokens(
    elt: CommandLine, gated: Database, gate: IamGate, extended_api: SampleApi
) -> None:
    config = {"playlists": [MAIN_PLAYLIST]}
    finished = elt("run", database=gated, api=extended_api, config=config)
    assert finished.code == 0, finished.output
    assert {"spotify-elt", "dbt", ""} == {let_in.application for let_in in gate.let_in}  # "" is dlt
    first = gate.let_in[0].signed_at
    by_dbt = [let_in.signed_at for let_in in gate.let_in if let_in.application == "dbt"]
    assert min(by_dbt) > first, "dbt was given the token that the run began with"
    tokens = [let_in.token.encode() for let_in in gate.let_in]
    files = [path.read_bytes() for path in elt.folder.rglob("*") if path.is_file()]
    assert len(files) > 3, "this test looks in the wrong folder"
    for token in (*tokens, *(token.rpartition(b"=")[2] for token in tokens)):
        assert token not in finished.output.encode()
        assert not any(token in file for file in files)


def test_dbt_and_psql_by_hand_are_given_a_token(
    elt: CommandLine, gated: Database, gate: IamGate
) -> None:
    finished = elt("dbt", "--", "debug", "--connection", database=gated)
    assert finished.code == 0, finished.output
    elt.program = (sys.executable, "-m", "spotify_elt.operations.psql")
    finished = elt("-c", "select current_user", database=gated)
    assert finished.code == 0, finished.output
    assert gated["PGUSER"] in finished.stdout
    assert len(gate.let_in) > 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "another"}, "grant rds_iam to this role"),
        ({"AWS_REGION": "eu-west-1"}, "rds-db:connect"),
        ({"PG_IAM_AUTH": "false"}, "no password supplied"),
    ],
)
def test_a_token_that_is_refused_is_told_in_a_sentence(
    elt: CommandLine, gated: Database, gate: IamGate, changes: dict[str, str], words: str
) -> None:
    finished = elt("answers", database=gated | changes)
    assert_one_sentence(finished, FAILED, words)
    assert gate.let_in == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"AWS_REGION": None}, "no AWS region is known. Set AWS_REGION"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no AWS credentials"),
        ({"AWS_SECRET_ACCESS_KEY": None}, "no AWS credentials"),
        ({"PG_IAM_AUTH": "perhaps"}, "PG_IAM_AUTH is 'perhaps': it must be true or false"),
    ],
)
def test_no_token_is_told_in_a_sentence(
    elt: CommandLine, gated: Database, changes: dict[str, str | None], words: str
) -> None:
    finished = elt("answers", database=gated, environment=changes)
    assert_one_sentence(finished, WRONG, words)


def assert_one_sentence(finished: Finished, code: int, words: str) -> None:
    assert finished.code == code, finished.output
    assert finished.output.count("\n") == 1, finished.output
    assert words in finished.last_line, finished.output
    assert SECRET_ACCESS_KEY not in finished.output
