"""The loader in a pipeline of somebody's own: any destination of dlt, the same rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dlt
import duckdb
import pyarrow.dataset
import pytest
from dlt.pipeline.exceptions import PipelineStepFailed
from postgres_server import query
from runs import Run

from loader import EarlierLoads, KnownPlaylist, Outcome, spotify_source
from loader.errors import ComeBackLaterError, PipelineError, PlaylistError, SettingsError
from sample_api import (
    CLIENT_ID,
    CLIENT_SECRET,
    MAIN_PLAYLIST,
    PRIVATE_PLAYLIST,
    REFRESH_TOKEN,
    SHARED_PLAYLIST,
    Fault,
    SampleApi,
    Tokens,
)

COLUMNS = {
    "playlists": "playlist_id, payload",
    "playlist_items": "playlist_id, position, snapshot_id, payload",
    "albums": "album_id, payload",
    "artists": "artist_id, payload",
}
Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own decides, and dlt writes nowhere else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")


def pipeline_to(destination: Any) -> dlt.Pipeline:
    return dlt.pipeline("somebody_s_own", destination=destination, dataset_name="spotify_raw")


def arguments(api: SampleApi, *, user: bool = False) -> dict[str, Any]:
    return {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN if user else None,
        "api_url": api.api_url,
        "accounts_url": api.accounts_url,
    }


def parsed(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows in the order of their keys, their JSON parsed."""
    as_objects = [
        (*keys, payload if isinstance(payload, dict) else json.loads(payload))
        for *keys, payload in rows
    ]
    return sorted(as_objects, key=lambda row: row[:2] if isinstance(row[1], int) else row[:1])


def in_duckdb(folder: Path) -> Tables:
    with duckdb.connect(str(folder / "own.duckdb")) as connection:
        return {
            table: parsed(
                connection.execute(f"select {columns} from spotify_raw.{table}").fetchall()
            )
            for table, columns in COLUMNS.items()
        }


def in_parquet(folder: Path) -> Tables:
    """The rows of each table's last load, since Parquet files are only ever added."""
    found: Tables = {}
    for table, columns in COLUMNS.items():
        rows = (
            pyarrow.dataset.dataset(folder / "lake" / "spotify_raw" / table).to_table().to_pylist()
        )
        latest = max(row["_dlt_load_id"] for row in rows)
        found[table] = parsed(
            [
                tuple(row[column] for column in columns.split(", "))
                for row in rows
                if row["_dlt_load_id"] == latest
            ]
        )
    return found


def into_duckdb(folder: Path) -> tuple[Any, dict[str, Any], Callable[[Path], Tables]]:
    return dlt.destinations.duckdb(str(folder / "own.duckdb")), {}, in_duckdb


def into_parquet(folder: Path) -> tuple[Any, dict[str, Any], Callable[[Path], Tables]]:
    lake = dlt.destinations.filesystem((folder / "lake").as_uri())
    return lake, {"loader_file_format": "parquet"}, in_parquet


@pytest.mark.parametrize("into", [into_duckdb, into_parquet])
def test_any_destination_gets_the_rows_that_the_application_loads(
    in_each_mode: Run, tmp_path: Path, into: Callable[[Path], Any]
) -> None:
    destination, options, tables_in = into(tmp_path)
    loaded = {
        table: parsed(query(in_each_mode.database, f"select {columns} from spotify_raw.{table}"))
        for table, columns in COLUMNS.items()
    }
    user = in_each_mode.mode == "development"
    with SampleApi(in_each_mode.catalogue, mode=in_each_mode.mode) as api:
        for _ in range(2):  # the second load finds tables, and replaces or adds to what is there
            source = spotify_source(playlists=[MAIN_PLAYLIST], **arguments(api, user=user))
            pipeline_to(destination).run(source, **options)
            assert tables_in(tmp_path) == loaded
    assert all(loaded.values())


def test_settings_may_stand_in_the_environment_and_in_dlts_own(
    tmp_path: Path, extended_api: SampleApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPOTIPY_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("SPOTIFY_API_URL", extended_api.api_url)
    monkeypatch.setenv("SPOTIFY_ACCOUNTS_URL", extended_api.accounts_url)
    monkeypatch.setenv("SOURCES__SPOTIFY__CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("SOURCES__SPOTIFY__PLAYLISTS", json.dumps([SHARED_PLAYLIST]))
    destination, *_ = into_duckdb(tmp_path)
    pipeline_to(destination).run(spotify_source())
    assert len(in_duckdb(tmp_path)["playlist_items"]) == 28


def test_a_playlist_may_be_named_by_its_url(tmp_path: Path, extended_api: SampleApi) -> None:
    destination, *_ = into_duckdb(tmp_path)
    url = f"https://open.spotify.com/playlist/{SHARED_PLAYLIST}?si=1"
    pipeline_to(destination).run(spotify_source([url, SHARED_PLAYLIST], **arguments(extended_api)))
    assert len(in_duckdb(tmp_path)["playlists"]) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"playlists": ["no playlist"]}, "'no playlist' is no playlist"),
        ({"client_id": None}, "SPOTIPY_CLIENT_ID"),
        ({"api_url": "ftp://nowhere"}, "SPOTIFY_API_URL"),
    ],
)
def test_what_is_set_wrongly_is_told_at_once(
    extended_api: SampleApi, changes: dict[str, Any], told: str
) -> None:
    given = {"playlists": [SHARED_PLAYLIST], **arguments(extended_api), **changes}
    with pytest.raises(SettingsError, match=told):
        spotify_source(**given)
    assert not extended_api.requests


def cause_of(failed: PipelineStepFailed) -> BaseException | None:
    error: BaseException | None = failed
    while error is not None and not isinstance(error, PipelineError):
        error = error.__cause__ or error.__context__
    return error


def test_a_failure_is_raised_and_nothing_is_loaded(tmp_path: Path, extended_api: SampleApi) -> None:
    destination, *_ = into_duckdb(tmp_path)
    playlists = [SHARED_PLAYLIST, PRIVATE_PLAYLIST]
    with pytest.raises(PipelineStepFailed) as failed:
        pipeline_to(destination).run(spotify_source(playlists, **arguments(extended_api)))
    assert isinstance(cause_of(failed.value), PlaylistError)
    with pytest.raises(duckdb.CatalogException):
        in_duckdb(tmp_path)


def test_failures_are_collected_and_the_others_are_loaded(
    tmp_path: Path, extended_api: SampleApi
) -> None:
    destination, *_ = into_duckdb(tmp_path)
    outcome = Outcome()
    playlists = [PRIVATE_PLAYLIST, SHARED_PLAYLIST]
    source = spotify_source(playlists, **arguments(extended_api), outcome=outcome)
    pipeline_to(destination).run(source)
    assert [load.status for load in outcome.loads] == ["failed", "loaded"]
    assert "not found" in outcome.failures
    assert [playlist_id for playlist_id, _ in in_duckdb(tmp_path)["playlists"]] == [SHARED_PLAYLIST]


def test_a_long_wait_is_collected_too_and_what_was_read_is_loaded(tmp_path: Path) -> None:
    destination, *_ = into_duckdb(tmp_path)
    outcome = Outcome()
    with SampleApi() as api:
        api.faults = [Fault("quota", "artists", times=None)]
        source = spotify_source([SHARED_PLAYLIST], **arguments(api), outcome=outcome)
        pipeline_to(destination).run(source)
    assert isinstance(outcome.stopped, ComeBackLaterError)
    assert len(in_duckdb(tmp_path)["playlist_items"]) == 28


class SameAsBefore(EarlierLoads):
    """Knows one playlist, as it was at its last load."""

    def __init__(self, playlist_id: str, known: KnownPlaylist) -> None:
        self.known = {playlist_id: known}

    def playlist(self, playlist_id: str) -> KnownPlaylist | None:
        return self.known.get(playlist_id)


def test_a_playlist_that_the_caller_knows_costs_one_request(
    tmp_path: Path, extended_api: SampleApi
) -> None:
    destination, *_ = into_duckdb(tmp_path)
    first, second = Outcome(), Outcome()
    pipeline_to(destination).run(
        spotify_source([MAIN_PLAYLIST], **arguments(extended_api), outcome=first)
    )
    (load,) = first.loads
    known = KnownPlaylist(load.snapshot_id, load.loaded_at, load.total, entities_missing=False)
    extended_api.requests.clear()
    earlier = SameAsBefore(MAIN_PLAYLIST, known)
    pipeline_to(destination).run(
        spotify_source([MAIN_PLAYLIST], **arguments(extended_api), earlier=earlier, outcome=second)
    )
    assert [served.endpoint for served in extended_api.requests] == ["token", "playlist"]
    assert [one.status for one in second.loads] == ["unchanged"]
    assert len(in_duckdb(tmp_path)["playlist_items"]) == 197


def test_a_rotated_refresh_token_is_handed_on(tmp_path: Path) -> None:
    destination, *_ = into_duckdb(tmp_path)
    handed_on: list[tuple[str, str]] = []
    with SampleApi(mode="development", tokens=Tokens(rotate=True)) as api:
        source = spotify_source(
            [MAIN_PLAYLIST],
            **arguments(api, user=True),
            on_refresh_token=lambda old, new: handed_on.append((old, new)),
        )
        pipeline_to(destination).run(source)
        assert handed_on == [(REFRESH_TOKEN, api.tokens.refresh_token)]
