"""What a check found: a table of all of it, and one exit code."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from rich import box
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from loader.errors import PipelineError, printable

State = Literal["ok", "warning", "problem", "not asked"]
T = TypeVar("T")

STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red", "not asked": "dim"}
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


class Findings(list[Finding]):
    """All that was found, in the order in which it was looked for."""

    def add(self, subject: str, state: State, detail: str, exit_code: int = 0) -> None:
        """Add a finding."""
        self.append(Finding(subject, state, detail, exit_code))

    def attempt(self, subject: str, look: Callable[[], T]) -> T | None:
        """Return what `look` returns; an error of it is a problem of `subject`, and None."""
        try:
            return look()
        except PipelineError as error:
            self.add(subject, "problem", str(error), error.exit_code)
        return None

    def print(self, screen: Console) -> int:
        """Print them, good and bad, and return the exit code of the weightiest."""
        first, second = Column("checked", no_wrap=True), Column("is", no_wrap=True)
        table = Table(first, second, "because", box=box.SIMPLE_HEAD)
        for finding in self:
            state = Text(finding.state, style=STYLES[finding.state])
            table.add_row(Text(finding.subject), state, Text(printable(finding.detail)))
        screen.print(table)
        found = {finding.exit_code for finding in self}
        return next((code for code in EXIT_CODES if code in found), 0)
