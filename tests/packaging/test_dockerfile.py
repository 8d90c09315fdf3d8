"""The Dockerfile's promises, as far as its text tells; `tests/image` builds and runs the image."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Stage:
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [arguments for name, arguments in self.steps if name == instruction]

    def last(self, instruction: str) -> str:
        return self.all(instruction)[-1]


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        (line.split()[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line.strip()
    ]


def stages() -> list[Stage]:
    found: list[Stage] = []
    for name, arguments in instructions():
        if name == "FROM":
            found.append(Stage(arguments))
        elif found:
            found[-1].steps.append((name, arguments))
    return found


BUILD, FINAL = stages()


def variables(stage: Stage) -> dict[str, str]:
    return dict(re.findall(r'(\w+)=("[^"]*"|\S+)', " ".join(stage.all("ENV"))))


def test_both_stages_stand_on_the_base_that_an_argument_names() -> None:
    assert instructions()[0] == ("ARG", "BASE=python:3.13-slim")
    assert (BUILD.base, FINAL.base) == ("${BASE} AS build", "${BASE}")


def test_the_container_runs_the_pipeline_as_nobody_in_particular() -> None:
    assert json.loads(FINAL.last("ENTRYPOINT")) == ["spotify-elt"]
    assert json.loads(FINAL.last("CMD")) == ["run"]
    assert FINAL.all("USER") == ["10001:10001"]


def test_everything_it_writes_goes_to_the_volume_that_belongs_to_it() -> None:
    order = [name for name, _ in FINAL.steps]
    (owned,) = [run for run in FINAL.all("RUN") if "install -d" in run]
    assert "install -d -o 10001 -g 10001 /data" in owned
    assert json.loads(FINAL.last("VOLUME")) == ["/data"]
    assert FINAL.steps.index(("RUN", owned)) < order.index("VOLUME") < order.index("USER")
    at = variables(FINAL)
    # An empty volume hides what the image has below /data, and a TMPDIR that is missing is ignored.
    assert (at["HOME"], at["TMPDIR"], FINAL.last("WORKDIR")) == ("/data", "/data", "/data")
    assert at["PIPELINE_CONFIG"] == "/app/pipeline.yml"


def test_only_hashed_wheels_are_installed_and_only_those_of_the_image() -> None:
    installs = [
        command
        for run in BUILD.all("RUN")
        for command in run.split("&&")
        if re.search(r"\binstall\b", command)
    ]
    from_locks = [command for command in installs if "-r " in command]
    assert len(from_locks) == 2
    for command in from_locks:
        assert "--require-hashes" in command
        assert "--only-binary :all:" in command
        assert ("uv pip" in command and "--no-deps" in command) == (
            "-r requirements.lock" in command
        )
    (own,) = [command for command in installs if command not in from_locks]
    assert "--no-deps" in own
    assert own.split()[-1] == "./*.whl"
    assert {match for run in from_locks for match in re.findall(r"\S+\.lock", run)} == {
        "requirements.lock",
        "requirements-build.lock",
    }


def test_the_final_stage_holds_no_tools_and_no_secrets() -> None:
    assert FINAL.all("COPY") == [
        "--from=build /venv /venv",
        "--from=build /app /app",
        "pipeline.yml playlists*.txt /app/",
    ]
    assert not any(re.search(r"\b(pip|apt-get|apk|curl)\b", run) for run in FINAL.all("RUN"))
    given = [*variables(BUILD), *variables(FINAL)]
    assert given
    assert not any(re.search("SECRET|PASSWORD|TOKEN|CLIENT|KEY", name) for name in given)
    assert [name for name, _ in instructions() if name == "ADD"] == []


def test_the_build_context_is_what_the_dockerfile_copies_and_no_more() -> None:
    rules = [
        line
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    copied = {
        source
        for stage in (BUILD, FINAL)
        for arguments in stage.all("COPY")
        if not arguments.startswith("--from")
        for source in arguments.split()[:-1]
    }
    assert rules[0] == "*"
    assert {rule.removeprefix("!") for rule in rules if rule.startswith("!")} == copied
    # The user's own lists of playlists, of which this repository has none.
    assert [source for source in copied if not (ROOT / source).exists()] == ["playlists*.txt"]
