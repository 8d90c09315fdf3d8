"""What a run has made, kept in S3 where `ARTEFACTS_URL` says: dbt's artefacts and the report.

Each run has a folder of its own, named by its id, and `latest/` has those of the last one.
"""

import logging
import mimetypes
import os
from collections.abc import Iterable
from pathlib import Path

from loader.errors import SettingsError
from spotify_elt.settings.s3_object import S3Object

log = logging.getLogger(__name__)


def address() -> str:
    """Where in S3 the user keeps artefacts; an empty text where nowhere."""
    return os.environ.get("ARTEFACTS_URL", "").strip().rstrip("/")


def keep(run_id: str, files: Iterable[Path]) -> None:
    """Copy those files that there are to S3, if they are to be kept.

    A copy that fails is a warning.
    """
    where = address()
    try:
        for file in filter(is_there, files if where else ()):
            for folder in (run_id, "latest"):
                _copy(file, f"{where}/{folder}/{file.name}")
    except (SettingsError, OSError) as error:
        log.warning("Not kept: %s", error)


def is_there(file: Path) -> bool:
    """Say whether a file is there; Path.exists raises where a folder is closed."""
    return os.access(file, os.F_OK)


def _copy(file: Path, url: str) -> None:
    target = S3Object.at(url)
    if target is None:
        raise SettingsError(f"ARTEFACTS_URL is no address in S3: {url}. Give s3://bucket/prefix.")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    target.replace(file.read_bytes(), kind)
