"""The small server that a consent in the browser comes back to.

It answers on one address of this machine, and believes only an answer that carries the `state` of
this sign-in: one without it is refused, stray requests (`/favicon.ico`) are turned away, and it
goes on waiting.
"""

import hmac
import socket
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from socketserver import ThreadingTCPServer
from threading import Thread
from urllib.parse import SplitResult, parse_qsl, urlsplit

from loader.errors import PipelineError, SettingsError, printable

OF_ANOTHER_SIGN_IN = "This answer belongs to another sign-in. Use the address in the terminal."
LONGEST_REASON = 60  # characters of Spotify's own words in our sentences


def address_of(redirect_uri: str) -> SplitResult:
    """Return the parts of `SPOTIPY_REDIRECT_URI`, which say where the server listens.

    Raises:
        SettingsError: Spotify, or this machine, could not come back to it.
    """
    try:
        parts = urlsplit(redirect_uri)
        loopback = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1"}
        if loopback and parts.port and not parts.query and not parts.fragment:
            return parts
    except ValueError:
        pass
    raise SettingsError(
        f"SPOTIPY_REDIRECT_URI is {printable(redirect_uri)}: Spotify comes back from a sign-in "
        "only to http://127.0.0.1 with a port, never to localhost. Set it to "
        "http://127.0.0.1:8888/callback, here and on your app's page in Spotify's developer "
        "dashboard."
    )


def consent_code(
    address: SplitResult, state: str, invite: Callable[[], None], patience: float
) -> str:
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
            f"Cannot listen on {address.hostname}:{address.port}, where SPOTIPY_REDIRECT_URI "
            f"points ({error.strerror}): end the program that uses the port, or set another one "
            "there and on your app's page in Spotify's developer dashboard."
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

    def __init__(self, address: SplitResult, state: str) -> None:
        host = str(address.hostname)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.path = address.path or "/"
        self.state = state
        self.answers: SimpleQueue[dict[str, str]] = SimpleQueue()
        super().__init__((host, address.port or 0), _Connection)

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
        answer = dict(parse_qsl(target.query))
        state = answer.get("state", "").encode("utf-8", "replace")
        if target.path != self.server.path:
            self._show(HTTPStatus.NOT_FOUND, "There is nothing here.")
        elif not hmac.compare_digest(state, self.server.state.encode()):
            self._show(HTTPStatus.BAD_REQUEST, OF_ANOTHER_SIGN_IN)
        elif "code" not in answer and "error" not in answer:
            self._show(HTTPStatus.BAD_REQUEST, "Spotify's answer holds no code.")
        else:
            self._show(HTTPStatus.OK, "Close this page and go back to the terminal.")
            self.server.answers.put(answer)

    def _show(self, status: HTTPStatus, sentence: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(f"spotify-elt: {sentence}\n".encode())

    def log_message(self, *_: object) -> None:
        """Keep the code, which is part of the address, out of the terminal."""
