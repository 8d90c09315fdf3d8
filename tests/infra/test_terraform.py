"""What Terraform itself can tell of infra/; `make lint` has its format, validity and checkov."""

import re
from pathlib import Path

import pytest
from stack import INFRA, initialized, terraform


def test_what_terraform_would_make_is_private_encrypted_and_least_privileged(
    tmp_path: Path,
) -> None:
    unable = initialized(tmp_path)
    if unable:
        pytest.skip(unable)
    testing = terraform(tmp_path, "test", "-no-color")
    output, _ = testing.communicate()
    assert testing.returncode == 0, output
    assert re.search(r"Success! 4 passed, 0 failed\.", output), output


def test_the_lock_file_serves_every_platform() -> None:
    lock = (INFRA / ".terraform.lock.hcl").read_text(encoding="utf-8")
    assert len(set(re.findall(r'"zh:[0-9a-f]{64}"', lock))) == 15


def test_every_variable_is_explained_and_the_example_names_no_other() -> None:
    text = (INFRA / "variables.tf").read_text(encoding="utf-8")
    blocks = dict(
        re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', text, flags=re.DOTALL | re.MULTILINE)
    )
    assert [name for name, block in blocks.items() if "description = " not in block] == []
    example = (INFRA / "terraform.tfvars.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?([a-z_]+)\s+= ", example, flags=re.MULTILINE))
    assert named <= set(blocks)
    without_default = {name for name, block in blocks.items() if "default" not in block}
    assert without_default - named == {"image_tag"}


def test_the_commands_that_terraform_prints_can_be_pasted() -> None:
    outputs = (INFRA / "outputs.tf").read_text(encoding="utf-8")
    readme = (INFRA / "README.md").read_text(encoding="utf-8")
    # Without -raw a command comes in quotes, and with a backslash before each of its own.
    printed = re.findall(r"`terraform -chdir=infra output (-raw )?(\w+)`", readme)
    assert printed == [("-raw ", "configuration"), ("-raw ", "connect")]
    assert {name for _, name in printed} <= set(re.findall(r'(?m)^output "(\w+)"', outputs))
