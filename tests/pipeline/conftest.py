"""Runs of the pipeline that several test files look at, so that each is made only once."""

from collections.abc import Callable

import pytest
from command_line import CommandLine
from postgres_server import PostgresServer
from runs import Run

from sample_api import MAIN_PLAYLIST, MODES, SampleApi

SampleRun = Callable[[PostgresServer, str], Run]


@pytest.fixture(scope="session")
def sample_run(new_elt: Callable[[], CommandLine]) -> SampleRun:
    """Makes a first run of the sample on a server in a mode, once for each pair."""
    runs: dict[tuple[int, str], Run] = {}

    def run(server: PostgresServer, mode: str) -> Run:
        if (server.port, mode) not in runs:
            database, elt = server.new_database(), new_elt()
            with SampleApi(mode=mode, latency=0.02) as api:  # so that calls can overlap
                finished = elt(
                    "run",
                    database=database,
                    api=api,
                    user=mode == "development",
                    config={"playlists": [MAIN_PLAYLIST]},
                )
            folders = (elt.folder, elt.parse_state)
            runs[server.port, mode] = Run(
                finished, database, api.catalogue, list(api.requests), mode, folders
            )
        return runs[server.port, mode]

    return run


@pytest.fixture(scope="session")
def extended(sample_run: SampleRun, any_server: PostgresServer) -> Run:
    """A run in extended mode, on each server in turn."""
    return sample_run(any_server, "extended")


@pytest.fixture(scope="session")
def development(sample_run: SampleRun, embedded_server: PostgresServer) -> Run:
    """A run in development mode with a user's consent."""
    return sample_run(embedded_server, "development")


@pytest.fixture(scope="session", params=MODES)
def in_each_mode(
    request: pytest.FixtureRequest, sample_run: SampleRun, embedded_server: PostgresServer
) -> Run:
    """A run in each mode of the API in turn."""
    return sample_run(embedded_server, request.param)
