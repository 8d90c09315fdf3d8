"""dlt's load packages on disk: copies of what was loaded, of no use once a run has ended."""

import os
import shutil
from pathlib import Path


def folder() -> Path:
    """Return where dlt keeps a folder for each pipeline."""
    return Path(os.environ.get("DLT_DATA_DIR", ".local/dlt")).absolute() / "pipelines"


def delete(name: str) -> None:
    """Delete what dlt keeps of the pipeline of this name."""
    shutil.rmtree(folder() / name, ignore_errors=True)
