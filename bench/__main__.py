"""`make bench`: measure everything, about an hour; the tables go to RESULTS.md.

`make bench QUICK=1` prints three ratios in less than a minute, and judges nothing.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

from bench import builds, history, load, report, runs, start
from bench.measure import postgres

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("dlt", "dbt-core", "dbt-postgres", "pyarrow", "psycopg2-binary")


def main() -> None:
    """Measure what was asked for."""
    if sys.argv[1:] == ["--quick"]:
        quick()
    else:
        RESULTS.write_text("\n".join(_results()), encoding="utf-8")


def quick() -> None:
    """Print what a change may have cost, in ratios of this one run."""
    with postgres() as folder:
        one = runs.compare(runs.SAMPLE, "extended", 0.1, 1, whole_original=False)
        ratio = {kind: seconds / one.original["requests"] for kind, seconds in one.seconds.items()}
        print(f"First run:     {ratio['first']:.2f} of the original's requests alone")
        print(f"Unchanged run: {ratio['unchanged']:.2f}")
        figures = load.measured(load.SIZES[1], folder)
    print(f"Load:          {figures['rows/s']:,.0f} rows/s, {figures['ratio to COPY']:.2f} of COPY")


def _results() -> Iterator[str]:
    yield "# What it costs"
    yield ""
    yield (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}, "
        f"{', '.join(f'{name} {version(name)}' for name in PACKAGES)}, "
        f"commit {_commit()}. Ratios of one run on one machine: compare them, not the seconds."
    )
    yield from _section("Runs", runs)
    yield from _section("Load", load)
    yield from _section("dbt", builds)
    yield from _section("History", history)
    yield from _section("Start", start)
    yield from _section("Report", report)


def _section(title: str, room: ModuleType) -> Iterator[str]:
    """Yield what a module measures, as it says itself, and its table."""
    yield from ("", f"## {title}", "", str(room.__doc__).strip(), "")
    yield f"| {' | '.join(room.COLUMNS)} |"
    yield f"|{'---|' * len(room.COLUMNS)}"
    for row in room.table():
        line = f"| {' | '.join(map(_cell, row))} |"
        print(line, file=sys.stderr)
        yield line


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _commit() -> str:
    command = ("git", "describe", "--always", "--dirty", "--exclude=*")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
