"""What a run of the pipeline left behind, to be looked at by several tests."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from command_line import Finished
from postgres_server import Database

from sample_api import Catalogue, Served

Loaded = Callable[..., Database]  # of playlist ids, to a database that holds them


@dataclass(frozen=True)
class Run:
    """A finished run of `spotify-elt run` on the main playlist of the sample.

    Attributes:
        finished: exit code and output.
        database: the PG* variables of what it wrote to.
        catalogue: what the API answered from.
        served: the requests that the run made.
        mode: the API's.
        folders: where the run may have written files.
    """

    finished: Finished
    database: Database
    catalogue: Catalogue
    served: list[Served]
    mode: str
    folders: tuple[Path, ...]

    def count(self, *endpoints: str) -> int:
        """Return how many requests went to these endpoints."""
        return sum(served.endpoint in endpoints for served in self.served)
