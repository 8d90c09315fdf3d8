"""TLS: a host outside this machine must prove who it is, without anybody asking for it."""

import sys

import pytest
from command_line import CommandLine
from postgres_server import OUTSIDE, Database, PostgresServer

from sample_api import MAIN_PLAYLIST, SampleApi

FAILED = 1  # exit code


@pytest.fixture
def outside(tls_server: PostgresServer) -> Database:
    """A database on a host with TLS that, by its name, is not this machine."""
    return tls_server.new_database() | {"PGHOST": OUTSIDE}


@pytest.mark.thorough  # of what the image shows
def test_a_whole_run_verifies_the_host_by_default(
    elt: CommandLine, outside: Database, trusted: dict[str, str], extended_api: SampleApi
) -> None:
    config = {"playlists": [MAIN_PLAYLIST]}
    finished = elt("run", database=outside | trusted, api=extended_api, config=config)
    assert finished.code == 0, finished.output


def test_psql_verifies_it_too(elt: CommandLine, outside: Database, trusted: dict[str, str]) -> None:
    elt.program = (sys.executable, "-m", "spotify_elt.operations.psql")
    finished = elt("-c", "select current_user", database=outside | trusted)
    assert finished.code == 0, finished.output
    refused = elt("-c", "select current_user", database=outside)
    assert "certificate verify failed" in refused.stderr, refused.output


def test_an_unknown_authority_is_refused_and_the_run_says_what_to_set(
    elt: CommandLine, outside: Database, extended_api: SampleApi
) -> None:
    finished = elt("run", database=outside, api=extended_api)
    assert_one_sentence(finished.code, finished.output, "verify failed", "Set PGSSLROOTCERT to")
    assert extended_api.requests == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"PGHOST": "127.0.0.1", "PGSSLMODE": "verify-full"}, ["host name", "Set PGHOST to"]),
        ({"PGSSLROOTCERT": "/nowhere"}, ["/nowhere", "does not exist", "Set PGSSLROOTCERT to"]),
        ({"PGSSLMODE": "disable"}, ["no encryption", "PGSSLMODE=verify-full"]),
    ],
)
def test_what_is_wrong_with_tls_is_told_in_a_sentence(
    elt: CommandLine,
    outside: Database,
    trusted: dict[str, str],
    changes: dict[str, str],
    words: list[str],
) -> None:
    finished = elt("answers", database=outside | trusted | changes)
    assert_one_sentence(finished.code, finished.output, *words)


def test_a_host_without_tls_is_refused_unless_it_is_trusted(
    elt: CommandLine, database: Database
) -> None:
    outside = database | {"PGHOST": OUTSIDE}
    finished = elt("answers", database=outside)
    assert_one_sentence(finished.code, finished.output, "no TLS", "PGSSLMODE=disable")
    finished = elt("answers", database=outside | {"PGSSLMODE": "disable"})
    assert_one_sentence(finished.code, finished.output, "spotify-elt run")


def assert_one_sentence(code: int, output: str, *words: str) -> None:
    assert code == FAILED, output
    assert output.count("\n") == 1, output
    assert output.startswith("spotify-elt: ")
    for word in words:
        assert word in output, output
