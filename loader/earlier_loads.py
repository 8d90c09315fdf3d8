"""What the loader asks about earlier loads: the one interface that its caller implements.

    spotify_source(playlists, earlier=...) -> is this playlist unchanged? this artist still fresh?

Without an answer everything is asked of Spotify, which is right, and costs more. What is fresh
enough is for the implementation to say. `spotify_elt.run.earlier_loads` answers from PostgreSQL.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

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


class EarlierLoads:
    """What earlier loads left where this one goes: nothing, unless a subclass knows better.

    Attributes:
        batches_refused: whether Spotify refused batches of artists and albums to this app the last
            time.
    """

    batches_refused = False

    def playlist(self, playlist_id: str, /) -> KnownPlaylist | None:
        """Return a playlist that was loaded whole, and recently enough to be left if unchanged."""

    def rows(self, playlist_id: str, /) -> Iterator[str]:
        """Yield the rows of a playlist's latest load as JSON text, in order."""
        return iter(())

    def fresh(self, kind: "Kind", ids: Iterable[str], /, *, with_popularity: bool) -> set[str]:
        """Return the ids of the artists or albums that need not be asked for again.

        Args:
            kind: `artists` or `albums`.
            ids: the ones in question.
            with_popularity: whether Spotify sends popularity today; what was stored in the other
                access mode is not what it would answer.
        """
        return set()

    def carried_playlist(self, playlist_id: str, /) -> "Reading | None":
        """Return a stored playlist that is to be loaded again, because it could not be read."""

    def carried_entities(self, kind: "Kind", ids: Iterable[str], /) -> Iterator["Entity"]:
        """Yield the stored artists or albums to be loaded again, because they were not read.

        Only a caller that replaces its tables has any to carry.
        """
        return iter(())
