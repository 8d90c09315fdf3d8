"""The oldest dbt that `pyproject.toml` allows; all other tests run with the newest, as locked."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
UV = Path(sys.executable).with_name("uv")
# Where the embedded PostgreSQL may be read by the user that it runs as, and kept for the next time.
ENVIRONMENT = Path(sys.prefix) / "oldest-dbt"
TESTS = (
    *("tests/dbt/test_project.py", "tests/dbt/test_marts.py"),
    "tests/pipeline/test_sample.py::test_the_sample_says_what_it_is",
)


def oldest_dbt() -> str:
    """Return `dbt-core==` and the least version that is allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = [Requirement(text) for text in project["dependencies"]]
    (dbt,) = [requirement for requirement in allowed if requirement.name == "dbt-core"]
    (least,) = [one.version for one in dbt.specifier if one.operator == ">="]
    return f"dbt-core=={least}"


def succeeds(*command: str | Path) -> str:
    """Run a command in the project's folder, as if no pytest had started it; return its output."""
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.thorough
def test_the_dbt_project_and_a_run_work_with_the_oldest_dbt_too(tmp_path: Path) -> None:
    python, override = ENVIRONMENT / "bin" / "python", tmp_path / "override.txt"
    override.write_text(oldest_dbt(), encoding="utf-8")
    install = (UV, "pip", "install", "--quiet", "--python", python)

    succeeds(UV, "venv", "--quiet", "--allow-existing", "--python", sys.executable, ENVIRONMENT)
    succeeds(*install, "--override", override, "-r", "requirements-dev.lock")
    succeeds(*install, "--no-deps", "--no-build-isolation", "-e", ".")

    assert oldest_dbt() in succeeds(UV, "pip", "freeze", "--python", python).splitlines()
    succeeds(python, "-m", "pytest", "-q", "-n", "2", *TESTS)
