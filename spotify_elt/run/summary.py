"""The summary at the end of a run: what was loaded, what it cost, what Spotify did not send."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from psycopg2.extensions import connection
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import printable
from loader.extraction import Extraction
from spotify_elt.console import counted
from spotify_elt.warehouse.database import rows

NOT_SENT = Path(__file__).with_suffix(".sql")
SummaryLines = list[tuple[str, str]]  # a heading and what there is to say under it

MEANING = (
    "Without popularity the top artists are ranked by their tracks in the playlist, and ranks and "
    "averages of popularity are empty."
)


def summary_lines(
    extraction: Extraction,
    rows: Mapping[str, int],
    requests_made: int,
    seconds: Mapping[str, float],
    missing: Sequence[str],
) -> SummaryLines:
    """Return a heading and what there is to say under it, for each matter.

    Args:
        extraction: what was read, and what became of each playlist.
        rows: loaded, by raw table; empty where nothing had changed.
        requests_made: to Spotify, tokens and retries included.
        seconds: by step.
        missing: a line for each field that Spotify did not send.
    """
    outcome = extraction.outcome
    loaded = [counted(count, table.replace("_", " ")) for table, count in rows.items()]
    if unchanged := outcome.of("unchanged"):
        loaded.append(f"{counted(len(unchanged), 'playlists')} unchanged")
    timed = ", ".join(f"{step.lower()} {taken:.1f}" for step, taken in seconds.items())
    lines = [("Loaded", ", ".join(loaded)), *(("Failed", reason) for reason in outcome.reasons)]
    lines.append(("Requests", f"{requests_made} made, {outcome.requests_saved} saved"))
    lines.append(("Seconds", f"{sum(seconds.values()):.1f} ({timed})"))
    if access_mode := extraction.references.access_mode:
        lines.append(("Access", f"{access_mode}, as Spotify's answers tell"))
    if not_found := extraction.entities.not_found:
        gone = [counted(count, kind) for kind, count in sorted(not_found.items())]
        lines.append(("Not found", f"Spotify no longer has {' and '.join(gone)}"))
    return [*lines, *(("Not sent", line) for line in missing or ["nothing was missing"])]


def print_summary(screen: Console, lines: SummaryLines) -> None:
    """Print the summary, a line for each matter."""
    table = Table.grid(padding=(0, 2))
    for heading, line in lines:
        table.add_row(f"  {heading}", Text(printable(line)))
    screen.print("\nSummary", style="bold")
    screen.print(table)


def not_sent(database: connection, marts: str, playlist_ids: Sequence[str]) -> list[str]:
    """Say which fields Spotify did not send for the playlists of a run, a line for each."""
    query = NOT_SENT.read_text(encoding="utf-8").format(marts=marts)
    found = rows(database, query, [list(playlist_ids)])
    lines = [
        f"{row['field']} of {row['entity_type']}s: missing for {row['missing_for']}"
        for row in found
    ]
    if any(row["field"] == "popularity" and row["none_was_sent"] for row in found):
        lines.append(MEANING)
    return lines
