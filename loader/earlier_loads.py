"""What the loader asks about earlier loads: the one interface that its caller implements.

    spotify_source(playlists, earlier=...) -> is this playlist unchanged? this artist still fresh?

Without an answer everything is asked of Spotify, which is right, and costs more. What is fresh
enough is for the implementation to say. `spotify_elt.run.earlier_loads` answers from PostgreSQL.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # spotipy takes a moment, and nobody needs it to know the interface
    from loader.entities import Entity, Kind
    from loader.reading import Reading


@dataclass(frozen=True)
class KnownPlaylist:
    """A playlist as an earlier run loaded it whole.

    Attributes:
        snapshot_id: Spotify's version of it.
        loaded_at: when it was read, as in the raw tables.
        rows: how many rows it had.
        entities_missing: that run was stopped before it had all artists and albums.
    """

    snapshot_id: str | None
    loaded_at: datetime
    rows: int
    entities_missing: bool


class EarlierLoads(Protocol):
    """What earlier loads left where this one goes."""

    @property
    def batches_refused(self) -> bool:
        """Whether Spotify refused batches of artists and albums to this app the last time."""

    def playlist(self, playlist_id: str, /) -> KnownPlaylist | None:
        """Return a playlist that was loaded whole, and recently enough to be left if unchanged."""

    def rows(self, playlist_id: str, /) -> Iterator[str]:
        """Yield the rows of a playlist's latest load as JSON text, in order."""

    def fresh(self, kind: "Kind", ids: Iterable[str], /, *, with_popularity: bool) -> set[str]:
        """Return the ids of the artists or albums that need not be asked for again.

        Args:
            kind: `artists` or `albums`.
            ids: the ones in question.
            with_popularity: whether Spotify sends popularity today; what was stored in the other
                access mode is not what it would answer.
        """

    def carried_playlist(self, playlist_id: str, /) -> "Reading | None":
        """Return a stored playlist that is to be loaded again, because it could not be read."""

    def carried_entities(self, kind: "Kind", ids: Iterable[str], /) -> Iterator["Entity"]:
        """Yield the stored artists or albums to be loaded again, because they were not read.

        Only a caller that replaces its tables has any to carry.
        """


class NothingKnown:
    """Knows of no earlier load: everything is read anew."""

    batches_refused = False

    def playlist(self, _: str) -> None:
        """Know no playlist."""

    def rows(self, _: str) -> Iterator[str]:
        """Yield nothing."""
        return iter(())

    def fresh(self, *_: object, **__: object) -> set[str]:
        """Know no artist and no album."""
        return set()

    def carried_playlist(self, _: str) -> None:
        """Carry no playlist."""

    def carried_entities(self, *_: object) -> Iterator["Entity"]:
        """Carry no artist and no album."""
        return iter(())
