"""History as it should be, replayed in Python from what the readings saw.

Written from the words of the documentation, one entry and one entity at a time, without any SQL:
it shares neither a method nor an accident with dbt's snapshots.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise, zip_longest
from typing import Any

Entity = tuple[str, str]  # its type and id
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Entry:
    """A row of a playlist: what it is, None where nobody knows, and when it was added."""

    track_id: str | None
    added_at: datetime | None


@dataclass(frozen=True)
class Reading:
    """A playlist as it was read at a moment."""

    playlist_id: str
    read_at: datetime
    entries: tuple[Entry, ...]


@dataclass
class Stay:
    """An entry's time in a playlist, as far as the readings tell."""

    entry: Entry
    first_seen_at: datetime
    last_seen_at: datetime
    positions: list[int]
    missed_at: datetime | None = None

    def row(self) -> Row:
        """Return what `playlist_changes` says of it, from `added_at` on."""
        steps = [after - before for before, after in pairwise(self.positions)]
        return (
            self.entry.added_at,
            self.first_seen_at,
            self.last_seen_at,
            self.last_seen_at if self.missed_at else None,
            self.missed_at,
            days(self.entry.added_at or self.first_seen_at, self.last_seen_at),
            self.positions[0],
            self.positions[-1],
            sum(step < 0 for step in steps),
            sum(step > 0 for step in steps),
        )


@dataclass
class Replay:
    """What the runs that succeeded have recorded so far.

    Attributes:
        stays: by playlist, the ended ones too.
        values: by entity, each value with the reading that first had it.
    """

    stays: dict[str, list[Stay]] = field(default_factory=dict)
    values: dict[Entity, list[tuple[datetime, int]]] = field(default_factory=dict)

    def record(
        self,
        readings: Iterable[Reading],
        popularity: Mapping[Entity, tuple[datetime, int | None]],
    ) -> None:
        """Take in a run that succeeded.

        Args:
            readings: the latest of each playlist that the raw tables hold.
            popularity: the latest of each entity that they hold, None where it was not sent.
        """
        for reading in readings:
            self._see(reading)
        for entity, (read_at, value) in popularity.items():
            known = self.values.setdefault(entity, [])
            if value is not None and (
                not known or (known[-1][1] != value and known[-1][0] < read_at)
            ):
                known.append((read_at, value))

    def _see(self, reading: Reading) -> None:
        stays = self.stays.setdefault(reading.playlist_id, [])
        present: dict[tuple[Entry, int], int] = {}
        alike: Counter[Entry] = Counter()
        for position, entry in enumerate(reading.entries):
            present[entry, alike[entry]] = position
            alike[entry] += 1
        alike.clear()
        for stay in stays:
            if stay.missed_at is not None:
                continue
            position = present.pop((stay.entry, alike[stay.entry]), None)
            alike[stay.entry] += 1
            if position is None:
                stay.missed_at = reading.read_at
                continue
            stay.last_seen_at = reading.read_at
            stay.positions.append(position)
        stays += [
            Stay(entry, reading.read_at, reading.read_at, [position])
            for (entry, _), position in present.items()
        ]

    def playlist_changes(self) -> list[Row]:
        """Return its rows: playlist, track, what is said of the stay, and when it came.

        Unavailable ones are not there; what the first reading found did not come.
        """
        rows = []
        for playlist_id, all_stays in self.stays.items():
            stays = [stay for stay in all_stays if stay.entry.track_id is not None]
            first = min((stay.first_seen_at for stay in stays), default=None)
            for stay in stays:
                came_at = None if stay.first_seen_at == first else stay.first_seen_at
                rows.append((playlist_id, stay.entry.track_id, *stay.row(), came_at))
        return rows

    def popularity_movers(self, tracks: Iterable[tuple[str, str | None]]) -> list[Row]:
        """Return its rows for these tracks of playlists: from first to last, and the last move."""
        rows = []
        for playlist_id, track_id in tracks:
            values = self.values.get(("track", track_id or ""), [])
            if len(values) > 1:
                first, before, (moved_at, last) = values[0][1], values[-2][1], values[-1]
                moves = last - first, last - before
                rows.append((playlist_id, track_id, first, last, *moves, moved_at))
        return rows

    def popularity_history(self, latest_reading: datetime) -> list[Row]:
        """Return its rows: entity type and id, from, to, popularity, change and days."""
        rows = []
        for entity, values in self.values.items():
            later = [begin for begin, _ in values[1:]]
            previous = None
            for (begin, value), end in zip_longest(values, later):
                change = None if previous is None else value - previous
                length = days(begin, max(begin, end or latest_reading))
                rows.append((*entity, begin, end, value, change, length))
                previous = value
        return rows


def days(begin: datetime, end: datetime) -> Decimal:
    """Return the days between two moments, rounded to 2 decimals."""
    seconds = Decimal((end - begin).total_seconds())
    return (seconds / 86_400).quantize(Decimal("0.01"), ROUND_HALF_UP)
