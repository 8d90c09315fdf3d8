"""From Spotify's answers to the raw tables, whole playlist by whole playlist.

extraction, reading, outcome    playlists, each read whole or not at all
needs, references, entities     artists and albums, asked for only where they must be
side_by_side, spool, raw_json   work in parallel, rows on disk, JSON that PostgreSQL can store
source, warehouse, stored       the dlt source, its load into the raw tables, reading them
half_loaded, load_packages      what a run that was killed leaves behind
"""
