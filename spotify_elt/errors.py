"""What can go wrong beside Spotify, and what the user is told of whatever went wrong.

Every error that reaches the command line is one of these or of `loader.errors`; its text says what
happened and what to do about it, and holds no secret.
"""

import signal
import traceback

from loader.errors import PipelineError, one_line


class DatabaseError(PipelineError):
    """PostgreSQL cannot be reached, or refused what was asked of it."""


class SomeFailedError(PipelineError):
    """Some playlists failed; the others are loaded and answered."""

    exit_code = 3


class BuildError(PipelineError):
    """dbt failed: a model did not build or a test found rows; the last good answers stand."""


class NoAnswersError(PipelineError):
    """The marts were never built, or by an older version, whose marts had other columns."""

    def __init__(self) -> None:
        super().__init__("There are no answers of this version yet: run `spotify-elt run` first.")


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
