"""A gate in front of PostgreSQL that takes IAM tokens for passwords, as RDS does.

It speaks as much of the protocol as that takes: the server behind it asks for a password in clear
text, the gate checks the token that the client sends, and passes the role's own password on.
"""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TLS_WANTED, GSS_WANTED = 80877103, 80877104
LASTS = timedelta(minutes=15)
REFUSAL = b"SFATAL\0VFATAL\0C28000\0MPAM authentication failed for user \0\0"


@dataclass(frozen=True)
class LetIn:
    """A connection that was let in.

    Attributes:
        application: the name that the client gave itself, if any.
        token: what it sent for a password.
    """

    application: str
    token: str

    @property
    def signed_at(self) -> datetime:
        """When the token was made."""
        return _signed_at(_parameters(self.token))


class IamGate:
    """A gate that listens on 127.0.0.1 until it is closed.

    Args:
        server: the socket of the server behind it.
        password: what the server asks every role for.
        credentials: the one id and secret key that it knows.
        region: the region that tokens must be for.

    Attributes:
        port: where it listens.
        let_in: the connections so far.
    """

    def __init__(
        self, server: Path, password: str, credentials: tuple[str, str], region: str
    ) -> None:
        self._server, self._password = server, password
        self._credentials, self._region = Credentials(*credentials), region
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.let_in: list[LetIn] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            suppress(OSError, EOFError),
            client,
            socket.socket(socket.AF_UNIX) as server,
        ):
            server.connect(str(self._server))
            startup = _startup(client)
            server.sendall(struct.pack("!I", len(startup) + 4) + startup)
            client.sendall(_exactly(server, 9))  # "your password, in clear text"
            kind, length = struct.unpack("!cI", _exactly(client, 5))
            token = _exactly(client, length - 4).rstrip(b"\0").decode()
            names = startup[4:].rstrip(b"\0").split(b"\0")
            options = dict(zip(names[::2], names[1::2], strict=True))
            if kind != b"p" or not self._is_valid(token, options[b"user"].decode()):
                client.sendall(b"E" + struct.pack("!I", len(REFUSAL) + 4) + REFUSAL)
                return
            self.let_in.append(LetIn(options.get(b"application_name", b"").decode(), token))
            password = self._password.encode() + b"\0"
            server.sendall(b"p" + struct.pack("!I", len(password) + 4) + password)
            _relay(client, server)

    def _is_valid(self, token: str, user: str) -> bool:
        """Check what RDS checks: signed for this endpoint and role, rightly, not long ago."""
        address, _, query = token.partition("/?")
        found = _parameters(token)
        request = AWSRequest("GET", f"https://{address}/?{query.partition('&X-Amz-Signature=')[0]}")
        request.context["timestamp"] = found["X-Amz-Date"]
        signer = SigV4QueryAuth(self._credentials, "rds-db", self._region)
        to_sign = signer.string_to_sign(request, signer.canonical_request(request))
        now = datetime.now(UTC)
        return (
            address == f"127.0.0.1:{self.port}"
            and (found["Action"], found["DBUser"]) == ("connect", user)
            and found["X-Amz-Signature"] == signer.signature(to_sign, request)
            and found["X-Amz-Expires"] == str(int(LASTS.total_seconds()))
            and now - LASTS < _signed_at(found) <= now
        )


def _parameters(token: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(token.partition("?")[2]).items()}


def _signed_at(parameters: dict[str, str]) -> datetime:
    return datetime.strptime(parameters["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _startup(client: socket.socket) -> bytes:
    """Return the first message that is neither a wish for TLS nor one for GSS."""
    while True:
        (length,) = struct.unpack("!I", _exactly(client, 4))
        message = _exactly(client, length - 4)
        if struct.unpack("!I", message[:4])[0] not in {TLS_WANTED, GSS_WANTED}:
            return message
        client.sendall(b"N")


def _exactly(source: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = source.recv(size - len(received))
        if not part:
            raise EOFError
        received += part
    return received


def _relay(client: socket.socket, server: socket.socket) -> None:
    back = threading.Thread(target=_pump, args=(server.recv, client), daemon=True)
    back.start()
    _pump(client.recv, server)
    back.join()


def _pump(receive: Callable[[int], bytes], to: socket.socket) -> None:
    with suppress(OSError):
        while data := receive(65536):
            to.sendall(data)
    with suppress(OSError):
        to.shutdown(socket.SHUT_WR)
