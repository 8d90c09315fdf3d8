"""The real image, run as ECS runs it: read-only, without privileges, its settings from outside."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Finished
from container import Container, volume
from marts import wrong_answers
from postgres_server import OUTSIDE, PASSWORD, Database, PostgresServer
from s3_bucket import KEY, Bucket
from waiting import PATIENCE, Held

from sample_api import CLIENT_ID, CLIENT_SECRET, MAIN_PLAYLIST, SampleApi

TERMINATED = 143  # exit code
USER = 10001  # the image's


@dataclass(frozen=True)
class FirstRun:
    """A night's run, and what it met.

    Attributes:
        finished: exit code and output.
        environment: of the container.
        api: what it loaded from.
        database: what it loaded into.
        bucket: holds its `.env`, and its artefacts.
        data: the files of its volume.
    """

    finished: Finished
    environment: dict[str, str | None]
    api: SampleApi
    database: Database
    bucket: Bucket
    data: Path


@pytest.fixture(scope="module")
def authority_option(trusted: dict[str, str]) -> str:
    """Lets a container find the database's authority where the tests have it."""
    path = trusted["PGSSLROOTCERT"]
    return f"--volume={path}:{path}:ro"


@pytest.fixture(scope="module")
def container(image: str, authority_option: str) -> Container:
    """Runs the image, each time with an empty volume of its own."""
    return Container(image, authority_option)


@pytest.fixture(scope="module")
def first_run(
    image: str,
    authority_option: str,
    trusted: dict[str, str],
    tls_server: PostgresServer,
    aws: dict[str, str],
) -> Iterator[FirstRun]:
    """A run with its `.env` in S3, its password as ECS gives secrets, and a host to be verified."""
    database, bucket = tls_server.new_database() | {"PGHOST": OUTSIDE}, Bucket(aws)
    with SampleApi() as api, volume() as (mounted, data):
        bucket.put(env_file(database | trusted, api))
        environment = bucket.environment() | {
            "PGPASSWORD": PASSWORD,
            "LOG_FORMAT": "json",
            "ARTEFACTS_URL": f"{bucket}/runs",
        }
        finished = Container(image, authority_option, mounted)(environment)
        yield FirstRun(finished, environment, api, database, bucket, data)


def env_file(database: Mapping[str, str], api: SampleApi) -> str:
    variables = {
        "SPOTIPY_CLIENT_ID": CLIENT_ID,
        "SPOTIPY_CLIENT_SECRET": CLIENT_SECRET,
        "SPOTIFY_API_URL": api.api_url,
        "SPOTIFY_ACCOUNTS_URL": api.accounts_url,
        **database,
    }
    return "".join(f"{name}={value}\n" for name, value in variables.items() if name != "PGPASSWORD")


def test_the_whole_pipeline_runs_and_its_answers_are_right(first_run: FirstRun) -> None:
    assert first_run.finished.code == 0, first_run.finished.output
    assert wrong_answers(first_run.database, first_run.api.catalogue, [MAIN_PLAYLIST]) == []
    kept = {key.rpartition("/")[2] for key in first_run.bucket.keys() - {KEY}}
    assert {"manifest.json", "run_results.json"} <= kept


def test_cloudwatch_is_told_in_json_and_of_nothing_that_could_not_be_written(
    first_run: FirstRun,
) -> None:
    assert first_run.finished.stdout == ""
    events = [json.loads(line) for line in first_run.finished.stderr.splitlines()]
    assert {event["level"] for event in events} == {"INFO"}
    assert (events[-1]["event"], events[-1]["status"]) == ("run_ended", "success")


def test_only_its_volume_is_written_to_by_its_own_user_and_without_secrets(
    first_run: FirstRun,
) -> None:
    written = list(first_run.data.rglob("*"))
    assert {path.name for path in first_run.data.iterdir()} == {".dlt", ".local", "logs", "report"}
    assert {path.lstat().st_uid for path in (first_run.data, *written)} == {USER}
    for text in [path.read_bytes() for path in written if path.is_file()]:
        assert PASSWORD.encode() not in text
        assert CLIENT_SECRET.encode() not in text


def test_dbt_finds_its_project_parsed_already(first_run: FirstRun) -> None:
    told = json.loads((first_run.data / ".local/dbt/target/candidate/perf_info.json").read_text())
    assert told["path_count"] > 100
    assert told["parsed_path_count"] == 0


def test_a_container_that_knows_nothing_skips_what_has_not_changed(
    first_run: FirstRun, container: Container
) -> None:
    finished = container(first_run.environment)
    assert finished.code == 0, finished.output
    assert json.loads(finished.last_line)["status"] == "skipped"


def test_sigterm_reaches_the_run_and_ends_it_at_once(
    first_run: FirstRun, container: Container
) -> None:
    held = Held("playlist")
    with SampleApi(faults=[held.fault]) as api:
        addresses = {"SPOTIFY_API_URL": api.api_url, "SPOTIFY_ACCOUNTS_URL": api.accounts_url}
        process = container.start(first_run.environment | addresses)
        held.wait_for(process)
        process.terminate()
        _, told = process.communicate(timeout=PATIENCE)  # it is never answered
    assert process.returncode == TERMINATED, told
    assert "ended by SIGTERM" in told


@pytest.mark.parametrize(
    ("code", "changes", "words"),
    [
        (2, {"ENV_FILE": None}, "SPOTIPY_CLIENT_ID"),
        (1, {"PGPORT": "1"}, "Connection refused"),
    ],
)
def test_a_run_that_cannot_be_made_says_so_and_ends_with_its_code(
    first_run: FirstRun,
    container: Container,
    code: int,
    changes: dict[str, str | None],
    words: str,
) -> None:
    finished = container(first_run.environment | changes)
    assert finished.code == code, finished.output
    assert words in json.loads(finished.last_line)["message"]
