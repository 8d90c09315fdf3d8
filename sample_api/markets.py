"""What a market changes in tracks: whether they can be played there, and what stands in for them.

Asked for as seen from a market, Spotify sends no `available_markets`, but `is_playable`. A track
that is not available there comes as another recording of the same, if there is one, and
`linked_from` says which track it stands for.
"""

from http import HTTPStatus

from sample_api.catalogue import Catalogue
from sample_api.messages import RefusalError, error
from sample_api.objects import MARKETS, Json, albums_track, reference
from sample_api.request import Request


def as_seen_from(request: Request, document: object) -> object:
    """Return an answer as the request's market has it; as it is, where there is none.

    Raises:
        RefusalError: 400, for what is no market.
    """
    if request.market is None:
        return document
    if request.market not in MARKETS:
        raise RefusalError(error(HTTPStatus.BAD_REQUEST, "Invalid market code"))
    return _seen(document, request.market, request.catalogue)


def _seen(value: object, market: str, catalogue: Catalogue) -> object:
    if isinstance(value, list):
        return [_seen(member, market, catalogue) for member in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") and "available_markets" in value:
        if value["type"] == "track":
            value = _played(value, market, catalogue)
        value = {key: part for key, part in value.items() if key != "available_markets"}
    return {key: _seen(part, market, catalogue) for key, part in value.items()}


def _played(track: Json, market: str, catalogue: Catalogue) -> Json:
    """Return what is played in the market instead of a track: itself, another one, or nothing."""
    if market in track["available_markets"]:
        return {"is_playable": True, **track}
    other = catalogue.replacement(track["id"], market)
    if other is None:
        return track | {"is_playable": False, "restrictions": {"reason": "market"}}
    shown = other if "album" in track else albums_track(other)
    return shown | {"is_playable": True, "linked_from": reference("track", track["id"])}
