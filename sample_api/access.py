"""The three behaviours of the Web API, and what each refuses or leaves out.

`extended` is Extended Quota Mode, `development-old` a Development Mode client id from before
2026-02-11 (the same answers), `development` what a new user gets: fewer endpoints, fewer fields,
and contents only for a playlist's owner or collaborators.
"""

from http import HTTPStatus

from sample_api.catalogue import Playlist
from sample_api.messages import RefusalError, error
from sample_api.objects import BASE62, ID_LENGTH
from sample_api.request import Request
from sample_api.tokens import unauthorized

MODES = ("extended", "development-old", "development")
EDITORIAL = "37i9dQZ"

_TRACK_KEYS = {"popularity", "available_markets", "linked_from"}
_REMOVED = {
    "track": _TRACK_KEYS,
    "episode": _TRACK_KEYS,
    "album": {"popularity", "label", "available_markets"},
    "artist": {"popularity", "followers"},
    "show": {"available_markets", "publisher"},
    "user": {"followers"},
}


def is_cut_down(request: Request) -> bool:
    """Whether the request is answered as to a client id made since 2026-02-11."""
    return request.mode == "development"


def without_removed_fields(value: object) -> object:
    """Return the answer without the keys that Development Mode no longer sends."""
    if isinstance(value, list):
        return [without_removed_fields(member) for member in value]
    if not isinstance(value, dict):
        return value
    removed = _REMOVED.get(value.get("type", ""), set())
    return {key: without_removed_fields(part) for key, part in value.items() if key not in removed}


def require_old_endpoints(request: Request) -> None:
    """Refuse an endpoint that Development Mode took away."""
    if is_cut_down(request):
        raise RefusalError(error(HTTPStatus.FORBIDDEN, "Forbidden"))


def require_user(request: Request) -> str:
    """Return the signed-in user's id; refuse an app token."""
    if request.user_id is None:
        raise RefusalError(unauthorized("Valid user authentication required"))
    return request.user_id


def require_scope(request: Request, scope: str) -> None:
    """Refuse a user token whose consent did not include this scope."""
    if request.grant is None or scope not in request.grant.scope.split():
        raise RefusalError(error(HTTPStatus.FORBIDDEN, "Insufficient client scope"))


def require_id(object_id: str) -> None:
    """Refuse what can be no id: not 22 base62 characters."""
    if len(object_id) != ID_LENGTH or not set(object_id) <= set(BASE62):
        raise RefusalError(error(HTTPStatus.BAD_REQUEST, "Invalid base62 id"))


def not_found() -> RefusalError:
    """Return the one refusal for deleted, private, editorial and wrong ids alike."""
    return RefusalError(error(HTTPStatus.NOT_FOUND, "Resource not found"))


def find_playlist(request: Request, playlist_id: str) -> Playlist:
    """Return the playlist if this request may know of it at all."""
    require_id(playlist_id)
    playlist = request.catalogue.playlists.get(playlist_id)
    if playlist is None or playlist_id.startswith(EDITORIAL):
        raise not_found()
    if playlist.document["public"] is False:
        if not playlist.belongs_to(request.user_id):
            raise not_found()
        collaborative = playlist.document["collaborative"]
        require_scope(
            request, "playlist-read-collaborative" if collaborative else "playlist-read-private"
        )
    return playlist


def may_read_contents(request: Request, playlist: Playlist) -> bool:
    """Whether this request may see the playlist's rows."""
    return not is_cut_down(request) or playlist.belongs_to(request.user_id)
