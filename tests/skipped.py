"""What was skipped, in a line for each cause instead of one for each test; a plugin of pytest."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")]
    causes = Counter(reason.removeprefix("Skipped: ").splitlines()[0] for reason in reasons)
    for cause, count in causes.most_common():
        terminalreporter.line(f"{count} skipped: {cause}", yellow=True)
