"""`ENV_FILE=s3://bucket/key`: read before anything else, a rotated token written back."""

import subprocess
import sys

import pytest
from command_line import CommandLine, Finished
from postgres_server import Database, free_port
from s3_bucket import SECRET_ACCESS_KEY, Bucket

from sample_api import CLIENT_ID, CLIENT_SECRET, MAIN_PLAYLIST, REFRESH_TOKEN, SampleApi, Tokens

WRONG = 2  # exit code
CONFIG = {"playlists": [MAIN_PLAYLIST]}
# A browser whose user says yes.
BROWSER = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()\n"


def lines(**variables: str) -> str:
    return "".join(f"{name}={value}\n" for name, value in variables.items())


def everything(api: SampleApi, database: Database) -> str:
    """All that a command needs to know."""
    return lines(
        SPOTIPY_CLIENT_ID=CLIENT_ID,
        SPOTIPY_CLIENT_SECRET=CLIENT_SECRET,
        SPOTIFY_REFRESH_TOKEN=REFRESH_TOKEN,
        SPOTIFY_API_URL=api.api_url,
        SPOTIFY_ACCOUNTS_URL=api.accounts_url,
        **{name: value for name, value in database.items() if name != "PGPASSWORD"},
    )


def assert_one_sentence(finished: Finished, *words: str) -> None:
    assert finished.code == WRONG, finished.output
    assert finished.output.count("\n") == 1, finished.output
    assert finished.stderr.startswith("spotify-elt: ")
    for word in words:
        assert word in finished.stderr, finished.stderr


def test_the_object_is_read_instead_of_the_file_and_after_the_environment(
    elt: CommandLine, database: Database, extended_api: SampleApi, bucket: Bucket
) -> None:
    (elt.folder / ".env").write_text("SPOTIPY_CLIENT_ID=another\nthis is not read\n")
    bucket.put(everything(extended_api, database | {"PGDATABASE": "no_such_database"}))
    overruling = {"PGPASSWORD": database["PGPASSWORD"], "PGDATABASE": database["PGDATABASE"]}
    finished = elt("check", config=CONFIG, environment=bucket.environment() | overruling)
    assert finished.code == 0, finished.output
    assert "with a user's consent" in finished.words
    assert database["PGDATABASE"] in finished.words


@pytest.mark.parametrize("command", [["run"], ["login"], ["dbt", "--", "debug"]])
def test_every_command_reads_it_first(elt: CommandLine, bucket: Bucket, command: list[str]) -> None:
    finished = elt(*command, environment=bucket.environment())
    assert_one_sentence(finished, f"s3://{bucket.name}/", "cannot be read", "404 (NoSuchKey)")


def test_psql_reads_it_first(elt: CommandLine, bucket: Bucket) -> None:
    bucket.put("no assignment")
    elt.program = (sys.executable, "-m", "spotify_elt.operations.psql")
    finished = elt("-c", "select 1", environment=bucket.environment())
    assert_one_sentence(finished, f"s3://{bucket.name}/", "line 1", "KEY=VALUE")


def test_what_may_not_be_read_is_refused(elt: CommandLine, bucket: Bucket) -> None:
    bucket.put("PGHOST=secret-host\n")
    bucket.deny("s3:GetObject")
    finished = elt("answers", environment=bucket.environment())
    assert_one_sentence(finished, "cannot be read", "403", "that it is there", "policy")
    assert SECRET_ACCESS_KEY not in finished.output


def test_what_is_no_text_is_refused(elt: CommandLine, bucket: Bucket) -> None:
    bucket.put(b"PGHOST=\xff\n")
    assert_one_sentence(elt("answers", environment=bucket.environment()), "UTF-8")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ENV_FILE": "s3://no-such-bucket/.env"}, ["404 (NoSuchBucket)"]),
        ({"ENV_FILE": "s3://no bucket/.env"}, ["s3://no bucket/.env", "Invalid bucket name"]),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, ["no AWS credentials"]),
        ({"AWS_PROFILE": "no-such-profile"}, ["no-such-profile"]),
        ({"AWS_ENDPOINT_URL": "nowhere"}, ["nowhere"]),
    ],
)
def test_wrong_settings_of_aws_are_told_in_a_sentence(
    elt: CommandLine, bucket: Bucket, changes: dict[str, str | None], words: list[str]
) -> None:
    finished = elt("answers", environment=bucket.environment() | changes)
    assert_one_sentence(finished, "cannot be read", *words)


def test_an_unreachable_endpoint_is_told(elt: CommandLine, bucket: Bucket) -> None:
    nowhere = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    finished = elt("answers", environment=bucket.environment() | nowhere)
    assert_one_sentence(finished, "cannot be read", nowhere["AWS_ENDPOINT_URL"])


def test_without_s3_boto3_is_not_even_imported(elt: CommandLine) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "spotify_elt", "answers"],
        cwd=elt.folder,
        env={"PGHOST": "127.0.0.1", "PGPORT": "1"},
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    assert "spotify_elt.settings.dotenv_file" in told
    assert "botocore" not in told


def test_a_rotated_refresh_token_is_written_back(
    elt: CommandLine, database: Database, bucket: Bucket
) -> None:
    tokens = Tokens(rotate=True)
    password = {"PGPASSWORD": database["PGPASSWORD"]}
    with SampleApi(tokens=tokens) as api:
        before = everything(api, database)
        bucket.put(before)
        for _ in range(2):
            finished = elt("check", config=CONFIG, environment=bucket.environment() | password)
            assert finished.code == 0, finished.output
            assert bucket.get() == before.replace(REFRESH_TOKEN, str(tokens.refresh_token))
        bucket.deny("s3:PutObject")
        finished = elt("check", config=CONFIG, environment=bucket.environment() | password)
    for words in ("could not be kept", "cannot be written", "403", "run `spotify-elt login` again"):
        assert words.lower() in finished.words.lower()
    assert str(tokens.refresh_token) not in finished.output + bucket.get()


def test_a_login_writes_the_token_to_the_object(
    elt: CommandLine, extended_api: SampleApi, bucket: Bucket
) -> None:
    browser = elt.folder / "browser.py"
    browser.write_text(BROWSER)
    variables = {
        "BROWSER": f"{sys.executable} {browser} %s",
        "SPOTIPY_REDIRECT_URI": f"http://127.0.0.1:{free_port()}/callback",
    }
    bucket.put("# mine\n")
    bucket.deny("s3:PutObject")
    environment = bucket.environment() | variables
    refused = elt("login", api=extended_api, environment=environment)
    assert_one_sentence(refused, "cannot be written", "403")
    assert extended_api.requests == []  # nobody was asked for a consent that cannot be kept
    bucket.deny(None)
    finished = elt("login", api=extended_api, environment=environment)
    assert finished.code == 0, finished.output
    assert f"the refresh token is in s3://{bucket.name}/" in finished.words
    assert bucket.get().startswith(f"# mine\nSPOTIFY_REFRESH_TOKEN={REFRESH_TOKEN}\n")
    assert "SPOTIFY_CONSENT_DATE=" in bucket.get()
    assert REFRESH_TOKEN not in finished.output
    assert not (elt.folder / ".env").exists()
