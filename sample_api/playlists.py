"""The playlist endpoints: a playlist with its first rows, its pages, the user's own ones."""

from http import HTTPStatus
from urllib.parse import urlencode

from sample_api import access, episodes
from sample_api.catalogue import Playlist
from sample_api.messages import RefusalError, error
from sample_api.objects import Json, Place, page, reference
from sample_api.request import Request

DEFAULT_LIMIT = 20
MOST = {"items": 50, "tracks": 100}
EMBEDDED_ROWS = 100


def playlist(request: Request, playlist_id: str) -> Json:
    """Answer `GET /playlists/{id}`; without a contents key where the rows may not be read."""
    found = access.find_playlist(request, playlist_id)
    if not access.may_read_contents(request, found):
        return found.document
    return found.document | {
        key: _first_rows(request, found, key) for key in _contents_keys(request)
    }


def items(request: Request, playlist_id: str) -> Json:
    """Answer `GET /playlists/{id}/items`."""
    if access.is_cut_down(request):
        access.require_user(request)
    found = access.find_playlist(request, playlist_id)
    if not access.may_read_contents(request, found):
        raise RefusalError(error(HTTPStatus.FORBIDDEN, "Forbidden"))
    return _rows_page(request, found, "items", _place(request, MOST["items"]))


def tracks(request: Request, playlist_id: str) -> Json:
    """Answer the deprecated `GET /playlists/{id}/tracks`."""
    access.require_old_endpoints(request)
    found = access.find_playlist(request, playlist_id)
    return _rows_page(request, found, "tracks", _place(request, MOST["tracks"]))


def my_playlists(request: Request) -> Json:
    """Answer `GET /me/playlists`: what the user owns or collaborates on, without rows."""
    user_id = access.require_user(request)
    access.require_scope(request, "playlist-read-private")
    place = _place(request, MOST["items"])
    mine = [each for each in request.catalogue.playlists.values() if each.belongs_to(user_id)]
    shown = [_simplified(request, each) for each in mine[place.offset : place.offset + place.limit]]
    return page(f"{request.api_url}/me/playlists", shown, place, len(mine))


def me(request: Request) -> Json:
    """Answer `GET /me`."""
    user_id = access.require_user(request)
    return {
        **reference("user", user_id),
        "display_name": user_id,
        "followers": {"href": None, "total": 42},
        "images": [],
    }


def _contents_keys(request: Request) -> tuple[str, ...]:
    if access.is_cut_down(request):
        return ("items",)
    return ("tracks",) if request.track_alone else ("items", "tracks")


def _first_rows(request: Request, found: Playlist, key: str) -> Json:
    """Return the rows a playlist embeds; the next link asks for no more than its endpoint gives."""
    first = _rows_page(request, found, key, Place(EMBEDDED_ROWS, 0))
    if first["next"]:
        first["next"] = first["next"].replace(f"limit={EMBEDDED_ROWS}", f"limit={MOST[key]}")
    return first


def _rows_page(request: Request, found: Playlist, key: str, place: Place) -> Json:
    """Return a page of rows. Its links forget that episodes were asked for, as Spotify's do."""
    rows = found.rows
    kept = {name: request.query[name] for name in ("fields", "market") if name in request.query}
    if "additional_types" in request.query:
        kept["additional_types"] = "track"
    query = f"&{urlencode(kept)}" if kept else ""
    url = f"{request.api_url}/playlists/{found.id}/{key}"
    shown = [_row(request, row) for row in rows[place.offset : place.offset + place.limit]]
    return page(url, shown, place, len(rows), query)


def _row(request: Request, row: Json) -> Json:
    item = row["item"]
    if item and item["type"] == "episode":
        asked_for = request.query.get("additional_types", "").split(",")
        item = item if "episode" in asked_for else episodes.as_track(item)
    if access.is_cut_down(request):
        return row | {"item": item}
    if request.track_alone:
        return {key: value for key, value in row.items() if key != "item"} | {"track": item}
    return row | {"item": item, "track": item}


def _place(request: Request, most: int) -> Place:
    """Return limit and offset, refused where Spotify refuses them."""
    limit = request.query.get("limit", str(DEFAULT_LIMIT))
    offset = request.query.get("offset", "0")
    if not limit.isdecimal() or not 1 <= int(limit) <= most:
        raise RefusalError(error(HTTPStatus.BAD_REQUEST, "Invalid limit"))
    if not offset.isdecimal():
        raise RefusalError(error(HTTPStatus.BAD_REQUEST, "Invalid offset"))
    return Place(int(limit), int(offset))


def _simplified(request: Request, found: Playlist) -> Json:
    contents = {
        "href": f"{request.api_url}/playlists/{found.id}/items",
        "total": len(found.rows),
    }
    document = {key: value for key, value in found.document.items() if key != "followers"}
    return document | dict.fromkeys(_contents_keys(request), contents)
