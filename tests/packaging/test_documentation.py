"""README and docs say the same as command line, Makefile, `.env.example`, settings and dbt."""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from postgres_server import Database, query
from test_repository import NOT_FOR_A_DOTENV

from loader.errors import PipelineError
from sample_api import MAIN_PLAYLIST, SHARED_PLAYLIST
from spotify_elt.cli import cli
from spotify_elt.settings.pipeline_yml import PipelineConfig

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
FOR_DEVELOPERS = (ROOT / "CONTRIBUTING.md", ROOT / "infra" / "README.md")
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)


def text(*pages: Path) -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


OPERATIONS = text(DOCS / "operations.md")
CONFIGURATION = text(DOCS / "configuration.md")
ANSWERS = text(DOCS / "answers.md")
MAKEFILE = text(ROOT / "Makefile")


def commands() -> dict[str, tuple[str | None, dict[str, str | None]]]:
    """Each command's help, and the help of each of its options and arguments by name."""
    return {
        name: (
            command.help,
            {
                parameter.opts[-1]: parameter.help
                if isinstance(parameter, click.Option)
                else command.help
                for parameter in command.params
            },
        )
        for name, command in cli.commands.items()
    }


def options() -> list[tuple[str, str]]:
    return [
        (command, option)
        for command, (_, explained) in commands().items()
        for option in explained
        if option.startswith("--") and option != "--help"
    ]


def first_cells(section: str, page: str) -> str:
    """The first column of the tables under a heading."""
    (part,) = re.findall(rf"(?ms)^#+ {section}\n(.*?)(?=^#|\Z)", page)
    return "\n".join(re.findall(r"(?m)^\| (.*?) \|", part))


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_is_in_the_docs(command: str) -> None:
    assert f"`spotify-elt {command}" in first_cells("Commands", OPERATIONS)


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_is_in_the_docs(command: str, option: str) -> None:
    told = first_cells("Commands", OPERATIONS)
    assert re.search(rf"`spotify-elt {command} [^`]*{option}\b", told)


def test_the_docs_name_no_command_and_no_option_that_is_not_there() -> None:
    there = {command: explained for command, (_, explained) in commands().items()}
    named = re.findall(
        r"(?:`|\.venv/bin/)spotify-elt ([a-z]+)([^`\n]*)", text(*PAGES, *FOR_DEVELOPERS)
    )
    assert {command for command, _ in named} == set(there)
    for command, rest in named:
        for option in re.findall(r"--[a-z][a-z-]*", rest.partition(" -- ")[0]):
            assert option in there[command], (command, option)


def test_every_command_explains_itself_in_its_help() -> None:
    for command, (told, explained) in commands().items():
        assert told, command
        assert all(explained.values()), command


def exit_codes_of_errors(of: type[PipelineError] = PipelineError) -> Iterator[int]:
    yield of.exit_code
    for one in of.__subclasses__():
        yield from exit_codes_of_errors(one)


def test_the_docs_explain_every_exit_code_and_no_other() -> None:
    ended_by = {128 + number for number in ENDED_BY}
    told = re.findall(r"\d+", first_cells("Exit codes", OPERATIONS))
    assert sorted(map(int, told)) == sorted({0, *exit_codes_of_errors()} | ended_by)


def test_every_make_target_is_in_the_docs_and_no_other() -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):.*## ", MAKEFILE))
    code = re.findall(r"(?ms)^```.*?^```|`[^`\n]+`", text(*PAGES, *FOR_DEVELOPERS))
    named = re.findall(r"(?m)(?:^|`)make ([a-z-]+)", "\n".join(code))
    assert set(named) == targets


def test_every_variable_of_the_example_is_in_the_docs_and_no_other() -> None:
    example = text(ROOT / ".env.example")
    told = re.findall(r"`([A-Z_]+)`", first_cells("Variables", CONFIGURATION))
    variables = re.findall(r"(?m)^#?([A-Z_]+)=", example)
    assert sorted(told) == sorted({*variables, *NOT_FOR_A_DOTENV})


def test_every_setting_is_explained_in_pipeline_yml() -> None:
    lines = text(ROOT / "pipeline.yml").splitlines()
    keys = {}
    for above, line in zip(["", *lines], lines, strict=False):
        found = re.match(r"(?:# )?([a-z_]+):(?: |$)", line)
        if found:
            keys[found[1]] = above
    assert set(PipelineConfig.model_fields) <= set(keys)
    assert all(keys[key].startswith("#") for key in PipelineConfig.model_fields)


def test_every_mart_is_in_the_docs_and_no_other() -> None:
    told = first_cells("The views", ANSWERS) + first_cells("The tables", ANSWERS)
    marts = {path.stem for path in (ROOT / "dbt_spotify" / "models" / "marts").glob("*.sql")}
    assert set(re.findall(r"`(\w+)`", told)) == marts


@pytest.mark.thorough
def test_the_sql_of_the_docs_can_be_pasted(loaded: Callable[..., Database]) -> None:
    database = loaded(MAIN_PLAYLIST, SHARED_PLAYLIST)
    blocks = re.findall(r"(?ms)^```sql\n(.*?)^```", ANSWERS + OPERATIONS)
    statements = [one for block in blocks for one in block.split(";") if one.strip()]
    assert len(statements) > 5
    for statement in statements:
        query(database, statement)
