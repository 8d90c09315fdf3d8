"""What kind of playlist it is, and what it shares with the others."""

from decimal import Decimal

from psycopg2.extensions import connection

from spotify_elt.answers.sentences import mm_ss
from spotify_elt.report.json_tables import as_table
from spotify_elt.warehouse.database import has, rows

PROFILE = "select {columns} from {marts}.playlist_profile where playlist_id = %s"
OVERLAP = """
select other_playlist_id as playlist_id, other_playlist_name as playlist_name,
    count_shared_tracks, jaccard_of_tracks as share_of_tracks,
    count_shared_artists, jaccard_of_artists as share_of_artists
from {marts}.playlist_overlap
where playlist_id = %s
order by count_shared_tracks desc, count_shared_artists desc, 2, 1
"""
# Column of `playlist_profile` and what it is called on the page; a share is shown in percent.
FACTS = (
    ("release_profile", "Kind, by the age of its releases"),
    ("share_of_last_18_months", "Released in the last 18 months"),
    ("median_release_year", "Median release year"),
    ("share_added_last_28_days", "Added in the last 28 days"),
    ("days_since_last_add", "Days since the last add"),
    ("share_of_top_5_artists", "Credits of the top 5 artists by tracks"),
    ("effective_artists", "As varied as so many artists with equal shares"),
    ("share_collaborations", "Tracks by several artists"),
    ("count_albums", "Albums"),
    ("count_labels", "Labels"),
    ("median_duration_minutes", "Median length"),
    ("share_explicit", "Explicit tracks"),
    ("stddev_track_popularity", "Spread of popularity (standard deviation)"),
    ("share_with_popularity", "Tracks with known popularity"),
    ("share_with_genres", "Tracks with a known genre"),
    ("count_id_duplicates", "Tracks that are there twice"),
    ("count_isrc_duplicates", "Recordings under several ids"),
    ("count_episodes", "Podcast episodes"),
    ("count_local_files", "Local files"),
    ("count_unavailable", "Tracks that Spotify removed"),
)


def profile(database: connection, marts: str, playlist_id: str) -> list[tuple[str, str]]:
    """Return what is known of the playlist: what it is called, and the value as text."""
    if not has(database, f"{marts}.playlist_profile"):  # marts of an older version
        return []
    columns = ", ".join(column for column, _ in FACTS)
    found = rows(database, PROFILE.format(columns=columns, marts=marts), [playlist_id])
    return [
        (words, _shown(column, row[column]))
        for row in found
        for column, words in FACTS
        if row[column] is not None
    ]


def overlap(database: connection, marts: str, playlist_id: str) -> str:
    """Return what the playlist shares with each of the others; no rows where it is alone."""
    if not has(database, f"{marts}.playlist_overlap"):
        return as_table([])
    return as_table(rows(database, OVERLAP.format(marts=marts), [playlist_id]))


def _shown(column: str, value: str | int | Decimal) -> str:
    if isinstance(value, str):
        return value
    if column.startswith("share_"):
        return f"{value:.1%}"
    if column == "median_duration_minutes":
        return mm_ss(value)
    if column.startswith("days_"):
        return f"{value:,.0f}"
    return str(value) if value % 1 else f"{value:.0f}"
