"""What became of the playlists of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from loader.errors import ComeBackLaterError
from loader.extract_load.reading import Reading

Status = Literal["loaded", "unchanged", "failed", "not reached"]


@dataclass(frozen=True)
class PlaylistLoad:
    """What became of one playlist: a row of `playlist_loads` in the run log.

    Attributes:
        playlist_id: its id.
        status: loaded whole, left as it is, failed, or not reached before a long wait.
        reason: the sentence that says why not.
        snapshot_id: Spotify's version of what was loaded.
        total: how many rows the API said it has; of one that was read, that many were.
        loaded_at: when it was read, as in the raw tables.
        rows_loaded: how many rows of this reading the raw tables hold, once it is loaded.
        rows_staged: how many rows of it staging holds, once dbt has built.
        rows_in_marts: how many rows of it the marts hold then.
    """

    playlist_id: str
    status: Status
    reason: str | None = None
    snapshot_id: str | None = None
    total: int | None = None
    loaded_at: datetime | None = None
    rows_loaded: int | None = None
    rows_staged: int | None = None
    rows_in_marts: int | None = None

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """Return the row of a playlist that was read whole."""
        return cls(
            reading.playlist_id,
            "loaded",
            snapshot_id=reading.snapshot_id,
            total=reading.total,
            loaded_at=reading.loaded_at,
        )


@dataclass
class Outcome:
    """The playlists of a run by what became of them.

    Attributes:
        loads: one for each playlist, in the order of the settings.
        stopped: set where Spotify asked for a longer wait than `max_wait`.
        requests_saved: how many requests were not made because a playlist had not changed.
        rows: rows loaded by raw table; empty where nothing was.
    """

    loads: list[PlaylistLoad] = field(default_factory=list)
    stopped: ComeBackLaterError | None = None
    requests_saved: int = 0
    rows: Mapping[str, int] = field(default_factory=dict)

    def of(self, *statuses: Status) -> list[PlaylistLoad]:
        """Return the playlists with one of these statuses."""
        return [load for load in self.loads if load.status in statuses]

    @property
    def answered(self) -> list[str]:
        """The ids of the playlists that the marts answer for, in the order of the settings."""
        return [load.playlist_id for load in self.of("loaded", "unchanged")]

    @property
    def failures(self) -> str:
        """The sentences of all playlists that failed, each once."""
        return " ".join(dict.fromkeys(str(load.reason) for load in self.of("failed")))
