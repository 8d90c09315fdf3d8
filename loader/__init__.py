"""Spotify playlists as a dlt source over spotipy: whole, in both of Spotify's access modes.

    from loader import spotify_source

    pipeline = dlt.pipeline("spotify", destination="duckdb", dataset_name="spotify_raw")
    pipeline.run(spotify_source(playlists=["31FWVQBp3WQydWLNhO0ACi"]))

For any destination of dlt; nothing here knows of PostgreSQL, dbt or the application around it.

    source            the dlt source: four raw tables, JSON untouched
    extraction        which playlists are unchanged and left, which are read
    reading           one playlist, read whole or not at all
    references        the artists and albums that rows refer to
    entities          artists and albums, asked for in the cheapest way
    earlier_loads     what the caller knows of earlier loads: the one interface to implement
    outcome           what became of each playlist

    client            the one place that calls Spotify: waits, tries again, renews the token
    pause             the wait that all workers share when Spotify limits the rate
    refusals          what an answer that is none means, in a sentence
    tokens, consent   signing in, by the app or on a user's behalf, and how long that lasts
    access            who asks, and where: settings from the environment
    playlist_ids      playlists as people name them
    errors            what can go wrong, in sentences

    side_by_side, spool, raw_json   work in parallel, rows on disk, JSON that databases can store
"""

_WHERE = {
    "spotify_source": "source",
    "EarlierLoads": "earlier_loads",
    "KnownPlaylist": "earlier_loads",
    "Outcome": "outcome",
}
__all__ = ["EarlierLoads", "KnownPlaylist", "Outcome", "spotify_source"]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is: dlt and spotipy take a second."""
    if name in _WHERE:
        import importlib  # noqa: PLC0415 - even that

        return getattr(importlib.import_module(f"loader.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'loader' has no attribute {name!r}")
