"""Commands start without what only a run needs."""

import subprocess
import sys

ONLY_FOR_RUNS = {"boto3", "dbt", "dlt", "requests", "spotipy"}


def imported_by(module: str) -> set[str]:
    """Return all modules that are there when this one has been imported."""
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(told.stdout.split())


def test_the_package_imports_nothing_before_signals_are_taken_care_of() -> None:
    assert imported_by("spotify_elt") - imported_by("os") == {"spotify_elt"}


def test_the_command_line_imports_nothing_that_takes_long() -> None:
    assert ONLY_FOR_RUNS.isdisjoint(imported_by("spotify_elt.cli"))
