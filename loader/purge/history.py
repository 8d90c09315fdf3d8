"""Deleting history: whatever tables dbt's snapshots have made, told by their columns."""

from loader.purge.deletions import Deletions
from loader.purge.playlists import PurgedPlaylists

KEYS = ("track_id", "album_id", "artist_id")  # a track's history names its album and artist too


def delete_playlists(
    deletions: Deletions, playlists: PurgedPlaylists, only_theirs: list[str]
) -> int:
    """Delete the history of playlists, and of what only they hold; return how many rows."""
    count = 0
    for table, columns in deletions.columns("history").items():
        key = next((key for key in KEYS if key in columns), None)
        if "playlist_id" in columns:
            condition, ids = playlists.condition, playlists.ids
        elif key is not None:
            condition, ids = f"{key} = any(%(ids)s)", only_theirs
        else:
            continue
        count += deletions.delete(playlists.reason, f"{{history}}.{table}", condition, ids=ids)
    return count


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
