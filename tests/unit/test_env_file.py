"""`ENV_FILE` as a path: read instead of `./.env`, and refused when others may read it."""

import os
from pathlib import Path

import pytest

from loader.errors import SettingsError
from spotify_elt.settings import dotenv_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "environ", {"HOME": str(tmp_path), "SET": "before"})
    return tmp_path


def written(name: str, content: bytes = b"A=1\nSET=after\n", mode: int = 0o600) -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
    os.environ["ENV_FILE"] = name
    return path


@pytest.mark.parametrize("name", ["prod.env", "a folder/.env", "~/mine.env", ".env"])
def test_it_is_read_instead_of_the_one_in_the_folder(folder: Path, name: str) -> None:
    (folder / ".env").write_text("A=2\nB=2\n")
    written(name.replace("~", str(folder)))
    os.environ["ENV_FILE"] = name
    dotenv_file.load()
    assert (os.environ["A"], os.environ["SET"]) == ("1", "before")
    assert "B" not in os.environ


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_others_may_not_touch_it(mode: int) -> None:
    written("prod.env", mode=mode)
    with pytest.raises(SettingsError, match=rf"mode {mode:o}.*chmod 600 prod\.env") as refused:
        dotenv_file.load()
    assert refused.value.exit_code == 2
    assert "A" not in os.environ


def test_a_link_is_as_private_as_what_it_leads_to() -> None:
    written("public.env", mode=0o644)
    Path("prod.env").symlink_to("public.env")
    os.environ["ENV_FILE"] = "prod.env"
    with pytest.raises(SettingsError, match="chmod 600"):
        dotenv_file.load()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.env", "ENV_FILE names missing.env, which is not there"),
        (".", "directory"),
        ("/", "directory"),
        ("s3://bucket", "give s3://bucket/key, or a path"),
        ("s3:///key", "give s3://bucket/key, or a path"),
        ("https://bucket.s3.amazonaws.com/key", "give s3://bucket/key, or a path"),
        ("arn:aws:s3:::bucket/key", "give s3://bucket/key, or a path"),
    ],
)
def test_what_is_no_file_is_refused_in_a_sentence(name: str, words: str) -> None:
    Path(".env").write_text("A=2\n")
    os.environ["ENV_FILE"] = name
    with pytest.raises(SettingsError) as refused:
        dotenv_file.load()
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "A" not in os.environ


def test_one_that_is_named_in_another_is_not_overlooked() -> None:
    Path(".env").write_text("A=1\nENV_FILE=prod.env\n")
    with pytest.raises(SettingsError, match="set it in the environment"):
        dotenv_file.load()


def test_what_is_written_goes_there_and_stays_private(folder: Path) -> None:
    path = written("prod.env")
    dotenv_file.write({"A": "3"})
    assert path.read_text() == "A=3\nSET=after\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [found.name for found in folder.iterdir()] == ["prod.env"]
