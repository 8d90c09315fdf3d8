"""The sequence of a run: check, extract and load, dbt build, reconcile, report, answers.

Each playlist is read whole or not at all, one that fails does not stop the others, and what an
earlier run loaded is only ever replaced by something whole. The marts change last and all at once.
"""

import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from loader import consent
from loader.access import SpotifyAccess
from loader.client import Spotify
from loader.errors import ComeBackLaterError, PipelineError
from loader.extraction import Extraction
from loader.outcome import Outcome
from spotify_elt.answers.output import Answers
from spotify_elt.console import console, counted
from spotify_elt.errors import DatabaseError, SomeFailedError, in_words
from spotify_elt.log_lines import PRINTED, as_json
from spotify_elt.logs import RunLines
from spotify_elt.report import renew_report
from spotify_elt.run import artefacts
from spotify_elt.run.earlier_loads import LoadedBefore
from spotify_elt.run.reconciliation import counted_in, counted_in_raw, refuse_differences
from spotify_elt.run.steps import Steps
from spotify_elt.run.summary import not_sent, print_summary, summary_lines
from spotify_elt.run.transform import Transformation
from spotify_elt.run_log.earlier_runs import EarlierRuns
from spotify_elt.run_log.writer import RunLog, Status
from spotify_elt.settings import dotenv_file
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database
from spotify_elt.warehouse.load import Warehouse
from spotify_elt.warehouse.run_lock import only_run
from spotify_elt.warehouse.stored import Stored

log = logging.getLogger(__name__)

HOLDERS = {
    "staging holds": "staging.stg_playlist_items",
    "the marts hold": "marts.playlist_entries",
}
PLAYLISTS_PRINTED = 3  # after a run; `spotify-elt answers` prints them all


def run(
    config: PipelineConfig,
    access: SpotifyAccess,
    transformation: Transformation,
    lines: RunLines,
    *,
    force: bool,
) -> None:
    """Run the whole sequence and print the answers.

    Args:
        config: what to load and how.
        access: where Spotify is and who asks.
        transformation: dbt, which has begun to parse.
        lines: what the run logs.
        force: read also the playlists that have not changed.

    Raises:
        SomeFailedError: some playlists failed; the others are loaded and answered.
        PipelineError: the run failed; its message says why and what to do.
    """
    steps = Steps()
    # An unreachable database, or another run, is told before Spotify is asked for anything.
    with steps.shown(lines.screen), ExitStack() as stack:
        try:
            warehouse = stack.enter_context(database.connected())
        except DatabaseError:
            if database.run_log_address() == database.address():
                raise
            with database.connected_to_run_log() as opened, RunLog(lines, opened, config, access):
                raise
        only_run(warehouse, config.schema_prefix)
        count = counted(len(config.playlists), "playlists")
        log.info("Run %s: %s into %s", lines.run_id, count, database.address())
        if ending := consent.warning(access):
            log.warning("%s", ending)
        with (
            database.connected_to_run_log() as opened,
            RunLog(lines, opened, config, access) as run_log,
        ):
            earlier_runs = EarlierRuns(opened, run_log.schema, access)
            keep = dotenv_file.keep_refresh_token
            spotify = Spotify(access, config.concurrency, config.max_wait, keep)
            stored = Stored(f"{config.schema_prefix}_raw")
            before = LoadedBefore(earlier_runs, stored, config, force=force)
            extraction = Extraction(spotify, config.playlists, before, Outcome())
            this_run = _Run(config, spotify, stored, extraction, transformation, run_log, steps)
            try:
                earlier_runs.refuse_before_time()
                built_with = earlier_runs.marts_built_with()
                this_run.extract_and_load()
                built = this_run.build(built_with)
                this_run.reconcile()
                summary = this_run.summary(this_run.report(anew=built))
            except BaseException as error:
                later = isinstance(error, ComeBackLaterError)
                this_run.end("partial" if later else "failed", lines, error)
                raise
            for line in summary:
                log.info("%s: %s", *line, extra=PRINTED)
            this_run.end(
                _status(extraction.outcome, loaded=bool(this_run.rows), built=built), lines
            )
    if not as_json():
        _print(this_run.marts, extraction.outcome, summary)
    if failed := extraction.outcome.of("failed"):
        count = counted(len(failed), "playlists")
        raise SomeFailedError(f"{count} failed: {extraction.outcome.failures}")


def _status(outcome: Outcome, *, loaded: bool, built: bool) -> Status:
    if outcome.of("failed"):
        return "partial"
    return "success" if loaded or built else "skipped"


@dataclass
class _Run:
    """The steps of one run, in order, and what they need."""

    config: PipelineConfig
    spotify: Spotify
    stored: Stored
    extraction: Extraction
    transformation: Transformation
    run_log: RunLog
    steps: Steps
    rows: Mapping[str, int] = field(default_factory=dict)  # loaded, by raw table

    @property
    def marts(self) -> str:
        """The schema that people read."""
        return f"{self.config.schema_prefix}_marts"

    def extract_and_load(self) -> None:
        """Read and load what has changed."""
        with self.steps.step("Sign in"):
            self.spotify.sign_in()
        warehouse = Warehouse(self.config.name, self.config.schema_prefix)
        warehouse.mend_half_loaded()
        outcome = self.extraction.outcome
        with self.steps.step("Read playlists", len(self.config.playlists)) as advance:
            load_ids = warehouse.extract(self.extraction, self.config.load_method, advance)
        if outcome.of("loaded") or self.extraction.entities_read:
            with self.steps.step("Load"):
                self.run_log.changes_raw(load_ids)
                self.rows = warehouse.load()
                if self.config.load_method == "upsert":
                    emptied = [load.playlist_id for load in outcome.of("loaded") if not load.total]
                    warehouse.remove_items(emptied)
        in_raw = counted_in_raw(outcome, self.stored)
        self.run_log.playlist_loads(outcome.loads, in_raw)
        refuse_differences(outcome, in_raw, "the raw tables hold")
        if outcome.stopped is not None:
            raise outcome.stopped
        if not outcome.answered:
            raise PipelineError(outcome.failures)

    def build(self, built_with: str | None) -> bool:
        """Build, test and publish the marts, and return True; False where they are current.

        Args:
            built_with: the version of the dbt project that they were last published with, if no
                earlier run has changed the raw tables since.
        """
        version = self.transformation.version
        unchanged = not self.rows
        if unchanged and version == built_with and self._marts_are_there():
            return False
        with self.steps.step("dbt build") as advance:
            try:
                self.transformation.build(lambda nodes: advance(1, nodes))
            finally:
                self.run_log.dbt_results(self.transformation.results)
        self.run_log.published(version)
        return True

    def reconcile(self) -> None:
        """Count the rows of every stage, and fail where one of them differs."""
        outcome, prefix = self.extraction.outcome, self.config.schema_prefix
        with database.connected() as connection:
            counts = {
                holder: counted_in(f"{prefix}_{relation}", connection, outcome.answered)
                for holder, relation in HOLDERS.items()
            }
        self.run_log.reconciled(*counts.values())
        for holder, rows in counts.items():
            refuse_differences(outcome, rows, holder)

    def report(self, *, anew: bool) -> Path | None:
        """Make the HTML page where it is missing or old, and return where it is."""
        path = self.config.report
        if not path:
            return None
        if not anew and _is_there(path):
            return path
        with self.steps.step("Report"):
            return path if renew_report(self.config.schema_prefix, path) else None

    def made(self) -> list[Path]:
        """Return the files that a build left, and the page that shows the last good answers."""
        files = self.transformation.artefacts
        page = self.config.report
        return [*files, page] if files and page and _is_there(page) else files

    def summary(self, report: Path | None) -> list[tuple[str, str]]:
        """Return what is to be told at the end."""
        with database.connected() as connection:
            missing = not_sent(connection, self.marts, self.extraction.outcome.answered)
        made, seconds = self.spotify.requests_made, self.steps.seconds
        lines = summary_lines(self.extraction, self.rows, made, seconds, missing)
        return [*lines, ("Report", str(report))] if report else lines

    def end(self, status: Status, lines: RunLines, error: BaseException | None = None) -> None:
        """Log how the run ended, as its last line and in the run log."""
        outcome, entities = self.extraction.outcome, self.extraction.entities
        reason = in_words(error) if error else outcome.failures or None
        counts = {
            "api_requests": self.spotify.requests_made,
            "requests_saved": self.extraction.outcome.requests_saved,
            "retries": self.spotify.retries,
            "seconds_waited": round(self.spotify.seconds_waited, 1),
            "rows_by_table": dict(self.rows),
            "entities_not_found": dict(entities.not_found),
        }
        later = {"not_before": error.not_before} if isinstance(error, ComeBackLaterError) else {}
        lines.ended(status, reason, **counts, **later)
        artefacts.keep(lines.run_id, self.made())
        self.run_log.finish(
            status,
            reason,
            batches_refused=entities.batches_refused,
            **counts,
            **later,
        )

    def _marts_are_there(self) -> bool:
        with database.connected() as connection:
            return database.has(connection, f"{self.marts}.playlists")


def _is_there(path: Path) -> bool:
    """Say whether a file is there; Path.exists raises where a folder is closed."""
    return os.access(path, os.F_OK)


def _print(marts: str, outcome: Outcome, summary: Sequence[tuple[str, str]]) -> None:
    screen = console()
    with database.connected() as connection:
        Answers(connection, marts, outcome.answered[:PLAYLISTS_PRINTED]).print(screen)
    more = len(outcome.answered) - PLAYLISTS_PRINTED
    if more > 0:
        screen.print(f"\n... and {more} more: `spotify-elt answers` prints them all.")
    print_summary(screen, summary)
