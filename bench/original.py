# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "pandas==2.3.3", "psycopg2-binary==2.9.11", "requests==2.32.5", "sqlalchemy==2.0.44",
# ]
# ///
"""What the project that ours goes back to does, as plainly as it can be written.

Its requests, one after another, each on a connection of its own:

    POST /api/token                      1
    GET  /playlists/{id}/tracks          one for each 100 rows
    GET  /artists/{id}                   one for each artist of the tracks

Then three data frames of pandas, an upsert by SQLAlchemy for each (`on conflict do update`, through
a temporary table), and five views of plain SQL. No history, no tests, no second access mode.

`uv run --script bench/original.py PLAYLIST` prints the seconds of the requests and of all, as JSON;
`python bench/original.py PLAYLIST requests` makes the requests alone, and needs no pandas.
"""

import json
import os
import re
import sys
import time
from typing import Any

import requests

Json = dict[str, Any]
PAGE = 100
# Zero characters, and halves of characters, both of which JSON can write.
NO_TEXT = re.compile(r"\\u0000|\\ud[89ab]..(?!\\u)|(?<!\\ud...)\\ud[cdef]..", re.IGNORECASE)
TIMEOUT = 30
TABLES = {
    "albums": """
        album_id text primary key, album_name text, album_release_date text,
        album_total_tracks bigint
    """,
    "artists": """
        artist_id text primary key, artist_name text, artist_genres text, artist_popularity bigint
    """,
    "tracks": """
        track_id text primary key, track_name text, track_popularity bigint,
        track_duration_ms bigint, album_id text, artist_id text
    """,
}
VIEWS = {
    "top_5_most_popular_artists_contribution": """
        select artist_name, artist_popularity, count(*) as count_tracks
        from tracks inner join artists using (artist_id)
        group by 1, 2 order by 2 desc nulls last limit 5
    """,
    "most_popular_tracks_with_duration": """
        select track_name, track_popularity, track_duration_ms / 60000.0 as minutes
        from tracks order by 2 desc nulls last
    """,
    "track_popularity_trend_by_release_month": """
        select substr(album_release_date, 6, 2) as release_month, avg(track_popularity)
        from tracks inner join albums using (album_id) group by 1 order by 1
    """,
    "album_track_popularity_comparison": """
        select album_name, track_name, track_popularity,
            avg(track_popularity) over (partition by album_id)
        from tracks inner join albums using (album_id)
    """,
    "genre_track_and_artist_details": """
        select genre, track_name, artist_name
        from tracks inner join artists using (artist_id),
            unnest(string_to_array(artist_genres, ', ')) as genre
    """,
}


def extract(playlist_id: str) -> tuple[list[Json], list[Json]]:
    """Return the rows of a playlist, and its artists."""
    api, accounts = os.environ["SPOTIFY_API_URL"], os.environ["SPOTIFY_ACCOUNTS_URL"]
    app = os.environ["SPOTIPY_CLIENT_ID"], os.environ["SPOTIPY_CLIENT_SECRET"]
    grant = {"grant_type": "client_credentials"}
    answered = requests.post(f"{accounts}/api/token", grant, auth=app, timeout=TIMEOUT)
    bearer = {"Authorization": f"Bearer {answered.json()['access_token']}"}

    def get(address: str) -> Json:
        text = requests.get(address, headers=bearer, timeout=TIMEOUT).text
        found: Json = json.loads(NO_TEXT.sub("", text))  # on which the original ends
        return found

    rows: list[Json] = []
    following: str | None = f"{api}/playlists/{playlist_id}/tracks?limit={PAGE}"
    while following:
        page = get(following)
        rows += [row for row in page["items"] if (row.get("track") or {}).get("id")]
        following = page["next"]
    ids = dict.fromkeys(one["id"] for row in rows for one in row["track"].get("artists", []))
    artists = [get(f"{api}/artists/{artist_id}") for artist_id in ids if artist_id]
    return rows, [one for one in artists if "id" in one]  # not what was not found


def load(rows: list[Json], artists: list[Json]) -> None:
    """Upsert the three tables, and make the five views."""
    import pandas as pd  # noqa: PLC0415 - not for the requests alone
    import sqlalchemy  # noqa: PLC0415

    tracks = [row["track"] for row in rows if row["track"].get("album")]
    frames = {
        "albums": pd.DataFrame(
            [
                (one["id"], one["name"], one.get("release_date"), one.get("total_tracks"))
                for one in (track["album"] for track in tracks)
            ]
        ),
        "artists": pd.DataFrame(
            [
                (one["id"], one["name"], ", ".join(one.get("genres", [])), one.get("popularity"))
                for one in artists
            ]
        ),
        "tracks": pd.DataFrame(
            [
                (
                    *(one["id"], one["name"], one.get("popularity"), one["duration_ms"]),
                    *(one["album"]["id"], one["artists"][0]["id"]),
                )
                for one in tracks
            ]
        ),
    }
    engine = sqlalchemy.create_engine("postgresql+psycopg2://")
    with engine.begin() as connection:
        for table, columns in TABLES.items():
            frame = frames[table].drop_duplicates(0)
            names = [line.split()[0] for line in columns.split(",")]
            frame.columns = names
            connection.execute(sqlalchemy.text(f"create table if not exists {table} ({columns})"))
            frame.to_sql("incoming", connection, index=False, if_exists="replace")
            changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
            connection.execute(
                sqlalchemy.text(
                    f"insert into {table} select * from incoming "  # noqa: S608 - our own names
                    f"on conflict ({names[0]}) do update set {changes}"
                )
            )
        for view, query in VIEWS.items():
            connection.execute(sqlalchemy.text(f"create or replace view {view} as {query}"))


def main(playlist_id: str, what: str = "all") -> None:
    """Run once, and print the seconds."""
    began = time.perf_counter()
    rows, artists = extract(playlist_id)
    seconds = {"requests": time.perf_counter() - began}
    if what == "all":
        load(rows, artists)
        seconds["all"] = time.perf_counter() - began
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
