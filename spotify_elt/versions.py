"""The versions of what a run runs with."""

import platform
from importlib.metadata import distributions, version

OWN = version("spotify-elt")
PACKAGES = ("spotify-elt", "dlt", "dbt-core", "dbt-postgres", "spotipy")


def installed() -> dict[str, str | None]:
    """Return the version of each package, and of Python; None for one that is not installed."""
    found = {
        package: next((one.version for one in distributions(name=package)), None)
        for package in PACKAGES
    }
    return {**found, "Python": platform.python_version()}
