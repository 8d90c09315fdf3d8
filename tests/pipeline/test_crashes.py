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
from postgres_server import Database, PostgresServer, connected, query
from runs import Loaded

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
        one = Victim(elt, loaded(*PLAYLISTS), api)
        api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: rows[7:])
        yield one


def raw_rows(database: Database) -> list[tuple[object, ...]]:
    """Return what the raw tables hold, without what differs from load to load."""
    return query(
        database,
        "select playlist_id, position::text, payload::text from spotify_raw.playlist_items "
        "union all select playlist_id, '', payload::text from spotify_raw.playlists "
        "union all select artist_id, '', payload::text from spotify_raw.artists "
        "union all select album_id, '', payload::text from spotify_raw.albums order by 1, 2, 3",
    )


@pytest.mark.slow
@pytest.mark.parametrize("point", range(KILL_POINTS))
def test_after_kill_9_the_next_run_gives_what_a_clean_one_gives(
    point: int,
    embedded_server: PostgresServer,
    new_elt: Callable[[], CommandLine],
) -> None:
    method = METHODS[point % len(METHODS)]
    with SampleApi(latency=0.02) as api:
        victim = Victim(new_elt(), embedded_server.new_database(), api)
        if point % 2:  # half of them over an earlier load
            victim.run(method)
            api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: rows[7:])
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
            shutil.rmtree(victim.elt.folder / ".local")  # a fresh container
        victim.run(method)
        if method != "insert":
            clean = Victim(new_elt(), embedded_server.new_database(), api)
            clean.run(method)
            wanted = set(raw_rows(clean.database))
            assert wanted <= set(raw_rows(victim.database))
        assert query(victim.database, UNTOLD) == []


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


@pytest.mark.parametrize("moment", [pytest.param(0.3, marks=pytest.mark.variant), 1.5, 3.0])
def test_sigterm_ends_a_run_at_once_and_is_recorded(victim: Victim, moment: float) -> None:
    victim.api.latency = 0.3
    victim.api.faults = [Fault("slow", "items", seconds=30, times=None)] if moment > 2.5 else []
    process = victim.start("--force")
    time.sleep(moment)
    began = time.monotonic()
    process.terminate()
    _, told = process.communicate(timeout=30)
    assert time.monotonic() - began < 10
    assert "Traceback" not in told
    assert process.returncode in {TERMINATED, -signal.SIGTERM}, told
    if moment > 0.5 and process.returncode == TERMINATED:  # earlier it may still be importing
        assert "ended by SIGTERM" in told
    victim.api.latency, victim.api.faults = 0.02, []
    statuses = query(
        victim.database,
        "select status, error from spotify_logging.pipeline_runs order by started_at",
    )
    assert all(status == "success" or "SIGTERM" in error for status, error in statuses)
    victim.run()


def test_a_second_run_at_the_same_time_says_so_and_leaves(victim: Victim) -> None:
    victim.api.faults = [Fault("slow", "items", seconds=6)]
    first = victim.start("--force")
    time.sleep(2.5)
    second = victim.elt("run", database=victim.database, api=victim.api)
    assert second.code == 1, second.output
    assert "Another run is" in second.last_line
    first.communicate(timeout=60)
    assert first.returncode == 0
    victim.run()


@pytest.mark.parametrize(
    "step", [pytest.param("playlist_items", marks=pytest.mark.variant), "tracks"]
)
def test_a_lost_database_connection_fails_the_run_in_one_sentence(
    victim: Victim, step: str
) -> None:
    good = read_answers(victim.database)
    process = victim.start("--force")
    deadline, cut_off = time.monotonic() + 20, False
    with connected(victim.database) as cursor:
        while time.monotonic() < deadline and process.poll() is None:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where pid in ("
                "select pid from pg_stat_activity where query ilike %s "
                "and datname = current_database() and pid <> pg_backend_pid() "
                "and state <> 'idle')",
                [f"%{step}%"],
            )
            cut_off = bool(cursor.fetchall())
            if cut_off:
                break
    told = process.communicate(timeout=120)[1]
    assert cut_off, "nobody was connected"
    assert "Traceback" not in told
    if process.returncode:  # not where a retry made it good
        assert process.returncode == 1, told
        assert read_answers(victim.database) == good
    victim.run()


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
