"""`spotify-elt status`: the last runs, and whether all is well."""

import json

import pytest
from command_line import CommandLine
from postgres_server import Database, connected, wait_until
from runs import Loaded
from waiting import Held

from sample_api import MAIN_PLAYLIST, OTHERS_PLAYLIST, Fault, SampleApi

CONFIG = {"playlists": [MAIN_PLAYLIST]}
NOBODY_ELSE = """
select 1 where not exists (
    select 1 from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend'
    and pid <> pg_backend_pid()
)
"""


def test_after_a_good_run_all_is_well(elt: CommandLine, loaded: Loaded) -> None:
    database = loaded(MAIN_PLAYLIST)
    shown = elt("status", database=database)
    assert shown.code == 0, shown.output
    assert "success" in shown.stdout
    assert "1 loaded" in shown.stdout
    assert "Healthy: the last run did not fail" in shown.stdout
    told = json.loads(elt("status", "--json", database=database).stdout)
    assert told["healthy"] is True
    assert told["runs"][0]["playlists"] == {"loaded": 1}
    assert told["runs"][0]["rows_by_table"]["playlist_items"] == 197


@pytest.mark.thorough
def test_a_failed_run_is_told_with_its_reason_until_a_good_one(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    wrong = {"SPOTIPY_CLIENT_SECRET": "wrong"}
    failed = elt("run", database=database, api=extended_api, config=CONFIG, environment=wrong)
    assert failed.code == 2, failed.output
    shown = elt("status", database=database)
    assert shown.code == 1
    assert "refused the credentials" in shown.words
    assert elt("run", database=database, api=extended_api).code == 0
    assert elt("status", database=database).code == 0


@pytest.mark.thorough
def test_a_partial_run_is_told_and_is_no_failure(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    extended_api.faults = [Fault("not_found", f"/v1/playlists/{OTHERS_PLAYLIST}*", times=None)]
    config = {"playlists": [MAIN_PLAYLIST, OTHERS_PLAYLIST]}
    run = elt("run", database=database, api=extended_api, config=config)
    assert run.code == 3, run.output
    assert run.last_line.startswith("spotify-elt: 1 playlist failed: ")
    shown = elt("status", database=database)
    assert shown.code == 0, shown.output
    assert "1 failed, 1 unchanged" in shown.words
    assert "was not found" in shown.words


@pytest.mark.parametrize(
    ("hours", "max_age", "code"), [(25, "20h", 0), (27, "20h", 1), (27, "7d", 0), (8, "1h", 1)]
)
def test_a_run_that_ended_well_too_long_ago_is_trouble(
    elt: CommandLine, loaded: Loaded, hours: int, max_age: str, code: int
) -> None:
    database = loaded(MAIN_PLAYLIST)
    with connected(database) as cursor:
        cursor.execute(
            "update spotify_logging.pipeline_runs set started_at = started_at - %s * interval "
            "'1 hour', finished_at = finished_at - %s * interval '1 hour'",
            [hours, hours],
        )
    shown = elt("status", database=database, config={**CONFIG, "max_age": max_age})
    assert shown.code == code, shown.output
    assert ("still scheduled" in shown.words) == bool(code)


def test_before_the_first_run_there_is_nothing_to_be_well(
    elt: CommandLine, database: Database
) -> None:
    shown = elt("status", database=database)
    assert shown.code == 1
    assert "No run has ended yet" in shown.stdout


@pytest.mark.thorough
def test_a_run_at_work_is_running_and_a_killed_one_abandoned(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    held = Held("playlist")
    extended_api.faults = [held.fault]
    process = elt.start("run", "--force", database=database, api=extended_api)
    held.wait_for(process)
    at_work = elt("status", database=database)
    process.kill()
    process.communicate()
    wait_until(database, NOBODY_ELSE)  # until PostgreSQL has noticed
    killed = elt("status", database=database)
    assert at_work.code == 0, at_work.output
    assert "running" in at_work.stdout
    assert killed.code == 1, killed.output
    assert "abandoned" in killed.stdout
    assert "It never said how it ended" in killed.words
