"""What can go wrong while Spotify is read, each with a sentence that says what to do about it.

The text of every error is the whole explanation, and holds no secret. `exit_code` is what a command
ends with that cannot go on.
"""

from datetime import datetime


class PipelineError(Exception):
    """The run failed: the message is the whole explanation."""

    exit_code = 1


class SettingsError(PipelineError):
    """A setting, an argument or a credential is missing or wrong; nothing was called or written."""

    exit_code = 2


class SpotifyError(PipelineError):
    """Spotify did not answer usably, even after retries."""


class RefusedError(SpotifyError):
    """Spotify answered one request with a 4xx that repeating cannot change.

    Attributes:
        status: the HTTP status, such as 403 or 404.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class PlaylistError(PipelineError):
    """One playlist could not be read; what an earlier run loaded of it stays as it is."""


class WithheldError(PlaylistError):
    """Spotify sent a playlist without its contents, as only Development Mode does."""


class ComeBackLaterError(PipelineError):
    """Spotify asked for a longer wait than `max_wait`; nothing is lost, run again later.

    Attributes:
        not_before: the earliest moment (UTC) at which Spotify may be called again.
    """

    exit_code = 75

    def __init__(self, not_before: datetime, reason: str) -> None:
        super().__init__(
            f"{reason}; come back after {not_before:%Y-%m-%d %H:%M:%S} UTC. "
            "Nothing is lost: the next run continues with what is missing."
        )
        self.not_before = not_before


def one_line(told: object) -> str:
    """Return what an error or another program told, without its line breaks."""
    return " ".join(str(told).split())


def printable(text: str) -> str:
    """Return `text` without control characters, which could move the cursor or hide text."""
    return "".join(character if character.isprintable() else " " for character in text)
