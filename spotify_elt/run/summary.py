"""The summary at the end of a run: what was loaded, what it cost, what Spotify did not send."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg2.extensions import connection
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import printable
from spotify_elt.console import counted

# Share of each kind that has the field, over the playlists of the run.
COMPLETENESS = """
with

in_playlists as (

    select distinct tracks.*
    from {marts}.playlist_entries as playlist_entries
    inner join {marts}.tracks as tracks on playlist_entries.track_id = tracks.track_id
    where playlist_entries.playlist_id = any(%(ids)s)

),

albums as (

    select distinct albums.*
    from in_playlists
    inner join {marts}.albums as albums on in_playlists.album_id = albums.album_id

),

artists as (

    select distinct artists.*
    from in_playlists
    inner join {marts}.track_artists as credits on in_playlists.track_id = credits.track_id
    inner join {marts}.artists as artists on credits.artist_id = artists.artist_id

)

select 'tracks', 'popularity', count(*), count(track_popularity) from in_playlists
union all
select 'albums', 'popularity', count(*), count(album_popularity) from albums
union all
select 'artists', 'popularity', count(*), count(artist_popularity) from artists
union all
select 'albums', 'label', count(*), count(album_label) from albums
union all
select 'artists', 'followers', count(*), count(artist_followers) from artists
union all
select 'artists', 'genres', count(*), count(artist_genres) from artists
"""
MEANING = (
    "Without popularity the top artists are ranked by their tracks in the playlist, and ranks and "
    "averages of popularity are empty."
)


@dataclass(frozen=True)
class Summary:
    """What a run did, for its end.

    Attributes:
        rows: rows loaded by raw table; empty where nothing had changed.
        unchanged: how many playlists were left as they are.
        failed: for each playlist that could not be loaded, the sentence that says why.
        requests_made: to Spotify, tokens and retries included.
        requests_saved: because what they ask for is known and fresh.
        access_mode: as Spotify's answers tell; None where no track was read.
        seconds: by step.
        not_sent: a line for each field that Spotify did not send.
        not_found: artists and albums that the playlists refer to and Spotify no longer has.
        report: the HTML page, where there is one.
    """

    rows: Mapping[str, int]
    unchanged: int
    failed: Sequence[str]
    requests_made: int
    requests_saved: int
    access_mode: str | None
    seconds: Mapping[str, float]
    not_sent: Sequence[str]
    not_found: Mapping[str, int]
    report: Path | None

    @property
    def lines(self) -> list[tuple[str, str]]:
        """A heading and what there is to say under it, for each matter."""
        loaded = [counted(count, table.replace("_", " ")) for table, count in self.rows.items()]
        if self.unchanged:
            loaded.append(f"{counted(self.unchanged, 'playlists')} unchanged")
        timed = ", ".join(f"{step.lower()} {taken:.1f}" for step, taken in self.seconds.items())
        lines = [("Loaded", ", ".join(loaded))]
        lines += [("Failed", reason) for reason in dict.fromkeys(self.failed)]
        lines.append(("Requests", f"{self.requests_made} made, {self.requests_saved} saved"))
        lines.append(("Seconds", f"{sum(self.seconds.values()):.1f} ({timed})"))
        if self.access_mode is not None:
            lines.append(("Access", f"{self.access_mode}, as Spotify's answers tell"))
        if self.not_found:
            gone = [counted(count, kind) for kind, count in sorted(self.not_found.items())]
            lines.append(("Not found", f"Spotify no longer has {' and '.join(gone)}"))
        lines += [("Not sent", line) for line in self.not_sent or ["nothing was missing"]]
        if self.report is not None:
            lines.append(("Report", str(self.report)))
        return lines


def print_summary(screen: Console, summary: Summary) -> None:
    """Print the summary, a line for each matter."""
    table = Table.grid(padding=(0, 2))
    for heading, line in summary.lines:
        table.add_row(f"  {heading}", Text(printable(line)))
    screen.print("\nSummary", style="bold")
    screen.print(table)


def not_sent(database: connection, marts: str, playlist_ids: Sequence[str]) -> list[str]:
    """Say which fields Spotify did not send for the playlists of a run, a line for each."""
    lines, without_popularity = [], False
    for kind, field, count, present in completeness(database, marts, playlist_ids):
        if count and present == 0:
            lines.append(f"{field} of {kind}: missing for all {count}")
            without_popularity |= field == "popularity"
        elif present < count:
            lines.append(f"{field} of {kind}: missing for {count - present} of {count}")
    return [*lines, MEANING] if without_popularity else lines


def completeness(
    database: connection, marts: str, playlist_ids: Sequence[str]
) -> list[tuple[str, str, int, int]]:
    """Return kind, field, how many there are and how many have the field, for each field."""
    with database.cursor() as cursor:
        cursor.execute(COMPLETENESS.format(marts=marts), {"ids": list(playlist_ids)})
        return cursor.fetchall()
