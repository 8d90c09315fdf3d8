"""Deleting history: of playlists, of what nothing refers to any more, and what is long past.

History outlives the raw rows: a track that left a playlist keeps its past as long as a playlist
that stays remembers it.
"""

from spotify_elt.operations.purge.deletions import Deletions
from spotify_elt.operations.purge.playlists import PurgedPlaylists
from spotify_elt.operations.purge.raw import NOWHERE, UNREFERENCED

REMEMBERED = """
    one.entity_type = 'track'
    and exists (
        select from {history}.playlist_entry_versions as entry where entry.track_id = one.entity_id
    )
"""
FORGOTTEN = {
    "popularity_versions": f"{UNREFERENCED % 'entity_id'} and not ({REMEMBERED})",
    "artist_follower_versions": UNREFERENCED % "artist_id",
}


def delete_playlists(deletions: Deletions, playlists: PurgedPlaylists) -> int:
    """Delete the history of playlists; return how many rows that were."""
    if "playlist_entry_versions" not in deletions.columns("history"):
        return 0
    table = "{history}.playlist_entry_versions"
    return deletions.delete(playlists.reason, table, playlists.condition, ids=playlists.ids)


def delete_unreferenced(deletions: Deletions) -> int:
    """Delete the history of tracks, albums and artists that nothing refers to; return the rows."""
    there = deletions.columns("history")
    return sum(
        deletions.delete(NOWHERE, f"{{history}}.{table}", condition)
        for table, condition in FORGOTTEN.items()
        if table in there
    )


def delete_older(deletions: Deletions, days: int) -> int:
    """Delete rows that ceased to hold longer ago than this, and return how many that were."""
    return sum(
        deletions.delete(
            f"past for more than {days} days",
            f"{{history}}.{table}",
            "dbt_valid_to < now() - make_interval(days => %(days)s)",
            days=days,
        )
        for table, columns in deletions.columns("history").items()
        if "dbt_valid_to" in columns
    )
