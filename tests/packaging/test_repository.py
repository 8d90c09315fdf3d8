"""What the repository must hold, and what must never get into it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from spotify_elt.warehouse.pg_settings import NAMES, RUN_LOG

ROOT = Path(__file__).resolve().parents[2]
A_VARIABLE = re.compile(r"PG[A-Z]+|[A-Z]+(?:_[A-Z]+)+")
NOT_FOR_A_DOTENV = {
    "ARROW_DEFAULT_MEMORY_POOL": "Arrow's own, and set by the loading code itself",
    "AWS_REGION": "AWS' own; ECS sets it",
    "ENV_FILE": "it names the file itself",
    "DBT_LOG_PATH": "dbt's own; the image moves it to its volume",
    "DBT_TARGET_PATH": "dbt's own; the image moves it to its volume",
    "DLT_DATA_DIR": "dlt's own; the image moves it to its volume",
}
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of GitHub or Slack": r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|xox[abprs]-[0-9A-Za-z-]{20,})",
    "an app's id or secret": r"(?i)client_?(?:id|secret)\W{1,4}[0-9a-f]{32}\b",
    "a refresh token of Spotify": r"\bAQ[A-D][0-9A-Za-z_-]{100,}",
    "a password in an address": r"(?i)\bpostgres(?:ql)?://[^\s:/{}]+:[^\s@{}]+@",
}
# In pieces, so that this file is none of its own findings.
PLACES = {
    "a package registry": rf"(?i)\bpypi\.{'org'}|\bpython{'hosted'}\.|\bdev{'pi'}\b|/simp{'le'}/",
    "a folder of somebody's machine": r"(?<![\w.}/])/(?:work|root|home|Users|opt|mnt)/[\w.]",
}


def is_environment(node: ast.AST) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id in {"environ", "environment"}
    )


def asked_of_the_environment(tree: ast.AST) -> Iterator[str]:
    """The names in `environ["X"]`, `environ.get("X")`, `"X" in environ` and `f(environ, "X")`."""
    for node in ast.walk(tree):
        names: list[ast.expr] = []
        if isinstance(node, ast.Subscript) and is_environment(node.value):
            names = [node.slice]
        elif isinstance(node, ast.Compare) and any(map(is_environment, node.comparators)):
            names = [node.left]
        elif isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Attribute) and is_environment(node.func.value))
            or any(map(is_environment, node.args))
        ):
            names = node.args
        for name in names:
            if isinstance(name, ast.Constant) and A_VARIABLE.fullmatch(str(name.value)):
                yield str(name.value)


def variables_read() -> set[str]:
    found = {prefix + name for prefix in ("", RUN_LOG) for name in NAMES}
    for path in (*(ROOT / "loader").rglob("*.py"), *(ROOT / "spotify_elt").rglob("*.py")):
        found |= set(asked_of_the_environment(ast.parse(path.read_text(encoding="utf-8"))))
    profiles = (ROOT / "dbt_spotify" / "profiles.yml").read_text(encoding="utf-8")
    return found | set(re.findall(r"env_var\('(\w+)'", profiles))


def test_the_example_holds_every_variable_that_is_read_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, flags=re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) == variables_read() - set(NOT_FOR_A_DOTENV)


def test_the_example_reads_the_same_everywhere_and_holds_no_secret() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    given = [line for line in lines if line and not line.startswith("#")]
    assert given
    for line in given:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*=", line), f"not a bare KEY= line: {line}"


def texts() -> dict[str, str]:
    """Every file that is, or would be, committed."""
    command = ["git", "-c", "safe.directory=*", "ls-files"]
    command += ["--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip(f"Not a git checkout: {listed.stderr.strip()}")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    found = {}
    for path in paths:
        if path.is_file():
            found[str(path.relative_to(ROOT))] = path.read_bytes().decode("utf-8", "replace")
    assert {"pyproject.toml", "Makefile", "spotify_elt/cli.py"} <= set(found)
    return found


@pytest.mark.parametrize("what", [*SECRETS, *PLACES])
def test_no_file_holds(what: str) -> None:
    pattern = re.compile({**SECRETS, **PLACES}[what])
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("a private key", "-----BEGIN RSA PRIVATE " + "KEY-----"),
        ("an AWS access key", "AKIA" + "ABCDEFGHIJKLMNOP"),
        ("a token of GitHub or Slack", "ghp_" + "a1B2" * 9),
        ("an app's id or secret", "SPOTIPY_CLIENT_SECRET=" + "0123abcd" * 4),
        ("a refresh token of Spotify", "AQ" + "A" * 120),
        ("a password in an address", "postgresql://me:" + "hunter2@db/x"),
        ("a package registry", "https://py" + "pi.org/simp" + "le"),
        ("a folder of somebody's machine", "see /ro" + "ot/.cache"),
    ],
)
def test_the_patterns_find_what_they_look_for(what: str, example: str) -> None:
    assert re.search({**SECRETS, **PLACES}[what], example)


def test_secrets_and_leftovers_are_ignored_by_git() -> None:
    names = [".env", ".local/postgres/PG_VERSION", ".venv/bin/python", "dbt_spotify/target/x"]
    command = ["git", "-c", "safe.directory=*", "check-ignore", "--no-index", *names]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if answer.returncode > 1:
        pytest.skip(f"Not a git checkout: {answer.stderr.strip()}")
    assert answer.stdout.splitlines() == names
