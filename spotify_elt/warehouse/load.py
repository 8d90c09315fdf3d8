"""dlt's part of the sequence: extract, normalise and load the source into `<prefix>_raw`.

A load goes in packages of a bounded size, whole playlists with what they refer to, so that a large
one needs little disk, and keeps what was loaded when it is stopped.

dlt's working folder starts empty in every run: whatever a killed run left in it is fetched again
or was loaded already, so an old load package can never overwrite newer rows.
"""

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "WARNING")
# A signal ends the run where it stands; dlt would first finish what it has begun.
os.environ.setdefault("RUNTIME__INTERCEPT_SIGNALS", "false")
# Arrow's own allocator keeps 40 MB that it does not need.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

import dlt
from dlt.common.schema.typing import TWriteDisposition
from dlt.common.typing import TLoaderFileFormat
from dlt.destinations.impl.postgres.configuration import PostgresCredentials
from dlt.pipeline.exceptions import PipelineStepFailed

from loader.errors import PipelineError, one_line
from loader.extraction import Extraction
from loader.source import raw_tables
from spotify_elt.errors import DatabaseError
from spotify_elt.settings.pipeline_yml import LoadMethod
from spotify_elt.warehouse import database, leftovers

# Each package looks for its playlists among all that are loaded. What waits in dlt's staging
# dataset is written anew in each load, so nobody needs it in the write-ahead log.
PREPARE_FOR_THE_NEXT = """
create index if not exists playlist_items_playlist_id on {raw}.playlist_items (playlist_id);
alter table if exists {raw}_staging.playlist_items set unlogged;
"""
DELETE_ITEMS = "delete from {raw}.playlist_items where playlist_id = any(%s)"

# dlt's merge deletes and inserts by key: right for a playlist, which is replaced as a set, and
# known to PostgreSQL 14, which has no MERGE statement.
WRITE_DISPOSITIONS: dict[LoadMethod, TWriteDisposition] = {
    "upsert": "merge",
    "overwrite": "replace",
    "insert": "append",
}
PACKAGE = 128_000_000  # characters of JSON in a load package: about 100,000 rows
TABLES = ("playlists", "playlist_items", "albums", "artists")

# Named, or else dlt would choose another where it finds Arrow's driver for PostgreSQL, and make
# `json` of `jsonb`. CSV goes by COPY. A table is one file of the load package, and so one
# transaction: also under `insert` a playlist's rows come whole.
FILE_FORMAT: TLoaderFileFormat = "csv"
dlt.config["data_writer.buffer_max_items"] = 1  # an Arrow table at a time, so memory stays flat
dlt.config["data_writer.disable_compression"] = True  # which takes longer than all the rest
dlt.config["load.delete_completed_jobs"] = True
dlt.config["load.truncate_staging_dataset"] = True
# Loads through a staging dataset: dbt's views depend on the raw tables, which must stay.
dlt.config["destination.postgres.replace_strategy"] = "insert-from-staging"


class LibpqCredentials(PostgresCredentials):
    """Credentials that leave everything to libpq's own variables: password, TLS, socket folders."""

    def to_native_representation(self) -> str:
        """Return what a connection is opened with, just before it is."""
        database.renew_password()
        return f"postgresql://?connect_timeout={database.CONNECT_TIMEOUT}"


class Warehouse:
    """The raw schema in PostgreSQL, as dlt loads it; what a killed run left on disk is deleted.

    Args:
        name: the pipeline's name in dlt's own tables.
        schema: the raw schema.
        method: how rows are loaded.
    """

    def __init__(self, name: str, schema: str, method: LoadMethod) -> None:
        leftovers.delete_packages(name)
        self.schema = schema
        self._method = method
        credentials = LibpqCredentials(
            {
                "host": os.environ["PGHOST"],
                "port": int(os.environ["PGPORT"]),
                "username": os.environ["PGUSER"],
                "password": "",
                "database": os.environ["PGDATABASE"],
            }
        )
        credentials.resolve()  # or else dlt would make ordinary ones of them
        self._pipeline = dlt.pipeline(
            pipeline_name=name,
            pipelines_dir=str(leftovers.packages_folder()),
            dataset_name=self.schema,
            destination=dlt.destinations.postgres(credentials),
        )

    def mend_half_loaded(self) -> None:
        """Put right what a run that was killed while it loaded has left half done."""
        with (
            suppress(*database.NOT_THERE),
            database.connected() as connection,
            connection.cursor() as cursor,
        ):
            leftovers.mend(cursor, self.schema)

    def extract(self, extraction: Extraction, advance: Callable[[], None]) -> list[str]:
        """Read the next load package onto disk.

        Under `overwrite` there is but one: the second would replace the first.

        Args:
            extraction: reads; it is `finished` when this was the last one.
            advance: called after each playlist, read or not.

        Returns:
            The ids of what was made of it.
        """
        at_most = math.inf if self._method == "overwrite" else PACKAGE
        source = raw_tables(extraction, WRITE_DISPOSITIONS[self._method], advance, at_most)
        with _told_plainly():
            return self._pipeline.extract(source, loader_file_format=FILE_FORMAT).loads_ids

    def load(self, empty_playlists: list[str]) -> dict[str, int]:
        """Load the package into the raw schema.

        Args:
            empty_playlists: those read that are empty now. dlt replaces a playlist's items by those
                it was given; given none, it replaces nothing.

        Returns:
            Rows loaded by table.

        Raises:
            DatabaseError: PostgreSQL refused or broke off; the raw tables hold whole tables only.
        """
        with _told_plainly():
            counts = self._pipeline.normalize().row_counts
            self._pipeline.load(raise_on_failed_jobs=True)
        with database.connected() as connection, connection.cursor() as cursor:
            cursor.execute(PREPARE_FOR_THE_NEXT.format(raw=self.schema))
            if self._method == "upsert":
                cursor.execute(DELETE_ITEMS.format(raw=self.schema), [empty_playlists])
        return {table: counts.get(table, 0) for table in TABLES}


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Raise what is behind dlt's exceptions: our own errors as they are, others in a sentence."""
    try:
        yield
    except PipelineStepFailed as failed:
        chain: list[BaseException] = [failed]
        while cause := chain[-1].__cause__ or chain[-1].__context__:
            chain.append(cause)
        failure = f"Loading into {database.address()} failed: {one_line(chain[-1])}"
        ours = (error for error in chain if isinstance(error, PipelineError))
        raise next(ours, DatabaseError(failure)) from failed
