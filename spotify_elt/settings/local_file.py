"""A `.env` on this machine: replaced all at once, and from then on readable by its owner alone.

A crash leaves the old file or the new one. Where it is a symlink, the file that it points to is
replaced.
"""

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loader.errors import SettingsError

OTHERS = 0o077  # the permissions of the group and of everybody


@dataclass(frozen=True)
class LocalFile:
    """A file that need not be there yet.

    Attributes:
        path: where it is.
        private: whether it is refused when others than its owner may read it.
    """

    path: Path
    private: bool

    def __str__(self) -> str:
        return str(self.path)

    def read(self) -> bytes:
        """Return what it holds; nothing where a file that may be missing is not there.

        Raises:
            SettingsError: it cannot be read, or others may read it.
        """
        try:
            with self.path.open("rb") as file:
                if self.private and (exposed := self._exposed(os.fstat(file.fileno()))):
                    raise SettingsError(exposed)
                return file.read()
        except FileNotFoundError as error:
            if not self.private:
                return b""
            raise SettingsError(f"ENV_FILE names {self}, which is not there.") from error
        except OSError as error:
            raise SettingsError(
                f"{self} cannot be read ({error}): it must be a UTF-8 text file of yours."
            ) from error

    @property
    def exposed(self) -> str | None:
        """The sentence that says that others may use it; None where they may not."""
        try:
            return self._exposed(self.path.stat())
        except OSError:  # it is not there
            return None

    def refuse_unless_writable(self) -> None:
        """Make sure that it can be written, before something is asked for that must be kept.

        Raises:
            SettingsError: its folder is read only, or it is no file.
        """
        target = self._target()
        is_file = target.is_file() or not target.exists()
        if not is_file or not os.access(target.parent, os.W_OK | os.X_OK):
            raise SettingsError(
                f"{target} cannot be written: run `spotify-elt login` in a folder of your own, or "
                "with --print for a secret store."
            )

    def replace(self, content: bytes) -> None:
        """Put `content` in the place of what it holds.

        Raises:
            OSError: it cannot be written; it is as it was.
        """
        target = self._target()
        # Readable by its owner alone from the first byte on: mkstemp gives 0600.
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".env.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            with suppress(OSError, AttributeError):  # a new file, not ours to give, or Windows
                owned = target.stat()
                os.chown(name, owned.st_uid, owned.st_gid)
            os.replace(name, target)  # noqa: PTH105 - one word with the line above
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _exposed(self, status: os.stat_result) -> str | None:
        if os.name != "posix" or not status.st_mode & OTHERS:
            return None
        return (
            f"{self} holds secrets, and others than its owner may use it "
            f"(mode {status.st_mode & 0o777:o}): say `chmod 600 {self}`."
        )

    def _target(self) -> Path:
        return Path(os.path.realpath(self.path))
