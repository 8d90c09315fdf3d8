"""What is wrong before a run begins: one sentence, the right exit code, nothing but a log entry."""

from collections.abc import Mapping
from typing import Any

import pytest
from command_line import CommandLine, Finished
from postgres_server import PASSWORD, Database, free_port, query

from sample_api import CLIENT_SECRET, MAIN_PLAYLIST, REFRESH_TOKEN, SampleApi

UNKNOWN_PLAYLIST = "0000000000000000000000"
FAILED, WRONG_USAGE = 1, 2


def assert_one_sentence(finished: Finished, code: int, *words: str) -> None:
    """The command failed with this code, and its last line alone says what is wrong."""
    assert finished.code == code, finished.output
    assert finished.last_line.startswith("spotify-elt: "), finished.stderr
    assert finished.stderr.count("spotify-elt: ") == 1, finished.stderr
    for word in words:
        assert word in finished.last_line, finished.stderr
    assert "Summary" not in finished.stdout


def schemas_in(database: Database) -> list[str]:
    """Return the schemas that somebody has created."""
    schemas = query(
        database,
        "select nspname from pg_namespace where nspname !~ '^pg_' "
        "and nspname not in ('information_schema', 'public')",
    )
    return [schema for (schema,) in schemas]


def assert_nothing_written(database: Database) -> None:
    """The database is as empty as on the day it was created."""
    assert schemas_in(database) == []


def assert_only_logged(database: Database, finished: Finished, requests: int) -> None:
    """The run log tells what the command told, and nothing else was written."""
    assert schemas_in(database) == ["spotify_logging"]
    logged = query(
        database,
        "select status, error, finished_at is not null, changed_raw, built_with, api_requests "
        "from spotify_logging.pipeline_runs",
    )
    told = finished.last_line.removeprefix("spotify-elt: ")
    assert logged == [("failed", told, True, False, None, requests)]


def test_without_credentials_it_names_them_and_the_sample(
    elt: CommandLine, database: Database
) -> None:
    finished = elt("run", database=database)
    names = ("SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET", "make run")
    assert_one_sentence(finished, WRONG_USAGE, *names)
    assert_nothing_written(database)


def test_only_the_missing_credential_is_named(elt: CommandLine, database: Database) -> None:
    finished = elt("run", database=database, environment={"SPOTIPY_CLIENT_ID": "mine"})
    assert_one_sentence(finished, WRONG_USAGE, "set SPOTIPY_CLIENT_SECRET in", "make run")


def test_a_blank_credential_is_a_missing_one(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    blank = {"SPOTIPY_CLIENT_SECRET": " "}
    finished = elt("run", database=database, api=extended_api, environment=blank)
    assert_one_sentence(finished, WRONG_USAGE, "set SPOTIPY_CLIENT_SECRET in")


@pytest.mark.parametrize(
    ("user", "wrong", "named"),
    [
        (False, {"SPOTIPY_CLIENT_ID": "not-the-id"}, "SPOTIPY_CLIENT_ID"),
        (False, {"SPOTIPY_CLIENT_SECRET": "not-the-secret"}, "SPOTIPY_CLIENT_SECRET"),
        (True, {"SPOTIPY_CLIENT_SECRET": "not-the-secret"}, "SPOTIPY_CLIENT_SECRET"),
        (True, {"SPOTIFY_REFRESH_TOKEN": "not-the-token"}, "SPOTIFY_REFRESH_TOKEN"),
    ],
)
def test_wrong_credentials_are_named_and_not_told(  # noqa: PLR0913, PLR0917 - fixtures and cases
    elt: CommandLine,
    database: Database,
    extended_api: SampleApi,
    user: bool,  # noqa: FBT001 - a case
    wrong: Mapping[str, str],
    named: str,
) -> None:
    finished = elt("run", database=database, api=extended_api, user=user, environment=wrong)
    assert_one_sentence(finished, WRONG_USAGE, named)
    for secret in ("not-the-secret", "not-the-token", CLIENT_SECRET, REFRESH_TOKEN):
        assert secret not in finished.output
    assert_only_logged(database, finished, requests=len(extended_api.requests))
    assert [served.endpoint for served in extended_api.requests] == ["token"]


def test_an_unreachable_database_is_told_before_spotify_is_asked(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    port = str(free_port())
    elsewhere = {**database, "PGPORT": port}
    finished = elt("run", database=elsewhere, api=extended_api)
    assert_one_sentence(finished, FAILED, "127.0.0.1", port, "refused. Check the PG* variables.")
    assert PASSWORD not in finished.output
    assert extended_api.requests == []


@pytest.mark.thorough
@pytest.mark.parametrize("command", ["run", "answers"])
def test_a_wrong_database_password_is_not_told(
    elt: CommandLine, database: Database, extended_api: SampleApi, command: str
) -> None:
    wrong = {**database, "PGPASSWORD": "wrong-but-secret"}
    finished = elt(command, database=wrong, api=extended_api)
    assert_one_sentence(finished, FAILED, "password")
    assert "wrong-but-secret" not in finished.output


def test_answers_before_the_first_run_say_so(elt: CommandLine, database: Database) -> None:
    assert_one_sentence(elt("answers", database=database), FAILED, "spotify-elt run")


@pytest.mark.thorough
def test_an_unknown_playlist_fails_and_is_only_logged(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    config = {"playlists": [UNKNOWN_PLAYLIST]}
    finished = elt("run", database=database, api=extended_api, config=config)
    assert_one_sentence(finished, FAILED, UNKNOWN_PLAYLIST, "not found")
    assert_only_logged(database, finished, requests=len(["token", "playlist"]))
    logged = query(
        database,
        "select playlist_id, status, reason, loaded_at from spotify_logging.playlist_loads",
    )
    told = finished.last_line.removeprefix("spotify-elt: ")
    assert logged == [(UNKNOWN_PLAYLIST, "failed", told, None)]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("playlists: [unclosed", ["pipeline.yml", "YAML"]),
        ("just words", ["pipeline.yml", "key: value"]),
        ({"playlist": [MAIN_PLAYLIST]}, ["pipeline.yml", "playlist", "known are", "playlists"]),
        ({"load_method": "merge"}, ["load_method", "upsert", "overwrite", "insert"]),
        ({"concurrency": 0}, ["concurrency"]),
        ({"concurrency": "many"}, ["concurrency"]),
        ({"max_wait": 60}, ["max_wait", "60", "90s"]),
        ({"max_wait": "a while"}, ["max_wait", "a while"]),
        ({"schema_prefix": "spotify; drop schema public"}, ["schema_prefix"]),
        ({"playlists": []}, ["playlists"]),
        ({"playlists": ["not a playlist"]}, ["playlists", "not a playlist"]),
        ({"playlists": ["spotify:album:0000000000000000000000"]}, ["playlists", "spotify:album:"]),
    ],
)
def test_bad_settings_are_named(
    elt: CommandLine, extended_api: SampleApi, config: dict[str, Any] | str, words: list[str]
) -> None:
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": "1"}  # never asked
    finished = elt("run", database=nowhere, api=extended_api, config=config)
    assert_one_sentence(finished, WRONG_USAGE, *words)
    assert extended_api.requests == []


def test_a_named_settings_file_must_exist(elt: CommandLine, extended_api: SampleApi) -> None:
    named = {"PIPELINE_CONFIG": "elsewhere/mine.yml", "PGHOST": "127.0.0.1"}
    finished = elt("run", api=extended_api, environment=named)
    assert_one_sentence(finished, WRONG_USAGE, "elsewhere/mine.yml")


def test_a_malformed_playlist_argument_is_named(elt: CommandLine, extended_api: SampleApi) -> None:
    nowhere = {"PGHOST": "127.0.0.1"}
    finished = elt("run", "--playlist", "lofi-girl", api=extended_api, environment=nowhere)
    assert_one_sentence(finished, WRONG_USAGE, "lofi-girl", "22-character id")


def test_the_sample_is_never_written_to_a_database_of_ones_own(
    elt: CommandLine, database: Database
) -> None:
    finished = elt("run", "--sample", database=database)
    assert_one_sentence(finished, WRONG_USAGE, "--sample", "PGHOST")
    assert_nothing_written(database)


@pytest.mark.parametrize("arguments", [["rum"], [], ["run", "--load-method", "merge"]])
def test_a_wrong_command_line_shows_the_usage(elt: CommandLine, arguments: list[str]) -> None:
    finished = elt(*arguments)
    assert finished.code == WRONG_USAGE
    assert "Usage: spotify-elt" in finished.stderr


def test_addresses_must_be_addresses(elt: CommandLine, extended_api: SampleApi) -> None:
    wrong = {"SPOTIFY_API_URL": "api.spotify.com/v1", "PGHOST": "127.0.0.1"}
    finished = elt("run", api=extended_api, environment=wrong)
    assert_one_sentence(finished, WRONG_USAGE, "SPOTIFY_API_URL", "https://")


@pytest.mark.thorough
def test_a_dotenv_is_read_but_the_environment_is_stronger(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    (elt.folder / ".env").write_text(
        "SPOTIPY_CLIENT_ID=wrong\nPGHOST=127.0.0.1\nPGPORT=1\n", encoding="utf-8"
    )
    finished = elt("run", api=extended_api)
    assert_one_sentence(finished, FAILED, "127.0.0.1:1/")
