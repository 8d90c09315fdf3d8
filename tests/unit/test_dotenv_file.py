"""`.env` is changed in place: only the lines of the named variables, whatever the others are."""

import io
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from loader.errors import SettingsError
from spotify_elt.settings import dotenv_file

LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            "",
            "   ",
            "PGHOST=here",
            "export PGUSER=me",
            "QUOTED='one\ntwo'",
            'DOUBLE="a # b"',
            "BARE",
            "TRAILING=1 # why",
            "=broken",
            "'unclosed",
            "SPOTIFY_REFRESH_TOKEN=old",
            "export SPOTIFY_REFRESH_TOKEN=old",
            "SPOTIFY_REFRESH_TOKEN=",
            "SPOTIFY_REFRESH_TOKEN='old'",
        ]
    )
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@given(lines=LINES, line_break=st.sampled_from(["\n", "\r\n"]), last=st.sampled_from(["", "\n"]))
def test_the_value_is_set_and_the_rest_means_the_same(
    lines: list[str], line_break: str, last: str
) -> None:
    text = line_break.join(lines) + last
    before = dotenv_values(stream=io.StringIO(text, newline=""))
    dotenv_file.DOTENV.write_bytes(text.encode())
    dotenv_file.write({"SPOTIFY_REFRESH_TOKEN": "AQ-new_1"})
    after = dotenv_values(dotenv_file.DOTENV)
    assert after == {**before, "SPOTIFY_REFRESH_TOKEN": "AQ-new_1"}
    others = [line for line in text.split(line_break) if "REFRESH" not in line]
    written = dotenv_file.DOTENV.read_bytes().decode()
    assert all(line in written for line in others)


def test_a_value_that_needs_quotes_is_refused_and_the_file_stays(folder: Path) -> None:
    (folder / ".env").write_text("A=1\n")
    for value in ("two\nlines", " padded ", "a # b", "'quoted'"):
        with pytest.raises(SettingsError) as refused:
            dotenv_file.write({"SPOTIFY_REFRESH_TOKEN": value})
        assert value not in str(refused.value)
    assert (folder / ".env").read_text() == "A=1\n"
    assert [path.name for path in folder.iterdir()] == [".env"]


def test_bytes_that_are_no_utf8_stay(folder: Path) -> None:
    (folder / ".env").write_bytes(b"# caf\xe9\n")
    dotenv_file.write({"A": "1"})
    assert (folder / ".env").read_bytes() == b"# caf\xe9\nA=1\n"


def test_line_breaks_and_export_stay(folder: Path) -> None:
    (folder / ".env").write_bytes(b"A=1\r\nexport B='old'\r\n\r\nC=3")
    dotenv_file.write({"B": r"new\1", "D": "4"})
    assert (folder / ".env").read_bytes() == b"A=1\r\nexport B=new\\1\r\n\r\nC=3\nD=4\n"
