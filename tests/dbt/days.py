"""Days of an invented Spotify: popularity drifts, playlists are edited, runs fail and skip.

The raw tables are written as each load method leaves them, and the same is kept in Python for the
replay.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from replay import Entity, Entry, Reading
from warehouse import FIRST_DAY, Json, Warehouse, track

PLAYLISTS = ("p", "q", "r")
TRACKS = 8
METHODS = ("upsert", "insert", "overwrite")


@dataclass
class Raw:
    """What the raw tables hold, in Python: readings, and artists and albums as last fetched."""

    readings: dict[str, Reading] = field(default_factory=dict)
    entities: dict[Entity, tuple[datetime, int | None]] = field(default_factory=dict)
    tracks: dict[tuple[str, datetime], dict[str, int | None]] = field(default_factory=dict)

    def popularity(self) -> dict[Entity, tuple[datetime, int | None]]:
        """Return the latest known of each entity that a playlist refers to."""
        latest: dict[Entity, tuple[datetime, int | None]] = {}
        for reading in sorted(self.readings.values(), key=lambda one: one.read_at):
            for track_id, value in self.tracks[reading.playlist_id, reading.read_at].items():
                latest["track", track_id] = (reading.read_at, value)
                for entity in (("album", album_of(track_id)), ("artist", artist_of(track_id))):
                    latest[entity] = self.entities.get(entity, (reading.read_at, None))
        return latest


def album_of(track_id: str) -> str:
    """Return the album that a track is on."""
    return f"a{int(track_id[1:]) % 3}"


def artist_of(track_id: str) -> str:
    """Return the artist of a track."""
    return f"x{int(track_id[1:]) % 4}"


class Spotify:
    """An invented Spotify that changes from day to day.

    Args:
        seed: the same days for the same seed.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._raw = Raw()
        self._sends_popularity = True
        self._popularity = {
            (kind, f"{letter}{number}"): self._random.randint(0, 100)
            for kind, letter, count in (
                ("track", "t", TRACKS),
                ("album", "a", 3),
                ("artist", "x", 4),
            )
            for number in range(count)
        }
        self._playlists = {
            playlist_id: [self._entry(FIRST_DAY) for _ in range(5)] for playlist_id in PLAYLISTS
        }

    def days(self, warehouse: Warehouse, count: int) -> Iterator[tuple[Raw, bool]]:
        """Let runs load the days; yield what the raw tables hold, and whether dbt succeeded."""
        for number in range(count):
            now = FIRST_DAY + timedelta(number, self._random.randint(0, 3600))
            self._change(now)
            self._run(warehouse, now, self._random.choice(METHODS))
            yield self._raw, self._random.random() < 0.8

    def _change(self, now: datetime) -> None:
        self._sends_popularity = self._random.random() < 0.8
        for entity, value in self._popularity.items():
            if self._random.random() < 0.3:
                drifted = value + self._random.choice((-3, -1, 1, 2))
                self._popularity[entity] = max(0, min(100, drifted))
        for entries in self._playlists.values():
            for _ in range(self._random.randint(0, 3)):
                at = self._random.randint(0, len(entries))
                match self._random.choice(("add", "add", "remove", "move")):
                    case "add":
                        entries.insert(at, self._entry(now))
                    case "remove" if entries:
                        entries.pop(at - 1)
                    case "move" if entries:
                        moved = entries.pop(at - 1)
                        entries.insert(self._random.randint(0, len(entries)), moved)

    def _entry(self, now: datetime) -> Entry:
        track_id = f"t{self._random.randrange(TRACKS)}" if self._random.random() < 0.9 else None
        return Entry(track_id, now if self._random.random() < 0.7 else None)

    def _run(self, warehouse: Warehouse, now: datetime, method: str) -> None:
        whole = method != "overwrite"
        asked = [one for one in PLAYLISTS if whole or self._random.random() < 0.7] or ["p"]
        # The others fail or are skipped.
        read = [one for one in asked if self._random.random() < 0.7] or asked[:1]
        raw = self._raw
        if method == "overwrite":
            warehouse.clear()
            kept = [reading for one, reading in raw.readings.items() if one in {*asked} - {*read}]
            raw.readings = {reading.playlist_id: reading for reading in kept}
            raw.entities.clear()
            for reading in kept:  # a playlist that failed is carried over as it was
                self._load(warehouse, reading)
        if method == "upsert":
            warehouse.clear(*read)
        for place, playlist_id in enumerate(read):
            at = now + timedelta(seconds=place)
            reading = Reading(playlist_id, at, tuple(self._playlists[playlist_id]))
            raw.readings[playlist_id] = reading
            raw.tracks[playlist_id, at] = {
                entry.track_id: self._sent("track", entry.track_id)
                for entry in reading.entries
                if entry.track_id
            }
            self._load(warehouse, reading)
        due = (
            raw.readings.values() if method == "overwrite" else [raw.readings[one] for one in read]
        )
        self._load_entities(warehouse, due, now + timedelta(minutes=1))

    def _load(self, warehouse: Warehouse, reading: Reading) -> None:
        popularity = self._raw.tracks[reading.playlist_id, reading.read_at]
        rows = [_row(entry, popularity) for entry in reading.entries]
        warehouse.load(reading.playlist_id, rows, reading.read_at)

    def _load_entities(
        self, warehouse: Warehouse, readings: Iterable[Reading], now: datetime
    ) -> None:
        ids = {entry.track_id for one in readings for entry in one.entries if entry.track_id}
        albums = {("album", album_of(one)) for one in ids}
        artists = {("artist", artist_of(one)) for one in ids}
        for kind, entity_id in sorted(albums | artists):
            if self._random.random() < 0.7:  # the others are known and fresh, or not found
                value = self._sent(kind, entity_id)
                self._raw.entities[kind, entity_id] = (now, value)
                warehouse.load_entity(f"{kind}s", entity_id, value, now)

    def _sent(self, kind: str, entity_id: str) -> int | None:
        return self._popularity[kind, entity_id] if self._sends_popularity else None


def _row(entry: Entry, popularity: dict[str, int | None]) -> Json:
    """Return the API's row object of an entry."""
    added_at = entry.added_at.strftime("%Y-%m-%dT%H:%M:%SZ") if entry.added_at else None
    if entry.track_id is None:
        return {"added_at": added_at, "item": None}
    row = track(
        entry.track_id,
        album={"id": album_of(entry.track_id), "name": "Album"},
        artists=[{"id": artist_of(entry.track_id), "name": "Ex"}],
    )
    value = popularity[entry.track_id]
    if value is None:
        del row["item"]["popularity"]
    else:
        row["item"]["popularity"] = value
    return {"added_at": added_at, **row}
