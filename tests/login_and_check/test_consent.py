"""A user's consent: its end is told in time, and a refresh token that rotates is kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from command_line import CommandLine, Finished
from postgres_server import Database

from loader.consent import end_of
from sample_api import MAIN_PLAYLIST, REFRESH_TOKEN, SampleApi, Tokens

TODAY = datetime.now(UTC).date()
CONFIG = {"playlists": [MAIN_PLAYLIST]}
UNKNOWN = {"playlists": ["0000000000000000000000"]}  # a run that is over soon
MINE = f"# mine\nSPOTIFY_REFRESH_TOKEN={{token}}\nSPOTIFY_CONSENT_DATE={TODAY}\n"
INVALID_GRANT = ("SPOTIFY_REFRESH_TOKEN", "invalid_grant", "Sign in again with `spotify-elt login`")


def latest_consent(ends: Callable[[date], bool]) -> date:
    """The latest day whose consent ends as wanted."""
    days = (TODAY - timedelta(days=age) for age in range(400))
    return next(day for day in days if ends(end_of(day)))


def dated(day: object) -> dict[str, str]:
    return {"SPOTIFY_CONSENT_DATE": str(day)}


@pytest.mark.parametrize(
    ("consented", "ends"),
    [
        (date(2026, 6, 18), date(2026, 12, 18)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 6, 30)),
        (date(2026, 7, 1), date(2027, 1, 1)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_one(consented: date, ends: date) -> None:
    assert end_of(consented) == ends


def warned(finished: Finished) -> bool:
    return "run `spotify-elt login` again" in finished.words


@pytest.mark.thorough
@pytest.mark.parametrize("command", ["run", "check"])
def test_from_30_days_before_its_end_a_consent_is_warned_of(
    elt: CommandLine, database: Database, extended_api: SampleApi, command: str
) -> None:
    soon = latest_consent(lambda end: end <= TODAY + timedelta(days=30))
    later = latest_consent(lambda end: end <= TODAY + timedelta(days=35))
    known = {"database": database, "api": extended_api, "user": True, "config": UNKNOWN}
    finished = elt(command, **known, environment=dated(soon))
    assert warned(finished), finished.output
    assert f"ends on {end_of(soon)}" in finished.words
    if end_of(later) > TODAY + timedelta(days=31):  # also when midnight has passed meanwhile
        assert not warned(elt(command, **known, environment=dated(later)))


def test_a_consent_that_outlives_its_end_is_warned_of(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    old = dated(TODAY - timedelta(days=300))
    finished = elt("check", database=database, api=extended_api, user=True, environment=old)
    assert "was to end on" in finished.words


def test_without_a_user_there_is_nothing_to_warn_of(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    old = dated(TODAY - timedelta(days=300))
    finished = elt("check", database=database, api=extended_api, config=CONFIG, environment=old)
    assert finished.code == 0, finished.output
    assert not warned(finished)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "22.11.2026", "2999-01-01"])
def test_a_bad_consent_date_is_a_bad_setting(
    elt: CommandLine, extended_api: SampleApi, day: str
) -> None:
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": "1"}
    finished = elt("run", database=nowhere, api=extended_api, user=True, environment=dated(day))
    assert finished.code == 2, finished.output
    assert "SPOTIFY_CONSENT_DATE" in finished.last_line
    assert extended_api.requests == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ["it lasts six months", "taken back"]),
        (
            dated(TODAY - timedelta(days=10)),
            ["taken back", str(end_of(TODAY - timedelta(days=10)))],
        ),
        (
            dated(TODAY - timedelta(days=300)),
            [f"six months of the user's consent ended on {end_of(TODAY - timedelta(days=300))}"],
        ),
    ],
)
def test_a_dead_refresh_token_says_what_to_do_and_when_it_ended(
    elt: CommandLine,
    database: Database,
    extended_api: SampleApi,
    environment: dict[str, str],
    words: list[str],
) -> None:
    extended_api.tokens.revoke()
    finished = elt("run", database=database, api=extended_api, user=True, environment=environment)
    assert finished.code == 2, finished.output
    for word in (*INVALID_GRANT, *words):
        assert word in finished.last_line, finished.stderr
    assert REFRESH_TOKEN not in finished.output


def test_a_rotated_refresh_token_is_kept_where_the_old_one_stood(
    elt: CommandLine, database: Database
) -> None:
    dotenv = elt.folder / ".env"
    dotenv.write_text(MINE.format(token=REFRESH_TOKEN))
    tokens = Tokens(rotate=True)
    with SampleApi(tokens=tokens) as api:
        for command, code in (("check", 0), ("run", 1), ("check", 0)):
            config = UNKNOWN if command == "run" else CONFIG
            finished = elt(command, database=database, api=api, config=config)
            assert finished.code == code, finished.output
            assert dotenv.read_text() == MINE.format(token=tokens.refresh_token)
            assert dotenv.stat().st_mode & 0o777 == 0o600
            assert str(tokens.refresh_token) not in finished.output


def test_a_rotated_refresh_token_is_kept_in_the_env_file_that_was_read(
    elt: CommandLine, database: Database
) -> None:
    unread, read = elt.folder / ".env", elt.folder / "prod.env"
    for path in (unread, read):
        path.write_text(MINE.format(token=REFRESH_TOKEN))
        path.chmod(0o600)
    tokens, named = Tokens(rotate=True), {"ENV_FILE": "prod.env"}
    with SampleApi(tokens=tokens) as api:
        finished = elt("check", database=database, api=api, config=CONFIG, environment=named)
    assert finished.code == 0, finished.output
    assert read.read_text() == MINE.format(token=tokens.refresh_token)
    assert unread.read_text() == MINE.format(token=REFRESH_TOKEN)
    assert read.stat().st_mode & 0o777 == 0o600


@pytest.mark.thorough
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_rotated_refresh_token_from_elsewhere_is_told_but_not_shown(
    elt: CommandLine, database: Database, command: str
) -> None:
    other = "SPOTIFY_REFRESH_TOKEN=another\n"
    (elt.folder / ".env").write_text(other)
    tokens = Tokens(rotate=True)
    with SampleApi(tokens=tokens) as api:
        finished = elt(command, database=database, api=api, user=True, config=UNKNOWN)
    assert "a new refresh token, which cannot be kept" in finished.words
    assert "spotify-elt login" in finished.words
    assert str(tokens.refresh_token) not in finished.output
    assert (elt.folder / ".env").read_text() == other
