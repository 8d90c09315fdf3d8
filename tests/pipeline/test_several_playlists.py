"""Playlists that share tracks keep their own rows and ranks, also those loaded by another run."""

import pytest
from command_line import CommandLine
from marts import wrong_answers, wrong_profiles
from postgres_server import query
from runs import Loaded

from sample_api import MAIN_PLAYLIST, OTHERS_PLAYLIST, SHARED_PLAYLIST, SampleApi

pytestmark = pytest.mark.thorough


def test_what_two_playlists_share_is_missing_once(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    database, config = loaded(MAIN_PLAYLIST, SHARED_PLAYLIST), [MAIN_PLAYLIST, SHARED_PLAYLIST]
    ((count, named),) = query(
        database, "select count(*), count(artist_genres) from spotify_marts.artists"
    )
    ((counted_twice,),) = query(
        database, "select sum(count_artists) from spotify_marts.playlist_profile"
    )
    assert counted_twice > count, "the playlists of this test share no artist"

    unchanged = elt("run", database=database, api=extended_api, config={"playlists": config})

    assert f"genres of artists: missing for {count - named} of {count}" in unchanged.words


def test_a_third_playlist_joins_two_that_stay(
    elt: CommandLine, loaded: Loaded, extended_api: SampleApi
) -> None:
    two = [SHARED_PLAYLIST, OTHERS_PLAYLIST]
    database = loaded(*two)
    assert wrong_answers(database, extended_api.catalogue, two) == []

    url = f"https://open.spotify.com/playlist/{MAIN_PLAYLIST}?si=0123456789abcdef"
    second = elt("run", "--playlist", url, database=database, api=extended_api)
    assert second.code == 0, second.output
    assert wrong_answers(database, extended_api.catalogue, [*two, MAIN_PLAYLIST]) == []

    assert wrong_profiles(database, extended_api.catalogue) == []

    ((count,),) = query(
        database,
        "select count(*) from spotify_marts.most_popular_tracks_with_duration as one "
        "inner join spotify_marts.most_popular_tracks_with_duration as other "
        "on one.track_id = other.track_id and one.playlist_id < other.playlist_id",
    )
    assert count > 0, "the playlists of this test share no track"

    shown = elt("answers", database=database)
    assert shown.code == 0, shown.output
    for playlist_id in (*two, MAIN_PLAYLIST):
        assert extended_api.catalogue.playlists[playlist_id].document["name"] in shown.stdout
