"""Which endpoint answers what: the routes, and the albums and artists behind two of them each.

An endpoint's name (`items`, `artists`, `artist`, ...) is also how tests count requests and aim
faults. A slash at the end of a path means nothing, since spotipy asks for `/v1/artists/?ids=`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from sample_api import access, fields, markets, playlists
from sample_api.messages import Answer, RefusalError, as_json, error
from sample_api.objects import Json
from sample_api.request import Request

MOST_ALBUMS = 20
MOST_ARTISTS = 50
KNOW_MARKETS = {"playlist", "items", "tracks", "albums", "album"}


@dataclass(frozen=True)
class Endpoint:
    """One address of the API: its name, method, path, and the function that answers."""

    name: str
    method: str
    path: re.Pattern[str]
    answer: Callable[..., Json | Answer]

    @property
    def is_public(self) -> bool:
        """Whether it wants no access token, being where tokens come from."""
        return self.name in {"token", "authorize"}


def albums(request: Request) -> Json:
    """Answer `GET /albums?ids=`."""
    return {"albums": _several(request, request.catalogue.albums, MOST_ALBUMS)}


def artists(request: Request) -> Json:
    """Answer `GET /artists?ids=`."""
    return {"artists": _several(request, request.catalogue.artists, MOST_ARTISTS)}


def album(request: Request, album_id: str) -> Json:
    """Answer `GET /albums/{id}`."""
    return _one(request.catalogue.albums, album_id)


def artist(request: Request, artist_id: str) -> Json:
    """Answer `GET /artists/{id}`."""
    return _one(request.catalogue.artists, artist_id)


def token(request: Request) -> Json:
    """Answer `POST /api/token`."""
    return request.tokens.exchange(request.form, request.authorization)


def authorize(request: Request) -> Answer:
    """Answer `GET /authorize`."""
    return request.tokens.authorize(request.query)


_ENDPOINTS = tuple(
    Endpoint(name, method, re.compile(path), function)
    for name, method, path, function in (
        ("token", "POST", r"/api/token", token),
        ("authorize", "GET", r"/authorize", authorize),
        ("me", "GET", r"/v1/me", playlists.me),
        ("my_playlists", "GET", r"/v1/me/playlists", playlists.my_playlists),
        ("playlist", "GET", r"/v1/playlists/([^/]+)", playlists.playlist),
        ("items", "GET", r"/v1/playlists/([^/]+)/items", playlists.items),
        ("tracks", "GET", r"/v1/playlists/([^/]+)/tracks", playlists.tracks),
        ("albums", "GET", r"/v1/albums", albums),
        ("artists", "GET", r"/v1/artists", artists),
        ("album", "GET", r"/v1/albums/([^/]+)", album),
        ("artist", "GET", r"/v1/artists/([^/]+)", artist),
    )
)
ENDPOINT_NAMES = tuple(endpoint.name for endpoint in _ENDPOINTS)


def find_endpoint(method: str, path: str) -> Endpoint | None:
    """Return the endpoint at this address, if there is one."""
    for endpoint in _ENDPOINTS:
        if endpoint.method == method and endpoint.path.fullmatch(path):
            return endpoint
    return None


def answer(endpoint: Endpoint | None, request: Request) -> Answer:
    """Answer a request as the Web API does in the request's mode."""
    try:
        if endpoint is None or not endpoint.is_public:
            request.grant = request.tokens.check(request.authorization)
        if endpoint is None:
            return error(HTTPStatus.NOT_FOUND, "Service not found")
        found = endpoint.path.fullmatch(request.path)
        document: object = endpoint.answer(request, *(found.groups() if found else ()))
        if isinstance(document, Answer):
            return document
        if endpoint.name in KNOW_MARKETS:
            document = markets.as_seen_from(request, document)
        return _shown(request, document)
    except RefusalError as refusal:
        return refusal.answer


def _shown(request: Request, document: object) -> Answer:
    """Leave out what the mode does not send, then what the client did not ask for."""
    if access.is_cut_down(request):
        document = access.without_removed_fields(document)
    if "/playlists/" in request.path and request.query.get("fields"):
        try:
            document = fields.parse(request.query["fields"]).of(document)
        except ValueError:
            return error(HTTPStatus.BAD_REQUEST, "Invalid fields")
    return as_json(document)


def _several(request: Request, held: dict[str, Json], most: int) -> list[Json | None]:
    access.require_old_endpoints(request)
    ids = request.query.get("ids", "").split(",")
    if len(ids) > most:
        raise RefusalError(error(HTTPStatus.BAD_REQUEST, "Too many ids requested"))
    for object_id in ids:
        access.require_id(object_id)
    return [held.get(object_id) for object_id in ids]


def _one(held: dict[str, Json], object_id: str) -> Json:
    access.require_id(object_id)
    if object_id not in held:
        raise access.not_found()
    return held[object_id]
