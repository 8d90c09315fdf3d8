"""Settings: what is understood, and the one line for what is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from loader.access import spotify_access
from loader.errors import SettingsError
from spotify_elt.settings.pipeline_yml import (
    LOFI_GIRLS_FAVORITE_PLAYLIST,
    PipelineConfig,
    duration,
    pipeline_config,
    playlist_id,
    validated,
)

ID = "31FWVQBp3WQydWLNhO0ACi"
CREDENTIALS = {"SPOTIPY_CLIENT_ID": " id ", "SPOTIPY_CLIENT_SECRET": "secret"}
COMMITTED = Path(__file__).parent.parent.parent / "pipeline.yml"


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"  {ID}\n",
        f"spotify:playlist:{ID}",
        f"spotify:user:lofigirl:playlist:{ID}",
        f"https://open.spotify.com/playlist/{ID}",
        f"http://open.spotify.com/playlist/{ID}/",
        f"open.spotify.com/playlist/{ID}",
        f"https://open.spotify.com/playlist/{ID}?si=abc&nd=1",
        f"https://open.spotify.com/playlist/{ID}#top",
        f"https://open.spotify.com/intl-de/playlist/{ID}",
        f"https://open.spotify.com/embed/playlist/{ID}?utm_source=generator",
        f"https://open.spotify.com/user/lofigirl/playlist/{ID}",
    ],
)
def test_a_playlist_is_known_by_id_uri_and_url(text: str) -> None:
    assert playlist_id(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        ID[:-1],
        f"{ID}0",
        f"spotify:album:{ID}",
        f"https://open.spotify.com/album/{ID}",
        f"https://example.com/playlist/{ID}",
        f"https://open.spotify.com.example.com/playlist/{ID}",
        f"{ID[:-1]}-",
        f"../{ID}",
        f"{ID}/../../me",
    ],
)
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no playlist"):
        playlist_id(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("20 h", timedelta(hours=20)),
        (" 7d ", timedelta(days=7)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, meant: timedelta) -> None:
    assert duration(text) == meant


@pytest.mark.parametrize("value", ["", "90", 90, "-5s", "1.5h", "a day", "7w", None, "5s5s"])
def test_what_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        duration(value)


def test_the_committed_settings_are_the_defaults() -> None:
    assert pipeline_config({"PIPELINE_CONFIG": str(COMMITTED)}) == PipelineConfig()
    assert PipelineConfig().playlists == [LOFI_GIRLS_FAVORITE_PLAYLIST]


def test_the_committed_settings_name_every_key() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    named = {line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha()}
    offered = {key for key in PipelineConfig.model_fields if f"\n# {key}: " in text}
    assert offered == {
        "playlists_file",
        "market",
        "notify_url",
        "retention_days",
    }  # nothing by default
    assert named | offered == set(PipelineConfig.model_fields)


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert pipeline_config({}) == PipelineConfig()


@pytest.mark.parametrize("text", ["", "# nothing but a comment\n", "---\n"])
def test_an_empty_file_means_the_defaults(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(text)
    assert pipeline_config({"PIPELINE_CONFIG": str(path)}) == PipelineConfig()


def test_an_unknown_key_is_named_beside_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"mine\.yml: unknown key playlsts; known are .*name"):
        validated({"playlsts": []}, "mine.yml")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Spotify"),
        ("name", ""),
        ("name", "x" * 41),
        ("playlists", []),
        ("playlists", "31FWVQBp3WQydWLNhO0ACi"),
        ("playlists", [7]),
        ("load_method", "UPSERT"),
        ("concurrency", 0),
        ("concurrency", 65),
        ("concurrency", "8"),
        ("concurrency", True),
        ("max_wait", "soon"),
        ("max_age", 20),
        ("entity_max_age", "a week"),
        ("playlists_file", 7),
        ("schema_prefix", "a-b"),
        ("schema_prefix", 'a"b'),
        ("retention_days", 0),
        ("retention_days", "30d"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_key(key: str, value: object) -> None:
    with pytest.raises(SettingsError) as refused:
        validated({key: value}, "mine.yml")
    assert str(refused.value).startswith(f"mine.yml: {key}")
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="no valid YAML"):
        pipeline_config({"PIPELINE_CONFIG": str(path)})


@pytest.mark.parametrize(
    "text", ['notify_url: "https://h.example/secret\n', "notify_url: https://h.example/secret: x"]
)
def test_a_file_that_is_no_yaml_is_refused_without_quoting_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_text(f"name: spotify\n{text}")
    with pytest.raises(SettingsError, match=r"mine\.yml, line [23] is no valid YAML") as refused:
        pipeline_config({"PIPELINE_CONFIG": str(path)})
    assert "h.example" not in str(refused.value)


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Cannot read"):
        pipeline_config({"PIPELINE_CONFIG": str(tmp_path)})


def test_playlists_given_twice_are_loaded_once() -> None:
    config = validated({"playlists": [ID, f"spotify:playlist:{ID}"]}, "mine.yml")
    assert config.playlists == [ID]


def test_spotify_is_spotify_unless_told_otherwise() -> None:
    access = spotify_access(CREDENTIALS)
    assert access.client_id == "id"
    assert access.api_url == "https://api.spotify.com/v1"
    assert access.accounts_url == "https://accounts.spotify.com"
    assert access.refresh_token is None


def test_addresses_lose_their_last_slash() -> None:
    access = spotify_access({**CREDENTIALS, "SPOTIFY_API_URL": "http://127.0.0.1:1/v1/"})
    assert access.api_url == "http://127.0.0.1:1/v1"


def test_a_blank_refresh_token_is_none() -> None:
    assert spotify_access({**CREDENTIALS, "SPOTIFY_REFRESH_TOKEN": " "}).refresh_token is None


@pytest.mark.parametrize("name", ["SPOTIFY_API_URL", "SPOTIFY_ACCOUNTS_URL"])
def test_an_address_without_a_scheme_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        spotify_access({**CREDENTIALS, name: "ftp://spotify"})
