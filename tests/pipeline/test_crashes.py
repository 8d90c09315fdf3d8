"""A run that is killed, interrupted or cut off from its database: the next one makes it good.

The moments of `kill -9` are spread over a run by a golden-ratio sequence, which fills the gaps
evenly however many there are. CI affords a few; `KILL_POINTS=200` tries two hundred.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import yaml
from command_line import CommandLine
from marts import read_answers, wrong_answers
from postgres_server import Database, PostgresServer, connected, query, wait_until
from runs import Loaded
from waiting import PATIENCE, Held

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

KILL_POINTS = int(os.environ.get("KILL_POINTS", "3"))
GOLDEN_RATIO = 0.6180339887
RUN_SECONDS = 5.0  # about what a first run takes
METHODS = ("upsert", "overwrite", "insert")
PLAYLISTS = [MAIN_PLAYLIST, SHARED_PLAYLIST]
TERMINATED = 128 + signal.SIGTERM
# Runs that the next one did not find, or found without their last words.
UNTOLD = """
select run_id, status from spotify_logging.pipeline_runs
where
    status = 'running'
    or status = 'abandoned'
    and (error is null or (changed_raw and coalesce(logs, '') !~ 'rows read'))
"""
WAITS_FOR_THE_LOCK = """
select pid from pg_stat_activity
where datname = current_database() and wait_event_type = 'Lock' and backend_type = 'client backend'
"""


@dataclass
class Victim:
    """A command line with its database and its API.

    Attributes:
        elt: the command line.
        database: where it loads to.
        api: what it loads from.
    """

    elt: CommandLine
    database: Database
    api: SampleApi

    def run(self, method: str = "upsert") -> None:
        """Run to the end, and hold the answers against the expected ones."""
        config = {"playlists": PLAYLISTS, "load_method": method}
        finished = self.elt("run", database=self.database, api=self.api, config=config)
        assert finished.code == 0, finished.output
        assert wrong_answers(self.database, self.api.catalogue, PLAYLISTS) == []

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a run and leave it alone."""
        return self.elt.start("run", *arguments, database=self.database, api=self.api)


@pytest.fixture
def victim(elt: CommandLine, loaded: Loaded) -> Iterator[Victim]:
    """A database that holds a first load, and an edited playlist to load next."""
    (elt.folder / "pipeline.yml").write_text(yaml.safe_dump({"playlists": PLAYLISTS}))
    with SampleApi(latency=0.02) as api:
        edit(api)
        yield Victim(elt, loaded(*PLAYLISTS), api)


def edit(api: SampleApi) -> None:
    api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: rows[7:])


def raw_rows(database: Database) -> set[tuple[object, ...]]:
    """Return what the raw tables hold, without what differs from load to load."""
    rows = query(
        database,
        "select playlist_id, position::text, payload::text from spotify_raw.playlist_items "
        "union all select playlist_id, '', payload::text from spotify_raw.playlists "
        "union all select artist_id, '', payload::text from spotify_raw.artists "
        "union all select album_id, '', payload::text from spotify_raw.albums",
    )
    return set(rows)


@pytest.fixture(scope="module")
def edited_rows(
    embedded_server: PostgresServer, new_elt: Callable[[], CommandLine]
) -> set[tuple[object, ...]]:
    """What a clean run leaves in the raw tables when the playlist was edited before."""
    with SampleApi() as api:
        edit(api)
        clean = Victim(new_elt(), embedded_server.new_database(), api)
        clean.run()
    return raw_rows(clean.database)


@pytest.mark.parametrize(
    "point",
    [0, *(pytest.param(point, marks=pytest.mark.thorough) for point in range(1, KILL_POINTS))],
)
def test_after_kill_9_the_next_run_gives_what_a_clean_one_gives(
    point: int, request: pytest.FixtureRequest, elt: CommandLine, loaded: Loaded, database: Database
) -> None:
    method = METHODS[point % len(METHODS)]
    (elt.folder / "pipeline.yml").write_text(yaml.safe_dump({"playlists": PLAYLISTS}))
    with SampleApi(latency=0.02) as api:
        victim = Victim(elt, database, api)
        if point % 2:  # half of them over an earlier load
            victim = Victim(elt, loaded(*PLAYLISTS), api)
            edit(api)
            answers = read_answers(victim.database)
        process = victim.start("--load-method", method)
        time.sleep(RUN_SECONDS * ((point * GOLDEN_RATIO) % 1))
        process.kill()
        process.communicate()
        if point % 2:  # until the next run, people read the old answers or the new ones
            now = read_answers(victim.database)
            old = now == answers
            assert old or wrong_answers(victim.database, api.catalogue, PLAYLISTS) == []
        if point % 4 == 1:
            shutil.rmtree(elt.folder / ".local", ignore_errors=True)  # a fresh container
        victim.run(method)
        if point % 2:
            wanted = request.getfixturevalue("edited_rows")
        else:
            wanted = raw_rows(loaded(*PLAYLISTS))
        assert wanted <= raw_rows(victim.database)
        assert query(victim.database, UNTOLD) == []


@pytest.mark.thorough
def test_a_half_loaded_playlist_that_is_refused_afterwards_keeps_its_rows(
    victim: Victim,
) -> None:
    # What a kill between dlt's two merges leaves behind: the playlist is newer than its rows.
    query(
        victim.database,
        "update spotify_raw.playlists set loaded_at = now(), _dlt_load_id = 'never finished' "
        "where playlist_id = %s",
        MAIN_PLAYLIST,
    )
    with SampleApi() as before:
        untouched = before.catalogue
    victim.api.faults = [Fault("not_found", f"/v1/playlists/{MAIN_PLAYLIST}*", times=None)]
    finished = victim.elt("run", "--force", database=victim.database, api=victim.api)
    assert finished.code == 3, finished.output
    assert wrong_answers(victim.database, untouched, PLAYLISTS) == []


@pytest.mark.thorough  # of any moment of it
def test_sigterm_ends_a_run_that_has_hardly_begun(victim: Victim) -> None:
    process = victim.start("--force")
    time.sleep(0.3)
    process.terminate()
    _, told = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in told
    # Python may still be importing.
    assert process.returncode in {TERMINATED, -signal.SIGTERM}, told
    victim.run()


@pytest.mark.thorough
def test_sigterm_ends_a_run_at_once_and_is_recorded(victim: Victim) -> None:
    held = Held("items")
    victim.api.faults = [held.fault]
    process = victim.start("--force")
    held.wait_for(process)
    process.terminate()
    _, told = process.communicate(timeout=PATIENCE)  # it is never answered
    assert "Traceback" not in told
    assert process.returncode == TERMINATED, told
    assert "ended by SIGTERM" in told
    held.let_go()
    statuses = query(
        victim.database,
        "select status, error from spotify_logging.pipeline_runs order by started_at",
    )
    assert all(status == "success" or "SIGTERM" in error for status, error in statuses)
    victim.run()


def test_a_second_run_at_the_same_time_says_so_and_leaves(victim: Victim) -> None:
    held = Held("items")
    victim.api.faults = [held.fault]
    first = victim.start("--force")
    held.wait_for(first)
    second = victim.elt("run", database=victim.database, api=victim.api)
    assert second.code == 1, second.output
    assert "Another run is" in second.last_line
    held.let_go()
    first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    victim.run()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "lock",
    [
        pytest.param("spotify_raw.playlist_items in share mode", marks=pytest.mark.thorough),
        "spotify_history.popularity_versions in access exclusive mode",
    ],
)
def test_a_lost_database_connection_fails_the_run_in_one_sentence(
    victim: Victim, lock: str
) -> None:
    good = read_answers(victim.database)
    with connected(victim.database) as cursor:
        cursor.execute(f"begin; lock table {lock}")
        process = victim.start("--force")
        wait_until(victim.database, WAITS_FOR_THE_LOCK)
        query(victim.database, f"select pg_terminate_backend(pid) from ({WAITS_FOR_THE_LOCK}) as _")
        cursor.execute("rollback")
    told = process.communicate(timeout=PATIENCE)[1]
    assert "Traceback" not in told
    if process.returncode:  # not where a retry made it good
        assert process.returncode == 1, told
        assert read_answers(victim.database) == good
    victim.run()


@pytest.mark.thorough
def test_a_full_disk_for_temporary_files_is_one_sentence(victim: Victim) -> None:
    full = victim.elt(
        "run",
        "--force",
        database=victim.database,
        api=victim.api,
        environment={"TMPDIR": "/dev/full", "DLT_DATA_DIR": "/dev/full"},
    )
    assert full.code == 1, full.output
    assert len(full.last_line) > 20
    victim.run()
