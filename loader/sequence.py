"""The sequence of a run: check, extract and load, dbt build, reconcile, report, answers.

Each playlist is read whole or not at all, one that fails does not stop the others, and what an
earlier run loaded is only ever replaced by something whole. The marts change last and all at once.
"""

import logging
import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from loader import artefacts
from loader.answers import Answers
from loader.console import console, counted
from loader.errors import (
    ComeBackLaterError,
    DatabaseError,
    PipelineError,
    SomeFailedError,
    in_words,
)
from loader.extract_load.extraction import Extraction
from loader.extract_load.outcome import Outcome
from loader.extract_load.source import spotify_source
from loader.extract_load.stored import Stored
from loader.extract_load.warehouse import Warehouse
from loader.log_lines import PRINTED, as_json
from loader.logs import RunLines
from loader.postgres import database
from loader.postgres.run_lock import only_run
from loader.reconciliation import counted_in_dbt, counted_in_raw, refuse_differences
from loader.report import renew_report
from loader.run_log.earlier_runs import EarlierRuns
from loader.run_log.writer import RunLog, Status
from loader.settings import PipelineConfig
from loader.spotify import consent
from loader.spotify.access import SpotifyAccess
from loader.spotify.client import Spotify
from loader.steps import Steps
from loader.summary import Summary, not_sent, print_summary
from loader.transform import Transformation

log = logging.getLogger(__name__)

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
            spotify = Spotify(access, config.concurrency, config.max_wait)
            extraction = Extraction(spotify, config, earlier_runs, force=force)
            this_run = _Run(config, spotify, extraction, transformation, run_log, steps)
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
            for line in summary.lines:
                log.info("%s: %s", *line, extra=PRINTED)
            this_run.end(_status(extraction.outcome, built=built), lines)
    if not as_json():
        _print(this_run.marts, extraction.outcome, summary)
    if failed := extraction.outcome.of("failed"):
        count = counted(len(failed), "playlists")
        raise SomeFailedError(f"{count} failed: {extraction.outcome.failures}")


def _status(outcome: Outcome, *, built: bool) -> Status:
    if outcome.of("failed"):
        return "partial"
    return "success" if outcome.rows or built else "skipped"


@dataclass(frozen=True)
class _Run:
    """The steps of one run, in order, and what they need."""

    config: PipelineConfig
    spotify: Spotify
    extraction: Extraction
    transformation: Transformation
    run_log: RunLog
    steps: Steps

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
        outcome, needs = self.extraction.outcome, self.extraction.needs
        with self.steps.step("Read playlists", len(self.config.playlists)) as advance:
            readings = self.extraction.readings(advance)
            load_ids = warehouse.extract(spotify_source(readings, needs, self.config.load_method))
        stopped = outcome.stopped or needs.stopped
        if outcome.of("loaded") or needs.count_read:
            with self.steps.step("Load"):
                self.run_log.changes_raw(load_ids)
                outcome.rows = warehouse.load()
                if self.config.load_method == "upsert":
                    emptied = [load.playlist_id for load in outcome.of("loaded") if not load.total]
                    warehouse.remove_items(emptied)
        outcome.loads = counted_in_raw(outcome.loads, Stored(f"{self.config.schema_prefix}_raw"))
        self.run_log.playlist_loads(outcome.loads)
        refuse_differences(outcome.loads)
        if stopped is not None:
            raise stopped
        if not outcome.answered:
            raise PipelineError(outcome.failures)

    def build(self, built_with: str | None) -> bool:
        """Build, test and publish the marts, and return True; False where they are current.

        Args:
            built_with: the version of the dbt project that they were last published with, if no
                earlier run has changed the raw tables since.
        """
        version = self.transformation.version
        unchanged = not self.extraction.outcome.rows
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
        outcome = self.extraction.outcome
        outcome.loads = counted_in_dbt(outcome.loads, self.config.schema_prefix)
        self.run_log.reconciled(outcome.loads)
        refuse_differences(outcome.loads)

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

    def summary(self, report: Path | None) -> Summary:
        """Return what is to be told at the end."""
        outcome = self.extraction.outcome
        with database.connected() as connection:
            missing = not_sent(connection, self.marts, outcome.answered)
        return Summary(
            rows=outcome.rows,
            unchanged=len(outcome.of("unchanged")),
            failed=[str(load.reason) for load in outcome.of("failed")],
            requests_made=self.spotify.requests_made,
            requests_saved=self.extraction.requests_saved,
            access_mode=self.extraction.needs.references.access_mode,
            seconds=self.steps.seconds,
            not_sent=missing,
            not_found=self.extraction.entities.not_found,
            report=report,
        )

    def end(self, status: Status, lines: RunLines, error: BaseException | None = None) -> None:
        """Log how the run ended, as its last line and in the run log."""
        outcome, entities = self.extraction.outcome, self.extraction.entities
        reason = in_words(error) if error else outcome.failures or None
        counts = {
            "api_requests": self.spotify.requests_made,
            "requests_saved": self.extraction.requests_saved,
            "retries": self.spotify.retries,
            "seconds_waited": round(self.spotify.seconds_waited, 1),
            "rows_by_table": dict(outcome.rows),
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


def _print(marts: str, outcome: Outcome, summary: Summary) -> None:
    screen = console()
    with database.connected() as connection:
        Answers(connection, marts, outcome.answered[:PLAYLISTS_PRINTED]).print(screen)
    more = len(outcome.answered) - PLAYLISTS_PRINTED
    if more > 0:
        screen.print(f"\n... and {more} more: `spotify-elt answers` prints them all.")
    print_summary(screen, summary)
