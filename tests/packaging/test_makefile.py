"""The Makefile, with a stand-in for what it would install."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = {
    "help", "install", "run", "test", "test-all", "bench", "lint", "format", "lock", "docs", "psql",
    "screenshot", "vendor", "clean",
    "image", "push", "deploy", "bootstrap", "run-now", "logs",
}  # fmt: skip
# In the order in which they are installed from.
INSTALLED = (
    *("requirements-build.lock", "requirements-local.lock"),
    *("pyproject.toml", "requirements-dev.lock"),
)


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Only what the Makefile looks at."""
    for name in ("Makefile", *INSTALLED):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.fixture
def installed(project: Path) -> Path:
    """A project that is installed: its programs say what they were called with."""
    (project / ".venv" / "bin").mkdir(parents=True)
    for name in ("spotify-elt", "python", "uv"):
        program = project / ".venv" / "bin" / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\n', encoding="utf-8")
        program.chmod(0o755)
    for stamp in ("created", "uv", "local", "project", "dev"):
        (project / ".venv" / f".{stamp}").touch()
    return project


def test_help_lists_every_target_and_is_the_default(project: Path) -> None:
    told = make(project, "help").stdout
    assert set(re.findall(r"^  make ([a-z-]+) +\S.*$", told, flags=re.MULTILINE)) == TARGETS
    assert make(project).stdout == told


def test_every_target_is_phony_and_explained() -> None:
    rules = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    phony = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    assert rules == set(" ".join(phony).split()) == TARGETS


@pytest.mark.parametrize(
    "path", [".github/workflows/ci.yml", ".github/workflows/deploy.yml", "infra/README.md"]
)
def test_what_speaks_of_make_names_targets_that_are_there(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:run: |`)make ([a-z-]+)", text))
    assert named
    assert named <= TARGETS


def test_run_takes_the_sample_only_without_a_dotenv(installed: Path) -> None:
    assert make(installed, "run").stdout == "spotify-elt run --sample\n"
    assert make(installed, "run", "ENV_FILE=s3://bucket/key").stdout == "spotify-elt run\n"
    (installed / ".env").touch()
    assert make(installed, "run").stdout == "spotify-elt run\n"


def test_a_second_run_installs_nothing(installed: Path) -> None:
    assert "pip" not in make(installed, "run").stdout


@pytest.mark.parametrize("changed", range(len(INSTALLED)))
def test_what_hangs_on_a_file_that_has_changed_is_installed_again_with_uv(
    installed: Path, changed: int
) -> None:
    for path in (*installed.iterdir(), *(installed / ".venv").iterdir()):
        os.utime(path, (1, 1))
    (installed / INSTALLED[changed]).touch()
    told = make(installed, ".venv/.dev").stdout.splitlines()
    pip = "python -m pip install --quiet --disable-pip-version-check"
    uv = "uv pip install --quiet --python .venv/bin/python --no-deps"
    assert [line for line in told if "pip" in line] == [
        f"{pip} --require-hashes -r requirements-build.lock",
        f"{uv} --require-hashes -r requirements-local.lock",
        f"{uv} --no-build-isolation -e .",
        f"{uv} --require-hashes -r requirements-dev.lock",
    ][changed:]


def test_an_old_python_is_one_clear_sentence(project: Path) -> None:
    old = project / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.1"; exit 1\n', "utf-8")
    old.chmod(0o755)
    answer = make(project, "install", f"PYTHON={old}")
    assert answer.returncode != 0
    assert "spotify-elt needs Python 3.11 or newer" in answer.stderr
    assert "Python 3.8.1" in answer.stderr
    assert not (project / ".venv").exists()


@pytest.fixture
def on_aws(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose programs for AWS say what they were called with, on standard error."""
    programs = installed / "programs"
    programs.mkdir()
    for name in ("terraform", "docker", "aws"):
        program = programs / name
        answer = "123.dkr.ecr.aws/elt" if name == "aws" else ""
        ecr = '[ "$2" != describe-images ] || exit "${IN_ECR:-254}"'
        script = f'#!/bin/sh\necho "{name} $*" >&2\n{ecr}\necho {answer}\n'
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return installed


def test_push_and_deploy_speak_of_the_same_image(on_aws: Path) -> None:
    arguments = ("IMAGE_TAG=0123456789ab", "NAME=elt", "PLATFORM=linux/arm64")
    pushed = make(on_aws, "push", *arguments).stderr.splitlines()
    assert pushed[0] == "docker build --platform linux/arm64 --tag elt:0123456789ab ."
    assert "docker login --username AWS --password-stdin 123.dkr.ecr.aws" in pushed
    assert pushed[-1] == "docker push 123.dkr.ecr.aws/elt:0123456789ab"
    deployed = make(on_aws, "deploy", *arguments).stderr.splitlines()
    assert deployed[0] == "terraform -chdir=infra init -input=false -lockfile=readonly"
    assert deployed[1].split() == [
        "terraform", "-chdir=infra", "apply", "-var", "name=elt", "-var", "image_tag=0123456789ab",
        "-var", "cpu_architecture=ARM64",
    ]  # fmt: skip


def test_an_image_that_is_there_is_not_pushed_again(
    on_aws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IN_ECR", "0")
    pushed = make(on_aws, "push", "IMAGE_TAG=0123456789ab")
    assert pushed.returncode == 0
    assert pushed.stdout.startswith("BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build ")
    assert pushed.stdout.endswith("0123456789ab is in ECR already.\n")
    assert "docker push" not in pushed.stderr


def test_an_images_tag_is_the_commit_that_it_was_built_from(on_aws: Path) -> None:
    git = ["git", "-c", "user.name=me", "-c", "user.email=me@example.com"]
    for arguments in (["init", "-q"], ["add", "Makefile"], ["commit", "-qm", "First"]):
        subprocess.run([*git, *arguments], cwd=on_aws, check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=on_aws, check=True, capture_output=True, text=True
    ).stdout[:12]
    assert make(on_aws, "image").stderr.endswith(f"--tag spotify-elt:{head} .\n")
    (on_aws / "Makefile").write_text(f"{MAKEFILE}\n", encoding="utf-8")
    assert make(on_aws, "image").stderr.endswith(f"--tag spotify-elt:{head}-dirty .\n")


def test_a_run_on_aws_is_started_and_followed(on_aws: Path) -> None:
    script = "python infra/run_now.py --name spotify-elt"
    assert make(on_aws, "run-now").stdout.split() == script.split()
    assert make(on_aws, "run-now", "RUN_ARGS=--force").stdout == f"{script} run --force\n"
    assert make(on_aws, "bootstrap").stdout == f"{script} --bootstrap\n"
    assert make(on_aws, "logs").stderr.startswith("aws logs tail /ecs/spotify-elt ")


def test_clean_deletes_what_was_made_and_nothing_else(installed: Path) -> None:
    (installed / ".env").write_text("SPOTIPY_CLIENT_ID=kept\n", encoding="utf-8")
    (installed / ".local" / "postgres").mkdir(parents=True)
    bystander = subprocess.Popen(["sleep", "infinity"])
    try:
        # What a crash leaves behind: the file names a process that is another one by now.
        pid_file = installed / ".local" / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{bystander.pid}\n", encoding="utf-8")
        assert make(installed, "clean").returncode == 0
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
    assert {path.name for path in installed.iterdir()} == {".env", "Makefile", *INSTALLED}
