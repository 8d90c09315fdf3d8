"""`spotify-elt purge`: what goes, what stays, and that nothing of it is left anywhere."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from command_line import CommandLine, Finished
from marts import read_answers, wrong_answers
from postgres_server import Database, PostgresServer, connected, query, wait_until
from runs import Loaded, Run
from waiting import Held

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, Catalogue, SampleApi

BOTH = [MAIN_PLAYLIST, SHARED_PLAYLIST]
AN_ID = re.compile("[0-9A-Za-z]{22}")
TABLES = """
select format('%I.%I', table_schema, table_name) from information_schema.tables
where table_schema like 'spotify%' and table_type = 'BASE TABLE' order by 1
"""
# Those of this database alone: others work on the same server.
LOCKS = """
select 1 from pg_locks
where database = (select oid from pg_database where datname = current_database())
"""
# A rejected build, and a sentence about each playlist.
LEFTOVERS = """
create schema if not exists spotify_marts_candidate;
create table spotify_marts_candidate.playlists as select * from spotify_marts.playlists;
update spotify_logging.pipeline_runs
set error = 'Playlist ' || playlist_id || ' was not read' || chr(10) || 'Another matter'
from spotify_marts.playlists;
"""
# What `insert` leaves behind: the same playlist as it was once, with a track that it has no more.
AN_OLDER_LOAD = """
insert into spotify_raw.playlists
select (jsonb_populate_record(one, jsonb_build_object('_dlt_id', 'old' || playlist_id))).*
from spotify_raw.playlists as one;
insert into spotify_raw.playlist_items
select (jsonb_populate_record(
    one, jsonb_build_object('_dlt_id', 'old' || playlist_id || position)
)).*
from spotify_raw.playlist_items as one;
insert into spotify_raw.artists
select (jsonb_populate_record(one, jsonb_build_object('_dlt_id', 'old' || artist_id))).*
from spotify_raw.artists as one;
update spotify_raw.playlists set loaded_at = loaded_at - interval '40 days' where _dlt_id ~ '^old';
update spotify_raw.artists set loaded_at = loaded_at - interval '40 days' where _dlt_id ~ '^old';
update spotify_raw.playlist_items
set
    loaded_at = loaded_at - interval '40 days',
    payload = case position when 0 then '{"item": {"album": {"id": "of old"}}}' else payload end
where _dlt_id ~ '^old';
insert into spotify_raw.albums
select (jsonb_populate_record(one, '{"_dlt_id": "old", "album_id": "of old"}')).*
from spotify_raw.albums as one limit 1;
"""
A_PAST = """
insert into spotify_history.popularity_versions
select (jsonb_populate_record(
    null::spotify_history.popularity_versions,
    to_jsonb(versions)
    || jsonb_build_object('dbt_scd_id', 'past ' || days, 'dbt_valid_to', now() - days)
)).*
from (
    select * from spotify_history.popularity_versions
    where entity_id in (select track_id from spotify_marts.playlist_tracks where playlist_id = %s)
    limit 1
) as versions
cross join (values (interval '31 days'), (interval '29 days')) as past (days);
"""
# Refused as late as can be: at the commit.
A_LATE_REFUSAL = """
create function spotify_raw.refuse() returns trigger language plpgsql as
$$begin raise 'too late'; end$$;
create constraint trigger late after delete on spotify_raw.playlists
deferrable initially deferred for each row execute function spotify_raw.refuse();
"""
AN_OLDER_LOG = """
update spotify_logging.pipeline_runs set finished_at = finished_at - interval '40 days';
insert into spotify_logging.pipeline_runs
(run_id, pipeline_name, status, started_at, finished_at, config, spotify_app, not_before)
values
('forbidden', 'spotify', 'failed', now() - interval '40 days', now() - interval '40 days',
'{}', '', now() + interval '1 day'),
('long past', 'spotify', 'success', now() - interval '40 days', now() - interval '40 days',
'{}', '', null);
"""


def rows_of_all_tables(database: Database) -> dict[str, int]:
    return {
        table: query(database, f"select count(*) from {table}")[0][0]
        for (table,) in query(database, TABLES)
    }


def tables_that_hold(database: Database, ids: list[str]) -> list[str]:
    """Return the tables in which one of these ids stands, in whatever column and text."""
    holding = []
    for (table,) in query(database, TABLES):
        rows = query(database, f"select one::text from {table} as one")
        if any(not set(AN_ID.findall(row)).isdisjoint(ids) for (row,) in rows):
            holding.append(table)
    return holding


def albums_of_tracks(catalogue: Catalogue, playlist_id: str) -> dict[str, str | None]:
    """Return the ids of what is in a playlist, each with the id of its album."""
    items = [row["item"] for row in catalogue.playlists[playlist_id].rows]
    return {
        item["id"]: (item.get("album") or {}).get("id") for item in items if item and item.get("id")
    }


def deleted(finished: Finished) -> list[str]:
    """Return the lines of the table that a purge prints."""
    assert finished.code == 0, finished.output
    return [line for line in finished.stdout.splitlines() if line.startswith("  spotify_")]


def statuses(database: Database) -> list[str]:
    found = query(database, "select status from spotify_logging.pipeline_runs order by started_at")
    return [status for (status,) in found]


@dataclass
class Purger:
    """A command line with its database and its API."""

    elt: CommandLine
    database: Database
    api: SampleApi

    def __call__(self, *arguments: str) -> Finished:
        return self.elt(*arguments, database=self.database, api=self.api)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return self.elt.start(*arguments, database=self.database, api=self.api)

    def configure(self, *playlist_ids: str, more: str = "") -> None:
        lines = ["playlists:", *(f"  - {one}" for one in playlist_ids), more]
        (self.elt.folder / "pipeline.yml").write_text("\n".join(lines))

    def log_file(self, days: int) -> Path:
        """Make the log file of a run of so many days ago."""
        began = datetime.now(UTC) - timedelta(days=days)
        path = self.elt.folder / "logs" / f"{began:%Y%m%dT%H%M%S}-abcdef.log"
        path.parent.mkdir(exist_ok=True)
        path.touch()
        return path

    @property
    def report(self) -> str | None:
        page = self.elt.folder / "report" / "index.html"
        return page.read_text(encoding="utf-8") if page.exists() else None

    def wrong_answers(self, *playlist_ids: str) -> list[str]:
        return wrong_answers(self.database, self.api.catalogue, playlist_ids)


@pytest.fixture
def both(elt: CommandLine, loaded: Loaded, extended_api: SampleApi) -> Purger:
    """Two playlists, loaded and configured, that share tracks, albums and artists."""
    purger = Purger(elt, loaded(*BOTH), extended_api)
    purger.configure(*BOTH)
    return purger


def test_what_is_configured_and_referred_to_stays(
    in_each_mode: Run, embedded_server: PostgresServer, elt: CommandLine
) -> None:
    database = embedded_server.new_database(template=in_each_mode.database["PGDATABASE"])
    before = rows_of_all_tables(database)
    config = {"playlists": [MAIN_PLAYLIST], "retention_days": 1}
    finished = elt("purge", database=database, config=config)
    assert finished.code == 0, finished.output
    assert finished.stdout == "There is nothing to delete.\n"
    assert rows_of_all_tables(database) == before


@pytest.mark.thorough
def test_a_playlist_that_is_no_longer_configured_goes_with_what_only_it_refers_to(
    both: Purger,
) -> None:
    both.configure(SHARED_PLAYLIST, more="retention_days: 30")
    query(both.database, A_PAST, SHARED_PLAYLIST)
    before, answers = rows_of_all_tables(both.database), read_answers(both.database)

    dry = both("purge", "--dry-run")
    assert "dry run" in dry.words
    assert rows_of_all_tables(both.database) == before
    assert read_answers(both.database) == answers

    real = both("purge")
    assert deleted(real) == deleted(dry)
    rows = rows_of_all_tables(both.database)
    for table in ("playlists", "playlist_items", "artists", "albums"):
        gone = before[f"spotify_raw.{table}"] - rows[f"spotify_raw.{table}"]
        assert gone > 0
        assert f"spotify_raw.{table}: " in real.stdout
        assert f" {gone} " in real.stdout
    assert both.wrong_answers(SHARED_PLAYLIST) == []
    past = "select dbt_scd_id from spotify_history.popularity_versions where dbt_scd_id ~ '^past'"
    assert query(both.database, past) == [("past 29 days",)]

    again = both("purge")
    assert again.stdout == "There is nothing to delete.\n"
    # It kept all that the other playlist needs, and the marts are current.
    began = len(both.api.requests)
    assert both("run").code == 0
    assert statuses(both.database)[-1] == "skipped"
    assert sum(served.endpoint != "token" for served in both.api.requests[began:]) == 1


def test_nothing_is_left_of_a_playlist_that_is_named(both: Purger) -> None:
    query(both.database, LEFTOVERS)
    query(both.database, AN_OLDER_LOAD)
    package = both.elt.folder / ".local/dlt/pipelines/spotify/load"
    package.mkdir(parents=True)
    log_file = both.log_file(1)
    log_file.write_text(f"Playlist {MAIN_PLAYLIST}: 197 rows read\nAnother matter\n")
    kept = albums_of_tracks(both.api.catalogue, SHARED_PLAYLIST)
    of_main = albums_of_tracks(both.api.catalogue, MAIN_PLAYLIST)
    only_its = [  # but for those that an album which stays names among its tracks
        track_id
        for track_id, album_id in of_main.items()
        if track_id not in kept and album_id not in kept.values()
    ]
    assert len(only_its) > 100
    assert len(tables_that_hold(both.database, [MAIN_PLAYLIST, *only_its])) > 10
    assert both("report").code == 0
    assert MAIN_PLAYLIST in both.report

    purged = both.elt(
        "purge",
        *("--playlist", f"spotify:playlist:{MAIN_PLAYLIST}"),
        database=both.database,
        environment={"ARTEFACTS_URL": "s3://bucket/kept"},
    )
    assert purged.code == 0, purged.output
    assert "Reports of earlier runs in s3://bucket/kept show it still" in purged.words
    assert "the next run loads it again" in purged.words
    assert tables_that_hold(both.database, [MAIN_PLAYLIST, *only_its]) == []
    assert not package.exists()
    assert log_file.read_text() == "Another matter\n"
    written = [file for file in (both.elt.folder / ".local").rglob("*") if file.is_file()]
    assert [file for file in written if MAIN_PLAYLIST.encode() in file.read_bytes()] == []
    assert set(AN_ID.findall(both.report)).isdisjoint([MAIN_PLAYLIST, *only_its])
    assert SHARED_PLAYLIST in both.report
    assert both.wrong_answers(SHARED_PLAYLIST) == []
    told = query(both.database, "select error from spotify_logging.pipeline_runs")
    assert all(error.endswith("Another matter") for (error,) in told)
    entries = "select distinct playlist_id from spotify_history.playlist_entry_versions"
    assert query(both.database, entries) == [(SHARED_PLAYLIST,)]
    of_tracks = query(
        both.database,
        "select entity_id from spotify_history.popularity_versions where entity_type = 'track'",
    )
    assert {track_id for (track_id,) in of_tracks} == set(kept)

    assert both("run", "--load-method", "overwrite").code == 0
    assert both.wrong_answers(*BOTH) == []


@pytest.mark.thorough
def test_what_is_older_than_retention_days_goes_unless_it_is_the_latest(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    one = Purger(elt, loaded(SHARED_PLAYLIST), extended_api)
    one.configure(SHARED_PLAYLIST)
    latest = rows_of_all_tables(one.database)
    query(one.database, AN_OLDER_LOAD)
    query(one.database, AN_OLDER_LOG)
    older = rows_of_all_tables(one.database)
    log_files = [one.log_file(days) for days in (29, 31)]
    album = "select 1 from spotify_raw.albums where album_id = 'of old'"

    # The older load is kept, and so is what only it refers to.
    assert one("purge").stdout == "There is nothing to delete.\n"
    assert rows_of_all_tables(one.database) == older
    assert query(one.database, album)

    one.configure(SHARED_PLAYLIST, more="retention_days: 30")
    real = one("purge")
    assert deleted(real)
    assert "rebuilt" in real.stdout  # the marts showed the album that only the older load had
    rows = rows_of_all_tables(one.database)
    assert {table: rows[table] for table in rows if "_raw" in table} == {
        table: latest[table] for table in latest if "_raw" in table
    }
    assert not query(one.database, album)
    runs = query(one.database, "select run_id, status from spotify_logging.pipeline_runs")
    # What Spotify forbade, and the last good run, however old.
    assert sorted(status for _, status in runs) == ["failed", "success"]
    assert "long past" not in dict(runs)
    assert [file.exists() for file in log_files] == [True, False]


@pytest.mark.thorough
def test_everything_leaves_nothing(both: Purger) -> None:
    query(both.database, LEFTOVERS)
    query(both.database, "create schema spotify_of_somebody_else")
    before = rows_of_all_tables(both.database)
    assert both("report").code == 0
    log_file, no_file = both.log_file(1), both.log_file(2)
    no_file.unlink()
    no_file.mkdir()  # cannot be deleted as a file, not even by root
    dry = both("purge", "--everything", "--dry-run")
    assert rows_of_all_tables(both.database) == before
    assert both.report
    assert log_file.exists()

    real = both("purge", "--everything")
    assert deleted(real) == deleted(dry)
    assert not log_file.exists()
    assert f"Delete logs/{no_file.name} yourself" in real.stderr
    counted = {int(line.split()[-1]) for line in deleted(real)}
    assert sum(counted) == sum(before.values())
    assert "spotify.com/account/apps" in real.stdout
    assert "SPOTIFY_REFRESH_TOKEN" in real.stdout
    schemas = query(both.database, "select nspname from pg_namespace where nspname like 'spotify%'")
    assert schemas == [("spotify_of_somebody_else",)]
    assert not list(both.elt.folder.glob(".local/dlt/pipelines/*"))
    assert both.report is None

    again = both("purge", "--playlist", MAIN_PLAYLIST)
    assert again.code == 0, again.output
    assert "There is nothing to delete." in again.stdout


@pytest.mark.parametrize(
    ("config", "arguments", "told"),
    [
        (None, [], "names no playlists"),
        ("name: spotify", ["--dry-run"], "names no playlists"),
        (None, ["--playlist", "nonsense"], "is no playlist"),
        (None, ["--playlist", MAIN_PLAYLIST, "--everything"], "not allowed with"),
    ],
)
def test_what_is_not_clear_is_refused(
    elt: CommandLine, config: str | None, arguments: list[str], told: str
) -> None:
    finished = elt("purge", *arguments, config=config)
    assert finished.code == 2
    assert told in finished.last_line


@pytest.mark.thorough
def test_a_build_that_fails_is_told_and_the_next_run_makes_it_good(both: Purger) -> None:
    both.configure(SHARED_PLAYLIST)
    good = read_answers(both.database)
    # A popularity that is no number, which the models cannot read.
    spoil = (
        "update spotify_raw.playlist_items set payload = "
        "jsonb_set(payload, '{item,popularity}', %s) where playlist_id = %s and position = 0"
    )
    item = both.api.catalogue.playlists[SHARED_PLAYLIST].rows[0]["item"]
    query(both.database, spoil, '"very"', SHARED_PLAYLIST)
    failed = both("purge")
    assert failed.code == 1, failed.output
    assert "The raw rows are deleted, but the marts" in failed.last_line
    assert read_answers(both.database) == good

    query(both.database, spoil, str(item["popularity"]), SHARED_PLAYLIST)
    assert both("run").code == 0
    assert both.wrong_answers(SHARED_PLAYLIST) == []


@pytest.mark.thorough
def test_a_purge_that_is_killed_has_deleted_all_or_nothing(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    one = Purger(elt, loaded(SHARED_PLAYLIST), extended_api)
    before = rows_of_all_tables(one.database)
    with connected(one.database) as cursor:
        cursor.execute("begin; lock table spotify_raw.artists in share mode")
        process = one.start("purge", "--playlist", SHARED_PLAYLIST)
        wait_until(one.database, f"{LOCKS} and not granted")
        refused = one("run", "--playlist", SHARED_PLAYLIST)
        assert refused.code == 1
        assert "or a purge" in refused.last_line
        process.kill()
        process.communicate()
        cursor.execute("rollback")
    assert rows_of_all_tables(one.database) == before

    process = one.start("purge", "--playlist", SHARED_PLAYLIST)
    wait_until(one.database, "select 1 where not exists (select 1 from spotify_raw.playlists)")
    process.kill()
    process.communicate()
    assert one.wrong_answers(SHARED_PLAYLIST) == []  # the marts still show it
    again = one("purge", "--playlist", SHARED_PLAYLIST)
    assert again.code == 0, again.output
    rows = rows_of_all_tables(one.database)
    layers = ("spotify_raw.", "spotify_raw_staging.", "spotify_marts.")
    data = {name: count for name, count in rows.items() if name.startswith(layers)}
    assert {count for name, count in data.items() if "_dlt" not in name} == {0}
    assert one.wrong_answers() == []


@pytest.mark.thorough
def test_a_commit_that_fails_deletes_nothing_and_the_next_run_rebuilds_in_vain(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    one = Purger(elt, loaded(SHARED_PLAYLIST), extended_api)
    one.configure(SHARED_PLAYLIST)
    query(one.database, A_LATE_REFUSAL)
    data = {name: rows for name, rows in rows_of_all_tables(one.database).items() if "_raw" in name}
    failed = one("purge", "--playlist", SHARED_PLAYLIST)
    assert failed.code == 1
    assert "The purge failed, and nothing is deleted: " in failed.last_line
    assert "too late" in failed.last_line
    assert data.items() <= rows_of_all_tables(one.database).items()
    query(one.database, "drop trigger late on spotify_raw.playlists")
    assert one("run").code == 0
    assert statuses(one.database) == ["success", "success"]
    assert one.wrong_answers(SHARED_PLAYLIST) == []


def test_a_purge_leaves_a_run_alone(both: Purger) -> None:
    held = Held("items")
    both.api.faults = [held.fault]
    process = both.start("run", "--force")
    held.wait_for(process)
    refused = both("purge", "--everything")
    assert refused.code == 1
    assert "Another run is at work" in refused.last_line
    process.kill()
    process.communicate()
