"""Deleting what may not, or need not, be kept: `spotify-elt purge`.

    raw rows, history     one transaction of dbt's (macros/purge.sql)
    run log               one of its own, committed just before that one
    -> marts, report      rebuilt and published by the same dbt, made anew, as in a run

A dry run is the same, rolled back. The log notes that the marts are outdated, so that a purge which
dies, or whose build fails, leaves it to the next run to rebuild them; one that dies between the two
commits lets it rebuild them in vain. dlt's load packages on disk are copies too, and go first.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from rich import box
from rich.table import Table

from loader.errors import SettingsError, one_line
from spotify_elt.console import console
from spotify_elt.errors import BuildError, DatabaseError
from spotify_elt.operations import log_files, purge_run_log
from spotify_elt.report import delete_report, renew_report
from spotify_elt.run.transform import Transformation
from spotify_elt.settings.pipeline_yml import PipelineConfig, playlist_ids
from spotify_elt.warehouse import database
from spotify_elt.warehouse.leftovers import MEND, delete_packages
from spotify_elt.warehouse.run_lock import only_run
from spotify_elt.warehouse.schemas import LAYERS, Schemas

LEFT_TO_THE_USER = (
    "What only you can do: take SPOTIFY_REFRESH_TOKEN and SPOTIFY_CONSENT_DATE out of .env or your "
    "secret store, remove the app at https://www.spotify.com/account/apps, and delete backups and "
    "other copies of the database."
)


def chosen(config: PipelineConfig, named: list[str] | None) -> list[str]:
    """Return the ids of the playlists that were named to be deleted; none, if none was.

    Args:
        config: names the playlists to keep, where none is named to be deleted.
        named: ids, URIs or URLs of playlists to be deleted.

    Raises:
        SettingsError: a name is no playlist, or neither the settings nor the user name any: the
            default playlist must not make a purge delete all others.
    """
    if named:
        return playlist_ids(named)
    if "playlists" not in config.model_fields_set:
        raise SettingsError(
            "pipeline.yml names no playlists, so all that are stored would count as no longer "
            "configured: name there those to keep, or with --playlist those to delete, or delete "
            "all with --everything."
        )
    return []


def purge(config: PipelineConfig, named: list[str], *, dry_run: bool) -> None:
    """Delete playlists, and, unless they were named, what is older than `retention_days`.

    Args:
        config: names the playlists to keep, where none is named.
        named: the ids of those to be deleted.
        dry_run: count, and delete nothing.

    Raises:
        PipelineError: a run is at work.
        DatabaseError: PostgreSQL refused, and nothing is deleted.
        BuildError: the raw rows are deleted, but the marts could not be rebuilt.
    """
    days = None if named else config.retention_days
    arguments = {
        "playlists": named or config.playlists,
        "named": bool(named),
        "days": days,
        "mend": MEND.format(raw=Schemas.of(config.schema_prefix).raw),
    }
    of_log = "playlists" if named else "older"
    with _deleted(config, "purge", arguments, of_log, dry_run=dry_run) as (dbt, outdated):
        if again := [one for one in config.playlists if one in named]:
            console().print(
                f"Still configured, so the next run loads it again: {', '.join(again)}. To keep it "
                "away, take it out of pipeline.yml."
            )
        if dry_run:
            return
        if named:
            log_files.forget_playlists(named)
        elif days is not None:
            log_files.delete_older(days)
        if outdated:
            _rebuild(dbt, config)


def purge_everything(config: PipelineConfig, *, dry_run: bool) -> None:
    """Drop all schemas of the prefix, for a user who disconnects.

    Raises:
        PipelineError: a run is at work.
        DatabaseError: PostgreSQL refused, and nothing is deleted.
    """
    # In the warehouse the log goes with all the rest.
    elsewhere = database.run_log_address() != database.address()
    arguments, of_log = {"layers": LAYERS}, "everything" if elsewhere else "nothing"
    with _deleted(config, "purge_everything", arguments, of_log, dry_run=dry_run):
        pass
    if not dry_run:
        log_files.delete_older()
        if config.report:
            delete_report(config.report)
    console().print(LEFT_TO_THE_USER)


@contextmanager
def _deleted(
    config: PipelineConfig, macro: str, arguments: dict[str, Any], of_log: str, *, dry_run: bool
) -> Iterator[tuple[Transformation, bool]]:
    """Delete, say what went, and yield dbt and whether the marts are outdated; no run disturbs.

    Args:
        config: the settings.
        macro: what deletes in the warehouse.
        arguments: the macro's, without `dry_run`.
        of_log: what is deleted in the run log.
        dry_run: roll back.
    """
    logging = Schemas.of(config.schema_prefix).logging
    with database.connected() as lock:
        only_run(lock, config.schema_prefix)
        if not dry_run:
            delete_packages(config.name)
        with Transformation(config.schema_prefix) as dbt:
            try:
                with (
                    dbt.operation(macro, {**arguments, "dry_run": dry_run}) as told,
                    database.connected_to_run_log() as opened,
                    opened,
                    opened.cursor() as cursor,
                ):
                    cursor.execute("set local lock_timeout = '30s'")  # as dbt waits for readers
                    counts = Counter(told["gone"])
                    counts += purge_run_log.delete(cursor, logging, of_log, **arguments)
                    if told["outdated"]:
                        purge_run_log.note_built_with(cursor, logging, purge_run_log.PURGED_SINCE)
                    only_run(lock, config.schema_prefix)  # it is still ours
                    if dry_run:
                        opened.rollback()
            except (psycopg2.Error, BuildError) as error:
                raise DatabaseError(
                    f"The purge failed, and nothing is deleted: {one_line(error)}"
                ) from error
            _print(counts, dry_run=dry_run)
            yield dbt, told["outdated"]


def _rebuild(dbt: Transformation, config: PipelineConfig) -> None:
    if config.report:
        delete_report(config.report)
    console().print("Rebuilding the marts ...")
    prefix = config.schema_prefix
    try:
        dbt.build(lambda _: None)
    except BuildError as error:
        raise BuildError(
            f"The raw rows are deleted, but the marts in {prefix}_marts still show them: "
            "mend what dbt names, then `spotify-elt run`, or the same purge again, rebuilds them. "
            f"{error}"
        ) from error
    # A log that cannot be written breaks no purge: the next run rebuilds once more.
    with (
        suppress(psycopg2.Error, DatabaseError),
        database.connected_to_run_log() as opened,
        opened.cursor() as cursor,
    ):
        purge_run_log.note_built_with(cursor, Schemas.of(prefix).logging, dbt.version)
    console().print("The marts are rebuilt without what was deleted.")
    if config.report:
        renew_report(prefix, config.report)


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
