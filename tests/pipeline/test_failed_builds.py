"""A failed test or model leaves the last good answers standing, and the next good run mends it."""

import shutil
from pathlib import Path

import pytest
from command_line import CommandLine
from marts import read_answers, wrong_answers
from postgres_server import query
from runs import Loaded

import loader
from sample_api import SHARED_PLAYLIST, SampleApi

pytestmark = pytest.mark.thorough

PACKAGES = ("loader", "spotify_elt", "sample_api", "dbt_spotify")
HOUSE_RULE = "tracks_last_a_second"
HOUSE_RULE_SQL = """
select * from {{ ref('tracks') }}
where track_duration_ms < 1000
"""


@pytest.fixture
def elt_with_a_house_rule(elt: CommandLine) -> CommandLine:
    """A copy of the project with one more data test, as a user may write it."""
    source = Path(loader.__file__).parent.parent
    leftovers = shutil.ignore_patterns("target", "logs", "__pycache__")
    for package in PACKAGES:
        shutil.copytree(source / package, elt.folder / package, ignore=leftovers)
    rule = elt.folder / "dbt_spotify" / "tests" / f"{HOUSE_RULE}.sql"
    rule.write_text(HOUSE_RULE_SQL)
    return elt


def test_the_last_good_answers_stand_until_a_good_run(
    elt_with_a_house_rule: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    elt, catalogue = elt_with_a_house_rule, extended_api.catalogue
    # Its own parse state: it is another project.
    own = {"DBT_TARGET_PATH": str(elt.folder / "target")}
    track = catalogue.playlists[SHARED_PLAYLIST].rows[0]["item"]
    duration, popularity = track["duration_ms"], track["popularity"]
    config = {"playlists": [SHARED_PLAYLIST]}
    database = loaded(SHARED_PLAYLIST)
    good = read_answers(database)

    catalogue.change(track["id"], duration_ms=999)
    # Its popularity and duration may change while the playlist does not.
    failed_test = elt(
        "run", "--force", database=database, api=extended_api, config=config, environment=own
    )
    assert failed_test.code == 1, failed_test.output
    assert HOUSE_RULE in failed_test.last_line
    assert "the last good answers stand" in failed_test.last_line
    assert read_answers(database) == good

    catalogue.change(track["id"], duration_ms=duration, popularity="very")
    # After a failed run nothing is taken as known, so it is read again also without --force.
    failed_model = elt("run", database=database, api=extended_api, environment=own)
    assert failed_model.code == 1, failed_model.output
    assert "tracks" in failed_model.last_line
    assert HOUSE_RULE not in failed_model.last_line
    assert read_answers(database) == good

    catalogue.change(track["id"], popularity=popularity, name="Mended")
    mended = elt("run", database=database, api=extended_api, environment=own)
    assert mended.code == 0, mended.output
    assert wrong_answers(database, catalogue, [SHARED_PLAYLIST]) == []
    assert read_answers(database) != good
    assert query(
        database,
        "select results.status, results.failures, runs.status, runs.error like %s "
        "from spotify_logging.dbt_results as results "
        "inner join spotify_logging.pipeline_runs as runs on results.run_id = runs.run_id "
        "where node like %s order by runs.started_at",
        f"%{HOUSE_RULE}%",
        f"%{HOUSE_RULE}%",
    ) == [
        ("fail", 1, "failed", True),
        ("skipped", None, "failed", False),
        ("pass", 0, "success", None),
    ]
