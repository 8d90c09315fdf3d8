"""The README, the command line, the Makefile, `.env.example` and `pipeline.yml` say the same."""

import re
from pathlib import Path

import click
import pytest

from spotify_elt.cli import cli
from spotify_elt.settings.pipeline_yml import PipelineConfig

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


OPTIONS = [
    (name, option)
    for name, command in cli.commands.items()
    for parameter in command.params
    for option in parameter.opts
    if option.startswith("--")
]


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"| `spotify-elt {command}" in README


@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_every_option_is_in_the_readme(command: str, option: str) -> None:
    assert re.search(rf"\| `spotify-elt {command} [^`]*{option}", README)


def test_the_readme_names_no_command_that_is_not_there() -> None:
    named = set(re.findall(r"`(?:\.venv/bin/)?spotify-elt ([a-z]+)", README))
    assert named
    assert named <= set(cli.commands)


def test_every_command_explains_itself_in_its_help() -> None:
    for name, command in cli.commands.items():
        assert command.help, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, (name, parameter.name)


def test_the_readme_names_no_make_target_that_is_not_there() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README, flags=re.MULTILINE))
    assert named >= {"run", "test", "help", "docs", "psql"}
    assert named <= targets


def test_every_variable_of_the_example_is_in_the_readme() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    variables = re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE)
    assert len(variables) > 10
    assert [name for name in variables if f"`{name}`" not in README] == []


def test_every_setting_is_explained_in_pipeline_yml() -> None:
    lines = (ROOT / "pipeline.yml").read_text(encoding="utf-8").splitlines()
    keys = {}
    for above, line in zip(["", *lines], lines, strict=False):
        found = re.match(r"(?:# )?([a-z_]+):(?: |$)", line)
        if found:
            keys[found[1]] = above
    assert set(PipelineConfig.model_fields) <= set(keys)
    assert all(keys[key].startswith("#") for key in PipelineConfig.model_fields)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)\)", README))
def test_every_file_that_the_readme_links_to_is_there(link: str) -> None:
    assert (ROOT / link).exists()
