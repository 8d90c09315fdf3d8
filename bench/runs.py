"""A first run, an unchanged one and one after a small edit, against what the original does.

The real command as a process, its start included; a new database for each first run, dbt's project
parsed ahead as in the image, everything on this machine. The edit takes a row away and adds
one of a new artist. The original knows one access mode alone, the extended one, and is timed in it.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.measure import SPOTIFY_ELT, for_api, new_database, postgres, timed
from sample_api import (
    MAIN_PLAYLIST,
    Catalogue,
    Playlist,
    SampleApi,
    large_playlist,
    sample_catalogue,
)

ORIGINAL = str(Path(__file__).with_name("original.py"))
SAMPLE, LARGE = 197, 2_000
LATENCIES = (0.0, 0.05, 0.1)  # seconds that Spotify takes for an answer
COLUMNS = (
    *("tracks", "mode", "ms an answer", "first run, s", "unchanged, s", "edited, s"),
    *("original's requests, s", "original, s", "first / its requests", "first / original"),
)
RUNS = ("first", "unchanged", "edited")


@dataclass(frozen=True)
class Compared:
    """Median seconds of one setting.

    Attributes:
        tracks: how many rows the playlist has.
        mode: the API's access mode.
        latency: seconds that each answer takes.
        seconds: of our runs, by their kind.
        original: of the original's `requests` alone, and of `all` it does.
    """

    tracks: int
    mode: str
    latency: float
    seconds: dict[str, float]
    original: dict[str, float]

    @property
    def ratios(self) -> list[float]:
        """The original's seconds, and our first run as a part of them."""
        first, original = self.seconds["first"], self.original.values()
        return [*original, *(first / one for one in original)]


def catalogue_of(tracks: int) -> tuple[Catalogue, Playlist]:
    """Return a catalogue with a playlist of so many rows: the sample's, or an invented one."""
    if tracks == SAMPLE:
        catalogue = sample_catalogue()
        return catalogue, catalogue.playlists[MAIN_PLAYLIST]
    catalogue = Catalogue()
    return catalogue, large_playlist(catalogue, tracks)


def compare(
    tracks: int, mode: str, latency: float, times: int, *, whole_original: bool = True
) -> Compared:
    """Measure one setting; the embedded PostgreSQL is at hand."""
    seconds: dict[str, list[float]] = {kind: [] for kind in RUNS}
    for number in range(times):
        folder = Path(f"{tracks}-{mode}-{latency}-{number}")
        for kind, taken in _ours(tracks, mode, latency, folder):
            seconds[kind].append(taken)
    by_kind = {kind: median(taken) for kind, taken in seconds.items()}
    original = _original(tracks, latency, whole=whole_original)
    return Compared(tracks, mode, latency, by_kind, original)


def _ours(tracks: int, mode: str, latency: float, folder: Path) -> Iterator[tuple[str, float]]:
    catalogue, playlist = catalogue_of(tracks)
    folder.mkdir()
    (folder / "pipeline.yml").write_text(f"playlists: [{playlist.id}]\n", encoding="utf-8")
    with SampleApi(catalogue, mode=mode, latency=latency) as api:
        environment = {**new_database("ours"), **for_api(api), "HOME": str(folder.absolute())}
        steps: dict[str, Callable[[], object]] = {
            "first": lambda: None,
            "unchanged": lambda: None,
            "edited": lambda: _edit(catalogue, playlist),
        }
        for kind, before in steps.items():
            before()
            yield kind, timed([*SPOTIFY_ELT, "run"], folder, environment).seconds


def _edit(catalogue: Catalogue, playlist: Playlist) -> None:
    artist = catalogue.add_artist("A Newcomer", popularity=50, genres=["lo-fi beats"])
    album = catalogue.add_album("Debut", [artist], popularity=40, release_date="2026-10-02")
    track = catalogue.add_track("Hello", [artist], album, popularity=60, duration_ms=120_000)
    catalogue.edit(playlist.id, rows=lambda rows: [*rows[1:], track])


def _original(tracks: int, latency: float, *, whole: bool) -> dict[str, float]:
    catalogue, playlist = catalogue_of(tracks)
    with SampleApi(catalogue, latency=latency) as api:
        # uv, which gives it pandas, has settings of its own.
        environment = {**os.environ, **new_database("original"), **for_api(api)}
        command = [sys.executable, ORIGINAL, playlist.id, "requests"]
        if whole:
            uv = str(Path(sys.executable).with_name("uv"))
            command = [uv, "run", "--quiet", "--script", ORIGINAL, playlist.id]
        found: dict[str, float] = json.loads(timed(command, ".", environment).output)
    return found


def table(times: int = 3) -> Iterator[list[object]]:
    """Measure every setting, the small ones first; yields a line of figures for each."""
    with postgres():
        for tracks in (SAMPLE, LARGE):
            for mode in ("extended", "development"):
                for latency in LATENCIES:
                    one = compare(tracks, mode, latency, times)
                    yield [tracks, mode, round(1000 * latency), *one.seconds.values(), *one.ratios]
