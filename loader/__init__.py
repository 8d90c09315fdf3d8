"""The thin loader: Spotify playlists into PostgreSQL, dbt on top, the answers out.

    check -> extract and load (dlt over spotipy) -> dbt build -> answers

`settings` reads the environment and `pipeline.yml`; `spotify` is the one place that calls
Spotify; `reading` reads one playlist whole; `source` is the dlt source; `warehouse` loads it;
`transform` runs dbt; `sequence` puts them in order; `cli` is the command line.
"""

from importlib.metadata import version

__version__ = version("spotify-elt")
