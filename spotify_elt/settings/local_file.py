"""A `.env` on this machine: replaced all at once, and from then on readable by its owner alone.

A crash leaves the old file or the new one. Where it is a symlink, the file that it points to is
replaced. python-dotenv's own `set_key` does less: it breaks all lines in its own way, drops
`export`, leaves a wide mode as it is, and sets one variable after the other.
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
        named: by `ENV_FILE`; then it must be there, and nobody but its owner may read it.
    """

    path: Path
    named: bool

    def __str__(self) -> str:
        return str(self.path)

    def read(self) -> bytes:
        """Return what it holds; nothing where it may be missing, and is.

        Raises:
            SettingsError: it is named and not there, or others may read it.
            OSError: it cannot be read.
        """
        try:
            content = self.path.read_bytes()
        except FileNotFoundError as error:
            if self.named:
                raise SettingsError(f"ENV_FILE names {self}, which is not there.") from error
            return b""
        if self.named and (exposed := self.exposed):
            raise SettingsError(exposed)
        return content

    @property
    def exposed(self) -> str | None:
        """The sentence that says that others may use it; None where they may not."""
        with suppress(OSError):  # it is not there
            mode = self.path.stat().st_mode & 0o777
            if mode & OTHERS:
                return (
                    f"{self} holds secrets, and others than its owner may use it "
                    f"(mode {mode:o}): say `chmod 600 {self}`."
                )
        return None

    def refuse_unless_writable(self) -> None:
        """Make sure that it can be written, before something is asked for that must be kept.

        Raises:
            SettingsError: its folder is read only.
        """
        target = self.path.resolve()
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise SettingsError(
                f"{target} cannot be written: run `spotify-elt login` in a folder of your own, or "
                "with --print for a secret store."
            )

    def replace(self, content: bytes) -> None:
        """Put `content` in the place of what it holds.

        Raises:
            OSError: it cannot be written; it is as it was.
        """
        target = self.path.resolve()
        # Readable by its owner alone from the first byte on: mkstemp gives 0600.
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".env.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            with suppress(OSError):  # a new file, or not ours to give
                owned = target.stat()
                os.chown(name, owned.st_uid, owned.st_gid)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
