"""A `.env` that ECS and python-dotenv would read differently is told, line by line."""

from pathlib import Path

import pytest

from spotify_elt.operations.check_env_file import findings


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('SECRET="quoted"', "quotes"),
        ("SECRET='quoted'", "quotes"),
        ("export SECRET=x", "export"),
        (" SECRET=x", "begins with a space"),
        ("SECRET =x", "beside the `=`"),
        ("SECRET= x", "beside the `=`"),
        ("SECRET=x ", "ends with a space"),
        ("SECRET=x # a comment", "comment behind a value"),
        ("SECRET=", "without a value"),
        ("SECRET==x", "begins with `=`"),
        ("SECRET=a${HOME}", "${...}"),
        ("SECRET", "no KEY=VALUE"),
        ("\ufeffSECRET=x", "byte order mark"),
        ("SECRET=x\rMORE=y", "carriage return"),
    ],
)
def test_a_line_that_is_read_differently_is_told(tmp_path: Path, line: str, why: str) -> None:
    file = tmp_path / "file.env"
    file.write_bytes(f"# fine\nOTHER=1\n{line}\n".encode())
    (found,) = findings(file)
    assert found.subject.endswith("line 3")
    assert why in found.detail
    assert found.exit_code == 2


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_plain_lines_are_fine(tmp_path: Path, end: str) -> None:
    file = tmp_path / "file.env"
    lines = [
        "# a comment",
        "",
        "PGHOST=db.example.com",
        "PGPASSWORD=a=b#c$d'e\"f",
        "URL=http://x/?a=1",
    ]
    file.write_bytes(end.join([*lines, ""]).encode())
    (found,) = findings(file)
    assert (found.state, found.detail[:12]) == ("ok", "3 variables,")
    assert found.exit_code == 0


def test_no_value_is_ever_shown(tmp_path: Path) -> None:
    file = tmp_path / "file.env"
    file.write_text("A='hush-hush'\nA=hush-hush # x\nexport B=hush-hush\n")
    assert "hush" not in repr(findings(file))


def test_a_name_that_is_there_twice_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "file.env"
    file.write_text("A=1\nA=2\n")
    (found,) = findings(file)
    assert (found.state, found.exit_code) == ("warning", 0)
