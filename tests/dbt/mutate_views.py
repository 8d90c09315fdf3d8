"""Breaks each of the five views in three ways and shows that dbt's own tests notice each.

Run by hand, in three minutes: `.venv/bin/python tests/dbt/mutate_views.py`. It loads the sample
into a database of its own, builds it with each broken view, and ends with 1 if one of them passed
all unit tests and data tests, or if the project as it is does not.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from command_line import CommandLine  # noqa: E402 - the path comes first
from postgres_server import (  # noqa: E402
    Database,
    PostgresServer,
    embedded_binaries,
    running_postgres,
)

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, SampleApi  # noqa: E402

PROJECT = TESTS.parent / "dbt_spotify"
# A view, what is changed in it, into what.
MUTATIONS = (
    ("top_5_most_popular_artists_contribution", "<= 5", "<= 6"),
    ("top_5_most_popular_artists_contribution", "artist_popularity desc nulls last", "artist_id"),
    ("top_5_most_popular_artists_contribution", "sum(track_duration_ms)", "max(track_duration_ms)"),
    ("most_popular_tracks_with_duration", "dense_rank()", "rank()"),
    ("most_popular_tracks_with_duration", "left join albums", "inner join albums"),
    ("most_popular_tracks_with_duration", "/ 1000 % 60", "/ 1000 % 100"),
    ("track_popularity_trend_by_release_year_month", "left join albums", "inner join albums"),
    ("track_popularity_trend_by_release_year_month", "release_month is null", "release_year"),
    ("track_popularity_trend_by_release_year_month", "count(*)", "count(distinct albums.album_id)"),
    ("album_track_popularity_comparison", "when 1 then 'outperforms", "when -1 then 'outperforms"),
    ("album_track_popularity_comparison", "left join ranked_albums", "inner join ranked_albums"),
    ("album_track_popularity_comparison", "- albums.album_popularity", "- avg_track_popularity"),
    ("genre_track_and_artist_details", "left join artist_genres", "inner join artist_genres"),
    ("genre_track_and_artist_details", "left join track_artists", "inner join track_artists"),
    ("genre_track_and_artist_details", "'no genre'", "'unknown'"),
)


def main() -> int:
    """Try each mutation and print what noticed it; return 0 if each was noticed."""
    binaries = embedded_binaries()
    if binaries is None:
        sys.exit("The extra `local` is not installed.")
    with (
        running_postgres(binaries, "--locale=C") as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        database = _loaded(server, Path(folder))
        unnoticed = [one for one in (None, *MUTATIONS) if not _noticed(one, database)]
    print(f"{len(MUTATIONS) - len(unnoticed) + (None in unnoticed)} of {len(MUTATIONS)} noticed")
    return 0 if unnoticed == [None] else 1


def _loaded(server: PostgresServer, folder: Path) -> Database:
    database = server.new_database()
    config = {"playlists": [MAIN_PLAYLIST, SHARED_PLAYLIST]}
    with SampleApi() as api:
        CommandLine(folder, folder / "dbt")("run", database=database, api=api, config=config)
    return database


def _noticed(mutation: tuple[str, str, str] | None, database: Database) -> bool:
    """Build a copy of the project with this mutation; None is the project as it is."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "dbt_spotify")
        shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
        if mutation:
            view, old, new = mutation
            path = project / "models" / "marts" / f"{view}.sql"
            sql = path.read_text()
            if old not in sql:
                sys.exit(f"{view} does not hold {old!r} (any more).")
            path.write_text(sql.replace(old, new))
        told = _build(project, database)
    print(" -> ".join(mutation or ("the project as it is",)), *told or ["passes"], sep="\n    ")
    return bool(told)


def _build(project: Path, database: Database) -> list[str]:
    """Return the tests that fail."""
    dbt = Path(sys.executable).with_name("dbt")
    where = [*("--project-dir", str(project)), *("--profiles-dir", str(project))]
    options = ["--target", "candidate", "--no-use-colors", "--target-path", str(project / "target")]
    built = subprocess.run(
        [str(dbt), "build", *where, *options, "--log-path", str(project)],
        env=database,
        capture_output=True,
        text=True,
        check=False,
    )
    return re.findall(r"(?:Failure in|\[[A-Z]+\]: in) ((?:unit_)?test .*)", built.stdout)


if __name__ == "__main__":
    sys.exit(main())
