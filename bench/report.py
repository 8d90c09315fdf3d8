"""How long the report takes, of one playlist of 10,000 tracks and of 1,000 playlists of 100."""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.measure import SPOTIFY_ELT, for_api, median, new_database, postgres, timed
from bench.warehouse import ROWS_OF_A_PLAYLIST, fill
from sample_api import Catalogue, SampleApi, large_playlist
from spotify_elt.run.transform import Transformation
from spotify_elt.warehouse import database

COLUMNS = ("of", "seconds", "MB")
TRACKS, PLAYLISTS = 10_000, 1_000
PAGE = Path("report/index.html")


def table(times: int = 3) -> Iterator[tuple[str, float, float]]:
    """Yield what the report is of, the median of its seconds, and the size of the page in MB."""
    with postgres():
        _one_large_playlist()
        yield f"one playlist of {TRACKS:,} tracks", *_report(times)
        _many_playlists()
        many = f"{PLAYLISTS:,} playlists of {ROWS_OF_A_PLAYLIST} tracks"
        yield many, *_report(times)


def _report(times: int) -> tuple[float, float]:
    seconds = median(lambda: timed([*SPOTIFY_ELT, "report"]).seconds, times)
    return seconds, PAGE.stat().st_size / 1_000_000


def _one_large_playlist() -> None:
    catalogue = Catalogue()
    playlist = large_playlist(catalogue, TRACKS)
    os.environ.update(new_database("large"))
    with SampleApi(catalogue) as api:
        environment = {**os.environ, **for_api(api)}
        timed([*SPOTIFY_ELT, "run", "--playlist", playlist.id], environment=environment)


def _many_playlists() -> None:
    os.environ.update(new_database("many"))
    with database.connected() as connection:
        fill(connection.cursor(), PLAYLISTS * ROWS_OF_A_PLAYLIST)
    with Transformation("spotify") as dbt:
        dbt.build(lambda _: None)
