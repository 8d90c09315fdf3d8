"""Deleting raw rows: of playlists, of loads that are too old, and what nothing refers to any more.

What refers to what is not read out of Spotify's JSON a second time here: an artist or an album is
kept while its id is the `id` of anything in a row that is kept. That holds in both access modes,
and for older loads too, which staging does not look at.
"""

from loader.entities import KEYS
from spotify_elt.operations.purge.deletions import Deletions
from spotify_elt.operations.purge.playlists import PurgedPlaylists

IDS = """
    select distinct found.id
    from {raw}.playlist_items as items
    cross join lateral (
        select jsonb_path_query(items.payload, 'strict $.**.id') #>> '{{}}' as id
    ) as found
"""
UNREFERENCED = f"not exists (select from ({IDS}) as ids where ids.id = one.%s)"
NOWHERE = "nothing refers to them"
# Each table with its key, and with the table that says which load is the latest, as in staging.
LATEST_IN = {
    "playlist_items": ("playlist_id", "playlists"),
    "playlists": ("playlist_id", "playlists"),
    "artists": ("artist_id", "artists"),
    "albums": ("album_id", "albums"),
}
OLDER = """
    one.loaded_at < now() - make_interval(days => %(days)s)
    and exists (
        select from (
            select {key}, max(loaded_at) as loaded_at from {{raw}}.{table} group by 1
        ) as latest
        where latest.{key} = one.{key} and latest.loaded_at <> one.loaded_at
    )
"""
NO_LONGER_IN_RAW = """
    not exists (select from {{raw}}.{table} as loaded where loaded._dlt_id = one._dlt_id)
"""


def delete_playlists(deletions: Deletions, playlists: PurgedPlaylists) -> int:
    """Delete all loads of playlists, and return how many rows that were."""
    return sum(
        deletions.delete(
            playlists.reason, f"{{raw}}.{table}", playlists.condition, ids=playlists.ids
        )
        for table in ("playlist_items", "playlists")
    )


def delete_older(deletions: Deletions, days: int) -> None:
    """Delete what was loaded longer ago than this and has been loaded again since."""
    for table, (key, latest_in) in LATEST_IN.items():
        condition = OLDER.format(key=key, table=latest_in)
        deletions.delete(f"older than {days} days", f"{{raw}}.{table}", condition, days=days)


def delete_unreferenced(deletions: Deletions) -> int:
    """Delete artists and albums that no row refers to, and return how many rows that were."""
    return sum(
        deletions.delete(NOWHERE, f"{{raw}}.{kind}", UNREFERENCED % key)
        for kind, key in KEYS.items()
    )


def delete_copies(deletions: Deletions) -> None:
    """Delete what dlt's staging tables, by way of which it loads, still hold of deleted rows."""
    there = deletions.columns("raw_staging")
    for table in filter(there.__contains__, LATEST_IN):
        condition = NO_LONGER_IN_RAW.format(table=table)
        deletions.delete("copies of deleted rows", f"{{raw_staging}}.{table}", condition)
