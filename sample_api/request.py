"""What goes in: a request, and the world in which it is to be answered."""

from dataclasses import dataclass

from sample_api.catalogue import Catalogue
from sample_api.tokens import Grant, Tokens


@dataclass
class Request:
    """One HTTP request, and the world in which it is to be answered.

    `path` has no trailing slash; `grant` is None until the bearer token was accepted; `market` is
    what the query says or, without it, what the user's account implies.
    """

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    authorization: str
    api_url: str
    catalogue: Catalogue
    tokens: Tokens
    mode: str
    track_alone: bool = False
    market: str | None = None
    grant: Grant | None = None

    @property
    def user_id(self) -> str | None:
        """The signed-in user; None for an app token."""
        return self.grant.user_id if self.grant else None
