"""What a check found: a table of all of it, and one exit code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import printable

State = Literal["ok", "warning", "problem", "not asked"]

STYLES: dict[State, str] = {
    "ok": "green",
    "warning": "yellow",
    "problem": "bold red",
    "not asked": "dim",
}
# Settings first: until they are right, nothing else can be. Then what no waiting cures.
EXIT_CODES = (2, 1, 75, 3)


@dataclass(frozen=True)
class Finding:
    """One line of the table.

    Attributes:
        subject: what was looked at.
        state: whether it is ready for a run.
        detail: what was found, and what to do about it.
        exit_code: of the command, if nothing weightier was found.
    """

    subject: str
    state: State
    detail: str
    exit_code: int = 0


def exit_code(findings: Sequence[Finding]) -> int:
    """Return the exit code of the weightiest finding; 0 where all is well."""
    found = {finding.exit_code for finding in findings}
    return next((code for code in EXIT_CODES if code in found), 0)


def print_findings(screen: Console, findings: Sequence[Finding]) -> None:
    """Print all findings, good and bad."""
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("checked", no_wrap=True)
    table.add_column("is", no_wrap=True)
    table.add_column("because")
    for finding in findings:
        table.add_row(
            Text(finding.subject),
            Text(finding.state, style=STYLES[finding.state]),
            Text(printable(finding.detail)),
        )
    screen.print(table)
