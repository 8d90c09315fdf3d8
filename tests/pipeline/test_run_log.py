"""The run log tells the truth about every run, and never breaks one."""

from typing import Any

import pytest
from command_line import CommandLine
from postgres_server import Database, PostgresServer, connected, query
from runs import Loaded
from waiting import PATIENCE, Held

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, Fault, SampleApi

SINCE_THE_FIRST_VERSION = [
    "retries",
    "seconds_waited",
    "rows_by_table",
    "entities_not_found",
    "warehouse",
    "host",
    "versions",
    "logs",
]
IDLE_LOG_CONNECTIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'spotify-elt' and datname = current_database() and state = 'idle'
"""


def last_run(database: Database) -> dict[str, Any]:
    """Return the latest row of `pipeline_runs`."""
    ((row,),) = query(
        database,
        "select to_jsonb(runs) from spotify_logging.pipeline_runs as runs "
        "order by started_at desc limit 1",
    )
    return dict(row)


def test_a_row_tells_what_a_run_loaded_and_with_what(loaded: Loaded) -> None:
    database = loaded(MAIN_PLAYLIST, SHARED_PLAYLIST)
    run = last_run(database)
    assert run["status"] == "success"
    assert run["error"] is None
    assert set(run["config"]["playlists"]) == {MAIN_PLAYLIST, SHARED_PLAYLIST}
    # The database that it wrote to; this one is a copy.
    server = f"{database['PGUSER']}@{database['PGHOST']}:{database['PGPORT']}/"
    assert run["warehouse"].startswith(server)
    assert run["host"]
    assert set(run["versions"]) >= {"spotify-elt", "dlt", "dbt-core", "spotipy", "Python"}
    for table, rows in run["rows_by_table"].items():
        assert query(database, f"select count(*) from spotify_raw.{table}") == [(rows,)]
    known = query(database, "select load_id from spotify_raw._dlt_loads where status = 0")
    assert [(load_id,) for load_id in run["dlt_load_ids"]] == known
    lines = run["logs"].splitlines()
    assert f"Run {run['run_id']}: 2 playlists into {run['warehouse']}" in lines[0]
    assert any(line.endswith("197 rows read") for line in lines)
    assert any("dbt: " in line and "spotify_marts_candidate.tracks" in line for line in lines)
    assert lines[-1].endswith("success")


def test_the_rows_of_a_playlist_are_counted_at_every_stage(loaded: Loaded) -> None:
    counts = query(
        loaded(MAIN_PLAYLIST, SHARED_PLAYLIST),
        "select playlist_id, total_by_api, rows_read, rows_loaded, rows_staged, rows_in_marts "
        "from spotify_logging.playlist_loads",
    )
    assert {one: set(rows) for one, *rows in counts} == {
        MAIN_PLAYLIST: {197},
        SHARED_PLAYLIST: {28},
    }


def test_dbt_results_tell_of_every_model_and_test(loaded: Loaded) -> None:
    database = loaded(MAIN_PLAYLIST, SHARED_PLAYLIST)
    run_id = last_run(database)["run_id"]
    results = query(
        database,
        "select node, resource_type, status, seconds from spotify_logging.dbt_results "
        "where run_id = %s",
        run_id,
    )
    models = {node for node, kind, _, _ in results if kind == "model"}
    in_marts = query(
        database,
        "select 'model.spotify.' || relname from pg_class as relations "
        "inner join pg_namespace as schemas on relations.relnamespace = schemas.oid "
        "where nspname in ('spotify_marts', 'spotify_staging') and relkind in ('r', 'v')",
    )
    assert models == {node for (node,) in in_marts}
    assert any(kind == "test" for _, kind, _, _ in results)
    assert {status for _, _, status, _ in results} <= {"success", "pass", "no-op"}
    assert all(seconds >= 0 for *_, seconds in results)


@pytest.mark.thorough
def test_retries_waits_and_what_is_gone_are_counted(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(SHARED_PLAYLIST)
    extended_api.faults = [
        Fault("status", "playlist", status=503),
        Fault("rate_limit", "items", retry_after=1),
        Fault("null_member", "artists"),
    ]
    arguments = ("run", "--load-method", "overwrite", "--playlist", MAIN_PLAYLIST)
    finished = elt(*arguments, database=database, api=extended_api)
    assert finished.code == 0, finished.output
    run = last_run(database)
    assert run["retries"] == 1
    assert run["seconds_waited"] == pytest.approx(1)  # what was asked for, not what it took
    assert run["entities_not_found"] == {"artists": 1}
    assert "Spotify no longer has 1 artist" in finished.words
    assert run["api_requests"] == len(extended_api.requests)


@pytest.mark.thorough
def test_a_log_of_an_older_version_is_migrated_without_losing_a_row(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    dropped = ", ".join(f"drop column {column}" for column in SINCE_THE_FIRST_VERSION)
    with connected(database) as cursor:
        cursor.execute(f"alter table spotify_logging.pipeline_runs {dropped}")
        cursor.execute("drop table spotify_logging.dbt_results")
        cursor.execute(
            "insert into spotify_logging.pipeline_runs "
            "(run_id, pipeline_name, status, started_at, config, spotify_app) "
            "values ('from-before', 'spotify', 'running', now() - interval '2 days', '{}', 'x')"
        )
    (elt.folder / "logs").write_text("a file in the place of the folder")
    finished = elt(
        "run", database=database, api=extended_api, config={"playlists": [MAIN_PLAYLIST]}
    )
    assert finished.code == 0, finished.output
    (died, _), *others = query(
        database, "select error, status from spotify_logging.pipeline_runs order by started_at"
    )
    assert died.endswith("See logs/from-before.log on the machine it ran on.")
    assert others == [(None, "success"), (None, "skipped")]
    assert "Requests: 2 made" in last_run(database)["logs"]
    assert query(database, "select count(*) from spotify_logging.dbt_results") == [(0,)]


@pytest.mark.thorough
def test_a_log_that_vanishes_while_a_run_goes_on_breaks_nothing(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(SHARED_PLAYLIST)
    held = Held("playlist")
    extended_api.faults = [held.fault]
    arguments = ("run", "--force", "--playlist", SHARED_PLAYLIST)
    process = elt.start(*arguments, database=database, api=extended_api)
    held.wait_for(process)
    with connected(database) as cursor:
        cursor.execute("drop schema spotify_logging cascade")
    held.let_go()
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    assert "The run log could not be written" in told
    assert "Traceback" not in told


@pytest.mark.thorough
def test_a_log_connection_that_was_lost_loses_no_row(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(SHARED_PLAYLIST)
    held = Held("playlist")
    extended_api.faults = [held.fault]
    arguments = ("run", "--force", "--playlist", SHARED_PLAYLIST)
    process = elt.start(*arguments, database=database, api=extended_api)
    held.wait_for(process)
    with connected(database) as cursor:
        cursor.execute(IDLE_LOG_CONNECTIONS)
        assert cursor.fetchall()
    held.let_go()
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told
    assert "could not be written" not in told
    run = last_run(database)
    assert run["status"] == "success"
    assert run["built_with"]
    of_dbt = "select count(*) > 50 from spotify_logging.dbt_results where run_id = %s"
    assert query(database, of_dbt, run["run_id"]) == [(True,)]
    of_playlists = "select rows_in_marts from spotify_logging.playlist_loads where run_id = %s"
    assert query(database, of_playlists, run["run_id"]) == [(28,)]


@pytest.mark.thorough
def test_the_log_may_be_in_another_database(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi, embedded_server: PostgresServer
) -> None:
    database, log = loaded(SHARED_PLAYLIST), embedded_server.new_database()
    elsewhere = {"LOGGING_PGDATABASE": log["PGDATABASE"]}
    config = {"playlists": [SHARED_PLAYLIST]}
    # What the warehouse's own log knows is not asked any more: the playlist is read again.
    for status in ("success", "skipped"):
        finished = elt(
            "run", database=database, api=extended_api, config=config, environment=elsewhere
        )
        assert finished.code == 0, finished.output
        assert last_run(log)["status"] == status
    assert query(database, "select count(*) from spotify_logging.pipeline_runs") == [(1,)]
    assert elt("status", database=database, environment=elsewhere).code == 0
    purged = elt("purge", "--playlist", SHARED_PLAYLIST, database=database, environment=elsewhere)
    assert purged.code == 0, purged.output
    assert query(log, "select count(*) from spotify_logging.playlist_loads") == [(0,)]
    assert query(database, "select count(*) from spotify_raw.playlists") == [(0,)]

    runs = query(log, "select count(*) from spotify_logging.pipeline_runs")[0][0]
    purged = elt("purge", "--everything", database=database, environment=elsewhere)
    assert purged.code == 0, purged.output
    assert f"spotify_logging.pipeline_runs: all of it {runs}" in purged.words
    for one in (database, log):
        schemas = "select nspname from pg_namespace where nspname like 'spotify%'"
        assert query(one, schemas) == []
