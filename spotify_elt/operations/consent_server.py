"""The small server that a consent in the browser comes back to.

It answers on one address of this machine, and believes only an answer that carries the `state` of
this sign-in: one without it is refused, stray requests (`/favicon.ico`) are turned away, and it
goes on waiting.
"""

import hmac
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from socketserver import ThreadingTCPServer
from threading import Thread
from typing import Self
from urllib.parse import parse_qs, urlsplit

from loader.errors import PipelineError, SettingsError, printable

LONGEST_REASON = 60  # characters of Spotify's own words in our sentences


@dataclass(frozen=True)
class Address:
    """Where the server listens: the parts of `SPOTIPY_REDIRECT_URI`."""

    host: str
    port: int
    path: str

    @classmethod
    def of(cls, redirect_uri: str) -> Self:
        """Return the address in a redirect URI.

        Raises:
            SettingsError: Spotify, or this machine, could not come back to it.
        """
        try:
            parts = urlsplit(redirect_uri)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        loopback = host in {"127.0.0.1", "::1"}
        if not port or not loopback or parts.scheme != "http" or parts.query or parts.fragment:
            raise SettingsError(
                f"SPOTIPY_REDIRECT_URI is {printable(redirect_uri)}: Spotify comes back from a "
                "sign-in only to http://127.0.0.1 with a port, never to localhost. Set it to "
                "http://127.0.0.1:8888/callback, here and on your app's page in Spotify's "
                "developer dashboard."
            )
        return cls(str(host), port, parts.path or "/")


def consent_code(address: Address, state: str, invite: Callable[[], None], patience: float) -> str:
    """Wait for the user's consent and return its code.

    Args:
        address: where to listen.
        state: what the answer must carry.
        invite: called once the server listens; sends the user to Spotify.
        patience: seconds to wait.

    Raises:
        SettingsError: the port is in use, or the user said no.
        PipelineError: no answer in time.
    """
    try:
        server = _Server(address, state)
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {address.host}:{address.port}, where SPOTIPY_REDIRECT_URI points "
            f"({error.strerror}): end the program that uses the port, or set another one there "
            "and on your app's page in Spotify's developer dashboard."
        ) from error
    with server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            invite()
            answer = server.answers.get(timeout=patience)
        except Empty as error:
            raise PipelineError(
                f"Nobody signed in within {patience / 60:.0f} minutes: run `spotify-elt login` "
                "again."
            ) from error
        finally:
            server.shutdown()
    if "code" in answer:
        return answer["code"]
    if answer["error"] == "access_denied":
        raise SettingsError("You did not agree, so nothing was changed.")
    reason = printable(answer["error"])[:LONGEST_REASON]
    raise SettingsError(f"Spotify ended the sign-in ({reason}): nothing was changed.")


class _Server(ThreadingTCPServer):
    """Listens; a connection that sends nothing, as browsers open them, holds up no other."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: Address, state: str) -> None:
        self.address_family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        self.path = address.path
        self.state = state
        self.answers: SimpleQueue[dict[str, str]] = SimpleQueue()
        super().__init__((address.host, address.port), _Connection)

    def handle_error(self, *_: object) -> None:
        """Say nothing of a browser that hangs up."""


class _Connection(BaseHTTPRequestHandler):
    """One request of a browser."""

    timeout = 10  # seconds of silence
    server_version, sys_version = "spotify-elt", ""
    server: _Server

    def do_GET(self) -> None:
        """Hear Spotify's answer to the consent; refuse everything else."""
        target = urlsplit(self.path)
        if target.path != self.server.path:
            self._show(HTTPStatus.NOT_FOUND, "There is nothing here.")
            return
        answer = {name: values[0] for name, values in parse_qs(target.query).items()}
        given = answer.get("state", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self.server.state.encode()):
            self._show(
                HTTPStatus.BAD_REQUEST,
                "This answer belongs to another sign-in. Use the address in the terminal.",
            )
        elif "code" not in answer and "error" not in answer:
            self._show(HTTPStatus.BAD_REQUEST, "Spotify's answer holds no code.")
        else:
            self._show(HTTPStatus.OK, "Close this page and go back to the terminal.")
            self.server.answers.put(answer)

    def _show(self, status: HTTPStatus, sentence: str) -> None:
        page = f"spotify-elt: {sentence}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Keep the code, which is part of the address, out of the terminal."""
