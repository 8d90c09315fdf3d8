"""What a run that was killed has left half done: put right in the raw tables, deleted on disk.

dlt replaces each table in a transaction of its own, so a playlist's own row and its items may be of
two loads; staging goes by `loaded_at` and would find no items. They are whole all the same, and are
what the playlist holds until it is read again. dlt's load packages are copies of what was loaded,
of no use once a run has ended.
"""

import os
import shutil
from pathlib import Path

from psycopg2.extensions import cursor

MEND = """
update {raw}.playlists as playlists
set loaded_at = items.loaded_at
from (
    select playlist_id, max(loaded_at) as loaded_at from {raw}.playlist_items group by 1
) as items
where
    playlists.playlist_id = items.playlist_id
    and not exists (
        select from {raw}.playlist_items as own
        where own.playlist_id = playlists.playlist_id and own.loaded_at = playlists.loaded_at
    )
    and (
        playlists.loaded_at < items.loaded_at
        or playlists._dlt_load_id not in (select load_id from {raw}._dlt_loads where status = 0)
    )
"""


def mend(cursor: cursor, raw: str) -> None:
    """Give playlists and their items the same `loaded_at` again.

    Args:
        cursor: of any connection to the database.
        raw: the raw schema, whose tables are there.
    """
    cursor.execute(MEND.format(raw=raw))


def packages_folder() -> Path:
    """Return where dlt keeps a folder for each pipeline."""
    return Path(os.environ.get("DLT_DATA_DIR", ".local/dlt")).absolute() / "pipelines"


def delete_packages(pipeline_name: str) -> None:
    """Delete what dlt keeps of the pipeline of this name."""
    shutil.rmtree(packages_folder() / pipeline_name, ignore_errors=True)
