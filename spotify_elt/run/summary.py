"""The summary at the end of a run: what was loaded, what it cost, what Spotify did not send."""

from collections.abc import Mapping, Sequence

from psycopg2.extensions import connection
from rich.console import Console
from rich.table import Table
from rich.text import Text

from loader.errors import printable
from loader.extraction import Extraction
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
    lines = [("Loaded", ", ".join(loaded))]
    failed = dict.fromkeys(str(load.reason) for load in outcome.of("failed"))
    lines += [("Failed", reason) for reason in failed]
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
    lines, without_popularity = [], False
    for row in rows(database, NOT_SENT.format(marts=marts), [list(playlist_ids)]):
        count, missing = row["count_entities"], row["count_missing"]
        of_them = "the only one" if count == 1 else f"all {count}"
        how_many = of_them if missing == count else f"{missing} of {count}"
        lines.append(f"{row['field']} of {row['entity_type']}s: missing for {how_many}")
        without_popularity |= row["field"] == "popularity" and missing == count
    return [*lines, MEANING] if without_popularity else lines
