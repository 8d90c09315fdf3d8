"""What can go wrong, each with the sentence for the user and the exit code of the command.

Every error that reaches the command line is one of these; its text says what happened and what
to do about it, and holds no secret.
"""

import signal
import traceback
from datetime import datetime


class PipelineError(Exception):
    """The run failed: the message is the whole explanation."""

    exit_code = 1


class SettingsError(PipelineError):
    """A setting, an argument or a credential is missing or wrong; nothing was called or written."""

    exit_code = 2


class DatabaseError(PipelineError):
    """PostgreSQL cannot be reached, or refused what was asked of it."""


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


class SomeFailedError(PipelineError):
    """Some playlists failed; the others are loaded and answered."""

    exit_code = 3


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


class BuildError(PipelineError):
    """dbt failed: a model did not build or a test found rows; the last good answers stand."""


class NoAnswersError(PipelineError):
    """The marts were never built."""

    def __init__(self) -> None:
        super().__init__("There are no answers yet: run `spotify-elt run` first.")


class SignalledError(BaseException):
    """Somebody wants this process to end; not an Exception, so that no library swallows it.

    Attributes:
        number: the signal's.
        exit_code: as a shell would have it.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by {signal.Signals(number).name}")
        self.number = number
        self.exit_code = 128 + number


class DeadlineError(SignalledError):
    """The run took longer than `max_runtime`."""

    def __init__(self, max_runtime: str) -> None:
        super().__init__(signal.SIGALRM)
        self.args = (f"The run took longer than max_runtime ({max_runtime}) and was ended",)
        self.exit_code = 1


def in_words(error: BaseException) -> str:
    """Return the sentence for the user, whatever went wrong."""
    if isinstance(error, PipelineError):
        return str(error)
    if isinstance(error, SignalledError):
        return f"{error}; the last good answers stand."
    if isinstance(error, OSError):
        return f"The operating system refused: {error}. What was loaded before is untouched."
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"Unexpected {type(error).__name__}: {one_line(error)} (at {place.name}, line "
        f"{place.lineno}). What was loaded before is untouched. Please report this."
    )


def one_line(told: object) -> str:
    """Return what an error or another program told, without its line breaks."""
    return " ".join(str(told).split())
