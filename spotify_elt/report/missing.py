"""What Spotify did not send of a playlist, and what that means for each answer."""

from psycopg2.extensions import connection

from spotify_elt.run.summary import completeness
from spotify_elt.warehouse.database import Row, rows

# What it means that a field is missing: for all of a kind, for some of it.
MEANINGS = {
    ("popularity", "tracks"): (
        "Tracks cannot be ranked: questions 2 and 3 show their lengths and release months.",
        "They have no rank and count in no average.",
    ),
    ("popularity", "albums"): (
        "Question 4 cannot compare albums with their tracks: it shows how many each gave.",
        "Question 4 does not compare their tracks.",
    ),
    ("popularity", "artists"): (
        "Question 1 ranks artists by their tracks in the playlist.",
        "They stand behind all others in question 1.",
    ),
    ("label", "albums"): (
        "The profile counts no labels.",
        "The profile's number of labels may be too low.",
    ),
    ("followers", "artists"): (
        "None of the answers needs them.",
        "None of the answers needs them.",
    ),
    ("genres", "artists"): (
        "Question 5 shows the artists alone.",
        "Question 5 has their tracks under “no genre”.",
    ),
}
OTHER_ENTRIES = """
select count(*) as count
from {marts}.playlist_entries
where playlist_id = %s and entry_type <> 'track'
"""


def missing(database: connection, marts: str, head: Row) -> list[str]:
    """Say what Spotify did not send and what that means, a sentence or two for each matter.

    Args:
        database: where the marts are.
        marts: their schema.
        head: the playlist, with `playlist_id` and its number of tracks.
    """
    playlist_id = head["playlist_id"]
    told = []
    if head["count_tracks"] and not head["count_with_popularity"]:
        told.append(
            "This app is in Spotify's Development Mode, or was when this was loaded: Spotify sends "
            "it no popularity."
        )
    for kind, field, count, present in completeness(database, marts, [playlist_id]):
        for_all, for_some = MEANINGS[field, kind]
        if count and not present:
            told.append(f"The {field} of all {count} {kind}. {for_all}")
        elif present < count:
            told.append(f"The {field} of {count - present} of {count} {kind}. {for_some}")
    (others,) = rows(database, OTHER_ENTRIES.format(marts=marts), [playlist_id])
    if others["count"]:
        told.append(
            f"Rows that hold no track of Spotify's ({others['count']}): podcast episodes, local "
            "files and tracks that were removed. They count in no answer."
        )
    return told
