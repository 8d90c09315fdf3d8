"""Deleting what may not, or need not, be kept: `spotify-elt purge`.

    raw rows, history, run log     one transaction; a dry run is the same one, rolled back
    -> marts, report               rebuilt and published by dbt, made anew, as in a run

The transaction notes that the marts are outdated, so that a purge which dies, or whose build fails,
leaves it to the next run to rebuild them. dlt's load packages on disk are copies too, and go first.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress

import psycopg2
from psycopg2.extensions import connection, cursor
from rich import box
from rich.table import Table

from loader.errors import one_line
from spotify_elt.console import console
from spotify_elt.errors import BuildError, DatabaseError
from spotify_elt.operations.purge import history, log, log_files, raw
from spotify_elt.operations.purge.deletions import Deletions
from spotify_elt.operations.purge.playlists import PurgedPlaylists
from spotify_elt.report import delete_report, renew_report
from spotify_elt.run.transform import Transformation
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database
from spotify_elt.warehouse.leftovers import delete_packages, mend
from spotify_elt.warehouse.run_lock import only_run
from spotify_elt.warehouse.schemas import LAYERS

LOCK_TIMEOUT = "30s"  # for readers whose tables are to be dropped
SHOWN_WITHOUT_RAW_ROWS = """
select playlist_id from {marts}.playlists except select playlist_id from {raw}.playlists
"""
LEFT_TO_THE_USER = (
    "What only you can do: take SPOTIFY_REFRESH_TOKEN and SPOTIFY_CONSENT_DATE out of .env or your "
    "secret store, remove the app at https://www.spotify.com/account/apps, and delete backups and "
    "other copies of the database."
)


def purge(config: PipelineConfig, playlists: PurgedPlaylists, *, dry_run: bool) -> None:
    """Delete playlists, and, unless they were named, what is older than `retention_days`.

    Raises:
        PipelineError: a run is at work.
        DatabaseError: PostgreSQL refused, and nothing is deleted.
        BuildError: the raw rows are deleted, but the marts could not be rebuilt.
    """
    with database.connected() as connection:
        with _transactions(connection, config, dry_run=dry_run) as (deletions, of_log):
            outdated = _delete(deletions, of_log, config, playlists)
        _print(deletions.counts | of_log.counts, dry_run=dry_run)
        if playlists.named and not dry_run:
            log_files.forget_playlists(playlists.ids)
        elif config.retention_days is not None and not dry_run:
            log_files.delete_older(config.retention_days)
        again = [one for one in config.playlists if one in playlists.ids]
        if playlists.named and again:
            console().print(
                f"Still configured, so the next run loads it again: {', '.join(again)}. To keep it "
                "away, take it out of pipeline.yml."
            )
        if outdated and not dry_run:
            if config.report:
                delete_report(config.report)
            _rebuild(config.schema_prefix)
            if config.report:
                renew_report(config.schema_prefix, config.report)


def purge_everything(config: PipelineConfig, *, dry_run: bool) -> None:
    """Drop all schemas of the prefix, for a user who disconnects.

    Raises:
        PipelineError: a run is at work.
        DatabaseError: PostgreSQL refused, and nothing is deleted.
    """
    with (
        database.connected() as connection,
        _transactions(connection, config, dry_run=dry_run) as (deletions, of_log),
    ):
        for layer in LAYERS:
            (of_log if layer == "logging" else deletions).drop(layer)
    _print(deletions.counts | of_log.counts, dry_run=dry_run)
    if not dry_run:
        log_files.delete_older()
        if config.report:
            delete_report(config.report)
    console().print(LEFT_TO_THE_USER)


@contextmanager
def _transactions(
    connection: connection, config: PipelineConfig, *, dry_run: bool
) -> Iterator[tuple[Deletions, Deletions]]:
    """Yield what deletes in the warehouse and in the run log, where no run disturbs it.

    It is one transaction, committed, or rolled back in a dry run. A run log in another database
    has one of its own, committed first: where that alone happened, the next run rebuilds the marts
    in vain, and nothing else.
    """
    only_run(connection, config.schema_prefix)
    if not dry_run:
        delete_packages(config.name)
    try:
        with _transaction(connection, dry_run=dry_run) as cursor, ExitStack() as stack:
            of_log = cursor
            if database.run_log_address() != database.address():
                of_log = stack.enter_context(
                    _transaction(
                        stack.enter_context(database.connected_to_run_log()), dry_run=dry_run
                    )
                )
            yield Deletions(cursor, config.schema_prefix), Deletions(of_log, config.schema_prefix)
    except psycopg2.Error as error:
        raise DatabaseError(
            f"The purge failed, and nothing is deleted: {one_line(error)}"
        ) from error


@contextmanager
def _transaction(connection: connection, *, dry_run: bool) -> Iterator[cursor]:
    with connection, connection.cursor() as cursor:
        cursor.execute(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
        yield cursor
        if dry_run:
            connection.rollback()


def _delete(
    deletions: Deletions, of_log: Deletions, config: PipelineConfig, playlists: PurgedPlaylists
) -> bool:
    """Delete, and return whether that leaves the marts outdated, which the run log then knows."""
    raw_rows = unreferenced = 0
    loaded = "playlist_items" in deletions.columns("raw")
    if loaded:
        mend(deletions.cursor, f"{config.schema_prefix}_raw")
        raw_rows = raw.delete_playlists(deletions, playlists)
    history_rows = history.delete_playlists(deletions, playlists)
    if config.retention_days is not None and not playlists.named:
        if loaded:
            raw.delete_older(deletions, config.retention_days)
        history_rows += history.delete_older(deletions, config.retention_days)
        log.delete_older(of_log, config.retention_days)
    if loaded:
        unreferenced = raw.delete_unreferenced(deletions)
        history_rows += history.delete_unreferenced(deletions)
        raw.delete_copies(deletions)
    if playlists.named:
        log.forget_playlists(of_log, playlists)
    if playlists.named or raw_rows:
        deletions.drop("marts_candidate")  # the rejected marts of an earlier run
    outdated = unreferenced + history_rows > 0 or _marts_show_more(deletions)
    if outdated:
        logging = f"{config.schema_prefix}_logging"
        log.note_built_with(of_log.cursor, logging, log.PURGED_SINCE)
    return outdated


def _marts_show_more(deletions: Deletions) -> bool:
    """Say whether the marts show playlists of which there are no raw rows, since when ever."""
    if "playlists" not in deletions.columns("marts") or "playlists" not in deletions.columns("raw"):
        return False
    return bool(deletions.rows(SHOWN_WITHOUT_RAW_ROWS))


def _rebuild(schema_prefix: str) -> None:
    console().print("Rebuilding the marts ...")
    try:
        with Transformation(schema_prefix) as transformation:
            transformation.build(lambda _: None)
            version = transformation.version
    except BuildError as error:
        raise BuildError(
            f"The raw rows are deleted, but the marts in {schema_prefix}_marts still show them: "
            "mend what dbt names, then `spotify-elt run`, or the same purge again, rebuilds them. "
            f"{error}"
        ) from error
    # A log that cannot be written breaks no purge: the next run rebuilds once more.
    with (
        suppress(psycopg2.Error, DatabaseError),
        database.connected_to_run_log() as connection,
        connection.cursor() as cursor,
    ):
        log.note_built_with(cursor, f"{schema_prefix}_logging", version)
    console().print("The marts are rebuilt without what was deleted.")


def _print(counts: Mapping[str, int], *, dry_run: bool) -> None:
    """Print what went, and where copies of it are that are not deleted from here."""
    screen = console()
    if not counts:
        screen.print("There is nothing to delete.")
        return
    table = Table("would be deleted" if dry_run else "deleted", box=box.SIMPLE)
    table.add_column("rows", justify="right")
    for what, rows in counts.items():
        table.add_row(what, str(rows))
    screen.print(table)
    if dry_run:
        screen.print("This was a dry run: the deletion was run and rolled back. Nothing changed.")
    elif kept := os.environ.get("ARTEFACTS_URL"):
        screen.print(f"Reports of earlier runs in {kept} show it still: delete them there.")
