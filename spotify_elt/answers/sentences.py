"""The answers in words, each one sentence computed from the rows of its question.

The rows are those of the question's view, in their order; there is at least one.
"""

from collections.abc import Sequence
from decimal import Decimal
from statistics import mean, median

from spotify_elt.console import counted
from spotify_elt.warehouse.database import Row

NO_TRACKS = "There are no tracks to answer from."
NO_GENRE = "no genre"  # as the view has it
TOP_TRACKS = 10
MANY_UNAVAILABLE = 0.2  # of the tracks: from then on answers say so
ENOUGH_TRACKS = 3  # behind a month's average before it is called the highest


def top_artists(rows: Sequence[Row]) -> str:
    """Say who leads the top artists, and who of them has most of the playlist."""
    first = rows[0]
    most = max(rows, key=lambda row: row["count_tracks"])
    share = f"{counted(most['count_tracks'], 'tracks')} ({most['share_of_tracks']:.1%})"
    if first["ranked_by"] != "popularity":
        return (
            f"Spotify sent no popularity of artists; by tracks {_named(most, 'artist')} comes "
            f"first with {share} and {_rounded(most['total_duration_minutes'])} minutes."
        )
    leads = (
        f"{_named(first, 'artist')} is the most popular artist here "
        f"({first['artist_popularity']} of 100)"
    )
    if most["count_tracks"] == first["count_tracks"]:
        return f"{leads} and has {share}, {_rounded(first['total_duration_minutes'])} minutes."
    return (
        f"{leads} with {counted(first['count_tracks'], 'tracks')}; of the top "
        f"{len(rows)}, {_named(most, 'artist')} has the most, {share}."
    )


def popular_tracks(rows: Sequence[Row]) -> str:
    """Say which track is most popular, and how its length compares with the others'."""
    lengths = [row["duration_minutes"] for row in rows if row["duration_minutes"] is not None]
    usual = f"the median of {counted(len(rows), 'tracks')} is {mm_ss(median(lengths or [0]))}"
    leading = [row for row in rows if row["popularity_rank"] == 1]
    if not leading:
        return f"Spotify sent no popularity of tracks; as for their length, {usual}."
    first = leading[0]
    words = f"“{_named(first, 'track')}” by {isolated(first['artist_names'] or 'nobody')}"
    if len(leading) > 1:
        words += f" and {counted(len(leading) - 1, 'others')} are the most popular tracks"
    else:
        words += f" ({first['duration_mm_ss'] or 'length unknown'}) is the most popular track"
    top = [row["duration_minutes"] for row in rows[:TOP_TRACKS] if row["popularity_rank"]]
    known = [length for length in top if length is not None]
    if len(rows) <= TOP_TRACKS or not known:
        return f"{words} ({first['track_popularity']} of 100)."
    return (
        f"{words} ({first['track_popularity']} of 100); the first {len(top)} last "
        f"{mm_ss(mean(known))} on average, {usual}."
    )


def release_months(rows: Sequence[Row]) -> str:
    """Say which release month is most popular, or has most tracks, and how the newest does."""
    months = [row for row in rows if row["release_month"] is not None]
    if not months:
        return "Spotify tells the release month of no track here."
    newest, fullest = months[0], max(months, key=lambda row: row["count_tracks"])
    rated = [row for row in months if row["avg_track_popularity"] is not None]
    if not rated:
        return (
            f"Spotify sent no popularity of tracks; {fullest['release_year_month']} is the release "
            f"month with the most of them ({fullest['count_tracks']}), "
            f"{newest['release_year_month']} the newest."
        )
    if len(rated) == 1:
        return f"The only month known is {rated[0]['release_year_month']}: {_month(rated[0])}."
    enough = [row for row in rated if row["count_tracks"] >= ENOUGH_TRACKS]
    best = max(enough or rated, key=lambda row: row["avg_track_popularity"])
    among = f" among the months with {ENOUGH_TRACKS} tracks or more" if enough else ""
    words = (
        f"{best['release_year_month']} has the highest average popularity{among}: {_month(best)}"
    )
    if best is rated[0]:
        return f"{words}; it is also the newest."
    return f"{words}; the newest, {rated[0]['release_year_month']}, has {_month(rated[0])}."


def albums_and_tracks(rows: Sequence[Row]) -> str:
    """Say how many tracks outperform their album, and which one does most."""
    known = [row for row in rows if row["comparison"] is not None]
    if not known:
        of_albums = [row for row in rows if row["album_id"] is not None]
        if not of_albums:
            return "Spotify names no album for any track here."
        most = max(of_albums, key=lambda row: row["count_tracks_in_playlist"])
        albums = len({row["album_id"] for row in of_albums})
        return (
            "Spotify sent no popularity of albums; the tracks come from "
            f"{counted(albums, 'albums')}, at most "
            f"{counted(most['count_tracks_in_playlist'], 'tracks')} from one, "
            f"“{_named(most, 'album')}”."
        )
    if len(known) == 1:
        verdict = known[0]["comparison"].replace("album", "its album")
        return (
            f"“{_named(known[0], 'track')}” {verdict}: {known[0]['track_popularity']} against "
            f"{known[0]['album_popularity']}."
        )
    counts = {
        kind: sum(row["comparison"] == f"{kind} album" for row in known)
        for kind in ("outperforms", "underperforms", "matches")
    }
    best = max(known, key=lambda row: row["track_minus_album_popularity"])
    words = (
        f"{counts['outperforms']:,} of {counted(len(known), 'tracks')} outperform their album, "
        f"{counts['underperforms']:,} underperform it, {counts['matches']:,} match it"
    )
    if best["track_minus_album_popularity"] <= 0:
        return f"{words}."
    return (
        f"{words}; “{_named(best, 'track')}” is the farthest above its album, by "
        f"{best['track_minus_album_popularity']}."
    )


def genres(rows: Sequence[Row]) -> str:
    """Say which genre is the largest, and which is the most popular."""
    named = [row for row in rows if row["genre"] != NO_GENRE]
    without = next((row["count_tracks"] for row in rows if row["genre"] == NO_GENRE), 0)
    if not named:
        return f"Spotify names no genre for the artists of the {counted(without, 'tracks')}."
    largest = named[0]
    words = (
        f"{isolated(largest['genre'])} is the largest genre: "
        f"{counted(largest['count_tracks'], 'tracks')} by "
        f"{counted(largest['count_artists'], 'artists')}"
    )
    rated = [row for row in named if row["avg_track_popularity"] is not None]
    enough = [row for row in rated if row["count_tracks"] >= ENOUGH_TRACKS]
    if enough:
        best = max(enough, key=lambda row: row["avg_track_popularity"])
        leader = "it also" if best is largest else isolated(best["genre"])
        words += (
            f"; {leader} has the most popular tracks, {best['avg_track_popularity']} on average"
        )
    if without:
        verb = "has" if without == 1 else "have"
        words += f"; {counted(without, 'tracks')} {verb} an artist without a genre"
    return f"{words}."


def unavailable(profile: Row) -> str:
    """Say that many tracks are not available, as a playlist's profile has it, or nothing."""
    count = profile["count_tracks_not_available"] or 0
    if not count or count < MANY_UNAVAILABLE * profile["count_tracks"]:
        return ""
    are, draw = ("is", "draws") if count == 1 else ("are", "draw")
    return (
        f"{count} of {counted(profile['count_tracks'], 'tracks')} {are} not available (old ids, or "
        f"not sold there), and {draw} every average down: with a `market` in pipeline.yml, or "
        "another one, Spotify sends the recordings that replace them, where it has any."
    )


def isolated(name: str) -> str:
    """Return a name between marks that keep its direction from that of the sentence."""
    return f"\u2068{name}\u2069"


def without_isolates(sentence: str) -> str:
    """Return a sentence as it is for those who do without the marks, such as a terminal."""
    return sentence.translate({0x2068: None, 0x2069: None})


def mm_ss(minutes: Decimal | float) -> str:
    """Return a length as people write it, `3:05`."""
    seconds = round(minutes * 60)
    return f"{seconds // 60}:{seconds % 60:02}"


def _named(row: Row, kind: str) -> str:
    name = (row[f"{kind}_name"] or "").strip()
    return isolated(name) if name else f"one {kind} without a name"


def _month(row: Row) -> str:
    return f"{row['avg_track_popularity']} over {counted(row['count_tracks'], 'tracks')}"


def _rounded(minutes: Decimal | None) -> str:
    return "unknown" if minutes is None else f"{minutes:.0f}"
