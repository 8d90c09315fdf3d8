"""Runs of the pipeline that several test files look at, so that each is made only once."""

import pickle
from collections.abc import Callable
from dataclasses import replace

import pytest
from command_line import CommandLine
from postgres_server import PostgresServer
from runs import Run
from waiting import all_at_once

from sample_api import MAIN_PLAYLIST, SampleApi

SampleRun = Callable[[PostgresServer, str], Run]


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """Gives a first run of the sample on a server in a mode, made once for each pair.

    Its database is a copy, so that nobody looks at what others copy.
    """

    def make(server: PostgresServer, mode: str) -> Run:
        database = server.new_database()
        # What it writes is looked at while other workers write elsewhere.
        elt = CommandLine(tmp_path_factory.mktemp("elt"), tmp_path_factory.mktemp("dbt"))
        with SampleApi(mode=mode, faults=[all_at_once("items", requests=2)]) as api:
            finished = elt(
                "run",
                database=database,
                api=api,
                user=mode == "development",
                config={"playlists": [MAIN_PLAYLIST]},
            )
        folders = (elt.folder, elt.parse_state)
        return Run(finished, database, api.catalogue, list(api.requests), mode, folders)

    def run(server: PostgresServer, mode: str) -> Run:
        made = server.folder / f"sample-run-{mode}"
        with server.alone(made.name):
            if not made.exists():
                made.write_bytes(pickle.dumps(make(server, mode)))
        found: Run = pickle.loads(made.read_bytes())  # noqa: S301 - our own
        return replace(found, database=server.new_database(template=found.database["PGDATABASE"]))

    return run


@pytest.fixture(scope="session")
def extended(sample_run: SampleRun, any_server: PostgresServer) -> Run:
    """A run in extended mode, on each server in turn."""
    return sample_run(any_server, "extended")


@pytest.fixture(scope="session")
def development(sample_run: SampleRun, embedded_server: PostgresServer) -> Run:
    """A run in development mode with a user's consent."""
    return sample_run(embedded_server, "development")


@pytest.fixture(
    scope="session",
    params=["extended", "development", pytest.param("development-old", marks=pytest.mark.thorough)],
)
def in_each_mode(
    request: pytest.FixtureRequest, sample_run: SampleRun, embedded_server: PostgresServer
) -> Run:
    """A run in each mode of the API in turn."""
    return sample_run(embedded_server, request.param)
