"""Spotify's accounts service: consent, codes, and the access and refresh tokens they turn into.

There is one app and one user. Tests bend it while it runs: `expire()` kills every access token,
`revoke()` the refresh token, `rotate` hands out a new refresh token each time, `consents = False`
has the user say no.
"""

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from urllib.parse import urlencode, urlsplit

from sample_api.messages import Answer, RefusalError, as_text, error, oauth_error
from sample_api.objects import Json
from sample_api.rows import USER_ID

CLIENT_ID = "sample-client-id"
CLIENT_SECRET = "sample-client-secret"
REFRESH_TOKEN = "sample-refresh-token"
SCOPE = "playlist-read-collaborative playlist-read-private"


@dataclass(frozen=True)
class Grant:
    """What an access token stands for: a user (None: the app alone) and what was consented to."""

    user_id: str | None
    scope: str
    expires_at: float


class Tokens:
    """The accounts service's memory."""

    def __init__(self, lifetime: float = 3600, *, rotate: bool = False) -> None:
        """Start with `REFRESH_TOKEN` as the one good refresh token and no access token."""
        self.lifetime = lifetime
        self.rotate = rotate
        self.consents = True
        self.scope = SCOPE
        self.refresh_token: str | None = REFRESH_TOKEN
        self._numbers = count(1)
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, str] = {}

    def expire(self) -> None:
        """Let every access token issued so far be expired."""
        for token, grant in list(self._grants.items()):
            self._grants[token] = Grant(grant.user_id, grant.scope, expires_at=0)

    def revoke(self) -> None:
        """Make the refresh token worthless, as the user or six months do."""
        self.refresh_token = None

    def check(self, authorization: str) -> Grant:
        """Return what a bearer token grants.

        Raises:
            RefusalError: 401, for no token, an unknown one or an expired one.
        """
        scheme, _, token = authorization.partition(" ")
        if not authorization:
            raise RefusalError(unauthorized("No token provided"))
        grant = self._grants.get(token)
        if scheme.lower() != "bearer" or grant is None:
            raise RefusalError(unauthorized("Invalid access token"))
        if grant.expires_at <= time.monotonic():
            raise RefusalError(unauthorized("The access token expired"))
        return grant

    def exchange(self, form: Mapping[str, str], authorization: str) -> Json:
        """Answer `POST /api/token` for any of the three grant types.

        Raises:
            RefusalError: 400, `invalid_client`, `invalid_grant` or `unsupported_grant_type`.
        """
        _require_client(form, authorization)
        match form.get("grant_type"):
            case "client_credentials":
                return self._issue(None, "")
            case "refresh_token":
                if form.get("refresh_token", "") != self.refresh_token:
                    raise RefusalError(oauth_error("invalid_grant", "Invalid refresh token"))
                return self._issue(USER_ID, self.scope) | self._rotated()
            case "authorization_code":
                if self._codes.pop(form.get("code", ""), None) != form.get("redirect_uri", ""):
                    raise RefusalError(oauth_error("invalid_grant", "Invalid authorization code"))
                self.refresh_token = self.refresh_token or f"sample-refresh-{next(self._numbers)}"
                return self._issue(USER_ID, self.scope) | {"refresh_token": self.refresh_token}
        raise RefusalError(oauth_error("unsupported_grant_type", "grant_type parameter is missing"))

    def authorize(self, query: Mapping[str, str]) -> Answer:
        """Answer `GET /authorize` as if the user had clicked at once: a redirect with a code."""
        redirect_uri = query.get("redirect_uri", "")
        if query.get("client_id") != CLIENT_ID:
            return as_text("INVALID_CLIENT: Invalid client", HTTPStatus.BAD_REQUEST)
        if query.get("response_type") != "code":
            return as_text("response_type must be code", HTTPStatus.BAD_REQUEST)
        if not _is_secure(redirect_uri):
            return as_text("INVALID_CLIENT: Insecure redirect URI", HTTPStatus.BAD_REQUEST)
        result = {"error": "access_denied"}
        if self.consents:
            result = {"code": f"sample-code-{next(self._numbers)}"}
            self._codes[result["code"]] = redirect_uri
            self.scope = " ".join(sorted(query.get("scope", "").replace(",", " ").split()))
        if "state" in query:
            result["state"] = query["state"]
        joint = "&" if urlsplit(redirect_uri).query else "?"
        location = f"{redirect_uri}{joint}{urlencode(result)}"
        return Answer(HTTPStatus.SEE_OTHER, headers={"Location": location})

    def _issue(self, user_id: str | None, scope: str) -> Json:
        token = f"sample-access-token-{next(self._numbers)}"
        self._grants[token] = Grant(user_id, scope, time.monotonic() + self.lifetime)
        issued: Json = {"access_token": token, "token_type": "Bearer"}
        issued["expires_in"] = int(self.lifetime)
        return issued | ({"scope": scope} if user_id else {})

    def _rotated(self) -> Json:
        if not self.rotate:
            return {}
        self.refresh_token = f"sample-refresh-{next(self._numbers)}"
        return {"refresh_token": self.refresh_token}


def unauthorized(message: str) -> Answer:
    """Return a 401 with the header that names the realm."""
    answer = error(HTTPStatus.UNAUTHORIZED, message)
    answer.headers["WWW-Authenticate"] = (
        f'Bearer realm="spotify", error="invalid_token", error_description="{message}"'
    )
    return answer


def _require_client(form: Mapping[str, str], authorization: str) -> None:
    given = (form.get("client_id"), form.get("client_secret"))
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            name = secret = ""
        given = (name, secret)
    if given[0] != CLIENT_ID:
        raise RefusalError(oauth_error("invalid_client", "Invalid client"))
    if given[1] != CLIENT_SECRET:
        raise RefusalError(oauth_error("invalid_client", "Invalid client secret"))


def _is_secure(redirect_uri: str) -> bool:
    target = urlsplit(redirect_uri)
    return target.scheme == "https" or (
        target.scheme == "http" and target.hostname in {"127.0.0.1", "::1"}
    )
