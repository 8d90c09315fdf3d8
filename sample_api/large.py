"""A playlist of any size, for what only shows with thousands of rows. Built when asked for."""

from sample_api.catalogue import Catalogue, Playlist


def large_playlist(catalogue: Catalogue, rows: int) -> Playlist:
    """Add a playlist of so many different tracks to the catalogue and return it.

    Two tracks share an album and four an artist, about as in a real playlist of that size; every
    seventh track has a guest. It is the user's own and public, its id the same every time.
    """
    artists = [
        catalogue.add_artist(f"Artist {number}", popularity=number % 101, genres=["lo-fi beats"])
        for number in range(rows // 4 + 1)
    ]
    albums = [
        catalogue.add_album(
            f"Album {number}",
            [artists[number // 2]],
            popularity=number % 90,
            release_date=f"{2016 + number % 11}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        )
        for number in range(rows // 2 + 1)
    ]
    tracks = [
        catalogue.add_track(
            f"Track {number}",
            [artists[number // 4], *([artists[0]] if number % 7 == 0 else [])],
            albums[number // 2],
            popularity=number % 101,
            duration_ms=90_000 + number % 120 * 1000,
            track_number=number % 2 + 1,
        )
        for number in range(rows)
    ]
    return catalogue.add_playlist(f"{rows} rows", tracks)
