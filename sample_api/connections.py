"""The sockets: one keep-alive connection a thread, one buffered write an answer.

The socket has no Nagle delay and each answer is one write: with two, every keep-alive client would
wait 40 ms for its answer.
"""

import socket
import struct
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

from sample_api.messages import Answer

Respond = Callable[[str, str, str, bytes], Answer]
"""Answers a request, given as method, target, `Authorization` header and body."""

_Socket = socket.socket | tuple[bytes, socket.socket]


class Listener(ThreadingTCPServer):
    """Accepts connections, each on a daemon thread, and can cut them all."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], respond: Respond) -> None:
        """Bind the address; `respond` answers every request that comes."""
        self.respond = respond
        self._connections: set[_Socket] = set()
        super().__init__(address, _Connection)

    def process_request(self, request: _Socket, client_address: object) -> None:
        """Remember the connection for as long as it is open."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Socket) -> None:
        """Forget the connection, and end it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        """End every open connection, so that an idle keep-alive client notices too."""
        for connection in list(self._connections):
            self.shutdown_request(connection)

    def handle_error(self, request: _Socket, client_address: object) -> None:
        """Say nothing of clients that hang up, and everything of our own mistakes."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One keep-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def respond(self) -> None:
        """Read one request and write its answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        authorization = self.headers.get("Authorization", "")
        answer = self.server.respond(self.command, self.path, authorization, body)
        if answer.reset:
            self._reset()
            return
        self.wfile.write(answer.encode())
        self.close_connection = self.close_connection or answer.missing_bytes > 0

    do_GET = do_POST = do_PUT = do_DELETE = respond  # noqa: N815 (the base class's names)

    def _reset(self) -> None:
        """Hang up so that the client sees a reset, not an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Keep quiet; `SampleApi.requests` remembers."""
