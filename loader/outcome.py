"""What became of the playlists of a load."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from loader.errors import ComeBackLaterError

Status = Literal["loaded", "unchanged", "failed", "not reached"]


@dataclass(frozen=True)
class PlaylistLoad:
    """What became of one playlist.

    Attributes:
        playlist_id: its id.
        status: read whole, left as it is, failed, or not reached before a long wait.
        reason: the sentence that says why not, and of which playlist.
        snapshot_id: Spotify's version of what was read.
        total: how many rows the API said it has; of one that was read, that many were.
        loaded_at: when it was read, as in the raw tables.
    """

    playlist_id: str
    status: Status
    reason: str | None = None
    snapshot_id: str | None = None
    total: int | None = None
    loaded_at: datetime | None = None


@dataclass
class Outcome:
    """The playlists of a load by what became of them; given to a source, it collects failures.

    Attributes:
        loads: one for each playlist, in the order in which they were asked for.
        stopped: set where Spotify asked for a longer wait than `max_wait`.
        requests_saved: how many requests were not made because what they ask for is known.
    """

    loads: list[PlaylistLoad] = field(default_factory=list)
    stopped: ComeBackLaterError | None = None
    requests_saved: int = 0

    def of(self, *statuses: Status) -> list[PlaylistLoad]:
        """Return the playlists with one of these statuses."""
        return [load for load in self.loads if load.status in statuses]

    @property
    def answered(self) -> list[str]:
        """The ids of the playlists that are loaded, now or before, in the order of `loads`."""
        return [load.playlist_id for load in self.of("loaded", "unchanged")]

    @property
    def reasons(self) -> Iterator[str]:
        """Why playlists failed: what several have in common is said once, with the ids of all."""
        alike: dict[str, list[PlaylistLoad]] = {}
        for load in self.of("failed"):
            alike.setdefault(str(load.reason).replace(load.playlist_id, ""), []).append(load)
        for first, *others in alike.values():
            ids = ", ".join(load.playlist_id for load in others)
            yield f"{first.reason} The same goes for {ids}." if ids else str(first.reason)

    @property
    def failures(self) -> str:
        """Why playlists failed, in one text."""
        return " ".join(self.reasons)
