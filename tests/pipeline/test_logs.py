"""Log lines: readable on a terminal, JSON for CloudWatch, a file for each run."""

import json
from datetime import UTC, datetime

import pytest
from command_line import CommandLine
from postgres_server import query
from runs import Loaded

from sample_api import MAIN_PLAYLIST, SampleApi

CONFIG = {"playlists": [MAIN_PLAYLIST]}
FILES_KEPT = 30


@pytest.mark.thorough
def test_json_lines_are_one_object_an_event_with_the_run_s_id(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database = loaded(MAIN_PLAYLIST)
    before = datetime.now(UTC).replace(microsecond=0)
    finished = elt(
        "run",
        "--force",
        database=database,
        api=extended_api,
        config=CONFIG,
        environment={"LOG_FORMAT": "json", "TZ": "Asia/Tokyo"},
    )
    assert finished.code == 0, finished.output
    assert finished.stdout == ""
    events = [json.loads(line) for line in finished.stderr.splitlines()]
    assert len({event["run_id"] for event in events}) == 1
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, events))
    assert {"dbt"} <= {event["logger"].partition(".")[0] for event in events}
    times = [datetime.fromisoformat(event["time"]) for event in events]
    assert before <= min(times) <= max(times) <= datetime.now(UTC)
    ended = events[-1]
    assert (ended["event"], ended["status"]) == ("run_ended", "success")
    assert ended["rows_by_table"]["playlist_items"] == 197
    assert ended["api_requests"] == len(extended_api.requests)


def test_a_failed_run_s_last_json_line_is_the_sentence(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    finished = elt(
        "run",
        database=loaded(MAIN_PLAYLIST),
        api=extended_api,
        environment={"LOG_FORMAT": "json", "SPOTIPY_CLIENT_SECRET": "wrong-secret"},
    )
    assert finished.code == 2, finished.output
    events = [json.loads(line) for line in finished.stderr.splitlines()]
    ended = events[-1]
    assert (ended["event"], ended["status"]) == ("run_ended", "failed")
    assert "refused the credentials" in ended["error"]
    assert [event["level"] for event in events].count("ERROR") == 1
    assert len({event["run_id"] for event in events}) == 1
    assert "wrong-secret" not in finished.output


def test_an_unknown_format_is_one_sentence(elt: CommandLine) -> None:
    finished = elt("run", "--sample", environment={"LOG_FORMAT": "xml"})
    assert finished.code == 2, finished.output
    assert finished.stderr == "spotify-elt: LOG_FORMAT is 'xml': set it to text or json.\n"


@pytest.mark.thorough
def test_each_run_has_a_file_and_the_oldest_go(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    folder = elt.folder / "logs"
    folder.mkdir()
    for day in range(1, FILES_KEPT + 6):
        (folder / f"2024{day // 28 + 1:02}{day % 28 + 1:02}T000000-abcdef.log").touch()
    (folder / "of-somebody-else.log").touch()
    database = loaded(MAIN_PLAYLIST)
    finished = elt("run", database=database, api=extended_api, config=CONFIG)
    assert finished.code == 0, finished.output
    ((run_id, logs),) = query(
        database,
        "select run_id, logs from spotify_logging.pipeline_runs order by started_at desc limit 1",
    )
    assert (folder / f"{run_id}.log").read_text() == logs + "\n"
    kept = sorted(path.name for path in folder.glob("2*.log"))
    assert len(kept) == FILES_KEPT
    assert kept[-1] == f"{run_id}.log"
    assert "20240102T000000-abcdef.log" not in kept
    assert (folder / "of-somebody-else.log").exists()


@pytest.mark.thorough
def test_a_run_that_never_reached_its_database_has_a_file_too(elt: CommandLine) -> None:
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": "1", "PGUSER": "me", "PGDATABASE": "x"}
    credentials = {"SPOTIPY_CLIENT_ID": "an-id", "SPOTIPY_CLIENT_SECRET": "a-secret"}
    finished = elt("run", database=nowhere, environment=credentials)
    assert finished.code == 1, finished.output
    (file,) = (elt.folder / "logs").iterdir()
    assert "Cannot connect to PostgreSQL at me@127.0.0.1:1/x" in file.read_text()
