"""Why playlists failed: said once of several, and of which."""

from loader.outcome import Outcome, PlaylistLoad


def failed(playlist_id: str, reason: str) -> PlaylistLoad:
    return PlaylistLoad(playlist_id, "failed", reason)


def test_what_playlists_have_in_common_is_said_once_with_all_their_ids() -> None:
    loads = [
        failed("one", "Playlist one was not found: check its id."),
        PlaylistLoad("good", "loaded"),
        failed("two", "Spotify refused playlist two (403 Forbidden)."),
        failed("three", "Playlist three was not found: check its id."),
        failed("four", "Playlist four was not found: check its id."),
    ]
    outcome = Outcome(loads)
    assert list(outcome.reasons) == [
        "Playlist one was not found: check its id. The same goes for three, four.",
        "Spotify refused playlist two (403 Forbidden).",
    ]
    assert outcome.failures == " ".join(outcome.reasons)


def test_without_a_failure_nothing_is_said() -> None:
    assert Outcome([PlaylistLoad("good", "unchanged")]).failures == ""
