"""The examples of `docs/loader.md` run, into DuckDB, and do what the page says of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import dlt
import pytest
from dotenv import dotenv_values

from sample_api import CLIENT_ID, CLIENT_SECRET, MAIN_PLAYLIST, REFRESH_TOKEN, SampleApi, Tokens

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "loader.md").read_text(encoding="utf-8")
ORCHESTRATORS = ("dagster", "airflow")


def blocks(language: str, section: str = "") -> list[str]:
    """The code of a section; of the whole page, if none is named."""
    part = PAGE.partition(f"\n## {section}\n")[2].partition("\n## ")[0] if section else PAGE
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", part)


EXAMPLES = [code for code in blocks("python") if not any(one in code for one in ORCHESTRATORS)]


def run(code: str) -> None:
    exec(compile(code, "docs/loader.md", "exec"), {"__name__": "__main__"})  # noqa: S102


def pipeline() -> dlt.Pipeline:
    """The pipeline of the examples, as another run finds it."""
    return dlt.pipeline("spotify", destination="duckdb", dataset_name="spotify_raw")


def rows(statement: str) -> list[tuple[object, ...]]:
    with pipeline().sql_client() as client:
        return list(client.execute_sql(statement) or ())


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SampleApi]:
    """Spotify, which replaces refresh tokens, and an empty folder to run in."""
    with SampleApi(tokens=Tokens(rotate=True)) as api:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
        monkeypatch.setenv("SPOTIPY_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("SPOTIPY_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setenv("SPOTIFY_API_URL", api.api_url)
        monkeypatch.setenv("SPOTIFY_ACCOUNTS_URL", api.accounts_url)
        yield api


def line_of(code: str) -> str:
    return f"line {PAGE[: PAGE.index(code)].count(chr(10)) + 1}"


@pytest.mark.parametrize("code", EXAMPLES, ids=line_of)
def test_an_example_runs(code: str, api: SampleApi, tmp_path: Path) -> None:
    run(code)
    assert rows("select count(*) from playlist_items") == [(197,)]
    assert (tmp_path / "spotify.duckdb").exists()


def test_the_page_has_an_example_for_each_orchestrator() -> None:
    for code in set(blocks("python")) - set(EXAMPLES):
        compile(code, "docs/loader.md", "exec")
    assert len(EXAMPLES) == 4


def test_the_one_that_remembers_asks_once_for_what_has_not_changed(api: SampleApi) -> None:
    (code,) = blocks("python", "Earlier loads")
    for _ in range(2):
        api.requests.clear()
        run(code)
    assert [served.endpoint for served in api.requests if served.status == 200] == [
        "token",
        "playlist",
    ]
    api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: rows[:3])
    run(code)
    assert rows("select count(*) from playlist_items") == [(3,)]


def test_the_one_that_keeps_a_refresh_token_keeps_it(
    api: SampleApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = blocks("python", "A refresh token that Spotify replaces")
    monkeypatch.setenv("SPOTIFY_REFRESH_TOKEN", REFRESH_TOKEN)
    run(code)
    kept = dotenv_values(".env")["SPOTIFY_REFRESH_TOKEN"]
    assert kept == api.tokens.refresh_token != REFRESH_TOKEN


def test_its_query_finds_what_is_in_a_playlist_now(api: SampleApi) -> None:
    code, (query,) = EXAMPLES[0], blocks("sql")
    run(code)
    assert len(rows(query)) == 197
    api.catalogue.edit(MAIN_PLAYLIST, rows=lambda _: [])
    run(code)
    assert rows("select count(*) from playlist_items") == [(197,)]
    assert rows(query) == []
