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
from spotify_elt.warehouse.database import rows

# Which fields are missing of how many, each thing counted once over the playlists of the run.
NOT_SENT = """
select
    field,
    entity_type,
    count(distinct entity_id) as count_entities,
    count(distinct entity_id) filter (where not is_sent) as count_missing
from {marts}.playlist_fields
where playlist_id = any(%s)
group by 1, 2
having not bool_and(is_sent)
order by
    array_position(array['popularity', 'label', 'followers', 'genres'], field),
    array_position(array['track', 'album', 'artist'], entity_type)
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
    for row in rows(database, NOT_SENT.format(marts=marts), [list(playlist_ids)]):
        count, missing = row["count_entities"], row["count_missing"]
        how_many = f"all {count}" if missing == count else f"{missing} of {count}"
        lines.append(f"{row['field']} of {row['entity_type']}s: missing for {how_many}")
        without_popularity |= row["field"] == "popularity" and missing == count
    return [*lines, MEANING] if without_popularity else lines
