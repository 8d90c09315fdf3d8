"""The wheel: an installed package runs alone, so what it needs at run time is in it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("loader", "spotify_elt", "sample_api", "dbt_spotify")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_the_code_the_dbt_project_and_the_sample(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".sql", ".yml", ".md", ".js", ".css", ".html", ".pem"}
        and path.name != ".user.yml"
        if not {"target", "logs"} & set(path.parts)
    }
    assert {
        "loader/source.py",
        "spotify_elt/cli.py",
        "spotify_elt/warehouse/rds-ca-bundle.pem",
        "sample_api/server.py",
        "dbt_spotify/dbt_project.yml",
    } <= wanted
    assert wanted <= held
    assert {name.split("/")[0] for name in held} == set(FOLDERS)


def test_the_wheel_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
    assert "spotify-elt = spotify_elt.__main__:main" in wheel.read(entry_points).decode()
    assert [name for name in wheel.namelist() if name.endswith("/licenses/LICENSE")]


@pytest.mark.parametrize(
    "command", [["-m", "loader"], [str(Path(sys.executable).parent / "spotify-elt")]]
)
def test_the_command_answers_from_another_folder(command: list[str], tmp_path: Path) -> None:
    program = [sys.executable, *command] if command[0] == "-m" else command
    told = subprocess.run(
        [*program, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert told.startswith("Usage: spotify-elt")
    assert list(tmp_path.iterdir()) == []
