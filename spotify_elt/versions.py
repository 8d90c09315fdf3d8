"""The versions of what a run runs with."""

import platform
from importlib.metadata import PackageNotFoundError, version

OWN = version("spotify-elt")
PACKAGES = ("spotify-elt", "dlt", "dbt-core", "dbt-postgres", "spotipy")


def installed() -> dict[str, str | None]:
    """Return the version of each package, and of Python; None for one that is not installed."""
    found: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return {**found, "Python": platform.python_version()}
