"""Commands start without what only a run needs."""

import subprocess
import sys

ONLY_FOR_RUNS = {"boto3", "dbt", "dlt", "requests", "spotipy"}


def test_the_command_line_imports_nothing_that_takes_long() -> None:
    imported = subprocess.run(
        [sys.executable, "-c", "import sys, loader.cli; print(*sys.modules)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ONLY_FOR_RUNS.isdisjoint(imported.stdout.split())
