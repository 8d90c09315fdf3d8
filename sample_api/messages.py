"""What comes out: an answer, a refusal, and the forms that their bodies have."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus

JSON_TYPE = "application/json; charset=utf-8"


@dataclass
class Answer:
    """One HTTP response; `missing_bytes` are promised but not sent, `reset` sends none."""

    status: int
    body: bytes = b""
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    missing_bytes: int = 0
    reset: bool = False

    def encode(self) -> bytes:
        """Return head and body as the bytes of one single write."""
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        message = "\r\n".join((*lines, "", "")).encode() + self.body
        return message[: len(message) - self.missing_bytes]


class RefusalError(Exception):
    """The request cannot be granted; carries the answer that says so."""

    def __init__(self, answer: Answer) -> None:
        """Keep the answer to send."""
        super().__init__(answer.body)
        self.answer = answer


def as_json(document: object, status: int = HTTPStatus.OK) -> Answer:
    """Return the document as UTF-8 JSON; a lone surrogate becomes its JSON escape."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Answer(status, text.encode("utf-8", "backslashreplace"))


def as_text(text: str, status: int = HTTPStatus.OK, content_type: str = "text/plain") -> Answer:
    """Return plain text, which Spotify's proxies send now and then."""
    return Answer(status, text.encode(), content_type)


def error(status: int, message: str, reason: str | None = None) -> Answer:
    """Return Spotify's error body: status, message and, rarely, a reason."""
    body = {"status": status, "message": message} | ({"reason": reason} if reason else {})
    return as_json({"error": body}, status)


def oauth_error(code: str, description: str) -> Answer:
    """Return the token endpoint's own kind of error body."""
    return as_json({"error": code, "error_description": description}, HTTPStatus.BAD_REQUEST)
