"""The sequence of a run: check, extract and load, dbt build, reconcile, report, answers.

Each playlist is read whole or not at all, one that fails does not stop the others, and what an
earlier run loaded is only ever replaced by something whole. The marts change last and all at once.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
from spotify_elt.run.reconciliation import reconcile
from spotify_elt.run.steps import Steps
from spotify_elt.run.summary import SummaryLines, not_sent, print_summary, summary_lines
from spotify_elt.run.transform import Transformation
from spotify_elt.run_log.writer import RunLog, Status
from spotify_elt.settings import dotenv_file
from spotify_elt.settings.pipeline_yml import PipelineConfig
from spotify_elt.warehouse import database
from spotify_elt.warehouse.load import Warehouse
from spotify_elt.warehouse.run_lock import only_run
from spotify_elt.warehouse.schemas import Schemas

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
        transformation: dbt, started as soon as it is sure to be needed.
        lines: what the run logs.
        force: read also the playlists that have not changed.

    Raises:
        SomeFailedError: some playlists failed; the others are loaded and answered.
        PipelineError: the run failed; its message says why and what to do.
    """
    steps = Steps(lines.screen)
    with steps.shown(), _alone(config, access, lines) as run_log:
        before = LoadedBefore(run_log.earlier, config, force=force)
        keep = dotenv_file.keep_refresh_token
        spotify = Spotify(access, config.concurrency, config.max_wait, keep, config.market)
        this_run = _Run(config, transformation, lines, steps, run_log, before, spotify)
        try:
            this_run.check()
            this_run.extract_and_load()
            this_run.build()
            this_run.reconcile()
            page = this_run.report()
            summary = this_run.summary(page)
        except BaseException as error:
            this_run.end(error)
            raise
        this_run.end()
    if not as_json():
        this_run.print(summary)
    outcome = this_run.outcome
    if failed := outcome.of("failed"):
        raise SomeFailedError(f"{counted(len(failed), 'playlists')} failed: {outcome.failures}")


@contextmanager
def _alone(config: PipelineConfig, access: SpotifyAccess, lines: RunLines) -> Iterator[RunLog]:
    """Have the schemas for this run alone; yields its log.

    An unreachable database, or another run, is told before Spotify is asked for anything.
    """
    with database.connected_to_run_log() as opened, ExitStack() as stack:
        try:
            warehouse = stack.enter_context(database.connected())
        except DatabaseError:
            with RunLog(lines, opened, config, access):
                raise
        only_run(warehouse, config.schema_prefix)
        count = counted(len(config.playlists), "playlists")
        log.info("Run %s: %s into %s", lines.run_id, count, database.address())
        if ending := consent.warning(access):
            log.warning("%s", ending)
        yield stack.enter_context(RunLog(lines, opened, config, access))


@dataclass
class _Run:
    """The steps of one run, in order, and what they need."""

    config: PipelineConfig
    transformation: Transformation
    lines: RunLines
    steps: Steps
    run_log: RunLog
    before: LoadedBefore
    spotify: Spotify
    rows: Counter[str] = field(default_factory=Counter)  # loaded, by raw table
    load_ids: list[str] = field(default_factory=list)  # dlt's
    built_with: str | None = None  # the version of the dbt project that the marts are of
    built: bool = False

    def __post_init__(self) -> None:
        self.outcome = Outcome()
        self.extraction = Extraction(self.spotify, self.config.playlists, self.before, self.outcome)
        self.schemas = Schemas.of(self.config.schema_prefix)

    def check(self) -> None:
        """Make sure that Spotify may be called, and takes the credentials."""
        self.run_log.earlier.refuse_before_time()
        self.built_with = self.run_log.earlier.marts_built_with()
        with self.steps.step("Sign in"):
            self.spotify.sign_in()
        if self.built_with != self.transformation.version:
            self.transformation.start()

    def extract_and_load(self) -> None:
        """Read and load what has changed, one load package after another."""
        warehouse = Warehouse(self.config.name, self.schemas.raw, self.config.load_method)
        warehouse.mend_half_loaded()
        while not self.extraction.finished:
            self._load_a_package(warehouse)
        if self.outcome.stopped is not None:
            raise self.outcome.stopped
        if not self.outcome.answered:
            raise PipelineError(self.outcome.failures)

    def _load_a_package(self, warehouse: Warehouse) -> None:
        """Read and load whole playlists with their artists and albums, and note them as loaded."""
        before, entities_before = len(self.outcome.loads), self.extraction.entities_read
        with self.steps.step("Read playlists", len(self.config.playlists)) as advance:

            def after_each() -> None:
                advance()
                if self.outcome.loads[-1].status == "loaded":
                    self.transformation.start()  # it parses while the rest is read

            self.load_ids += warehouse.extract(self.extraction, after_each)
        package = Outcome(self.outcome.loads[before:])
        loaded = package.of("loaded")
        if loaded or self.extraction.entities_read > entities_before:
            with self.steps.step("Load"):
                self.run_log.changes_raw(self.load_ids)
                self.rows.update(
                    warehouse.load([one.playlist_id for one in loaded if not one.total])
                )
        reconcile(package, self.run_log, self.schemas, ["rows_loaded"])

    def build(self) -> None:
        """Build, test and publish the marts, unless they are current."""
        version = self.transformation.version
        if not self.rows and version == self.built_with:
            with database.connected() as opened:
                if database.has(opened, f"{self.schemas.marts}.playlists"):
                    return
        with self.steps.step("dbt build") as advance:
            try:
                self.transformation.build(lambda nodes: advance(1, nodes))
            finally:
                self.run_log.dbt_results(self.transformation.results)
        self.run_log.published(version)
        self.built = True

    def reconcile(self) -> None:
        """Count the rows of every stage, and fail where one of them differs."""
        reconcile(self.outcome, self.run_log, self.schemas)

    def report(self) -> Path | None:
        """Make the HTML page where it is missing or old, and return where it is."""
        page = self.config.report or None
        if page is None or (not self.built and artefacts.is_there(page)):
            return page
        with self.steps.step("Report"):
            return page if renew_report(self.config.schema_prefix, page) else None

    def summary(self, page: Path | None) -> SummaryLines:
        """Return what is to be told at the end, and log it."""
        with database.connected() as opened:
            missing = not_sent(opened, self.schemas.marts, self.outcome.answered)
        made, seconds = self.spotify.requests_made, self.steps.seconds
        summary = summary_lines(self.extraction, self.rows, made, seconds, missing)
        if page:
            summary.append(("Report", str(page)))
        for line in summary:
            log.info("%s: %s", *line, extra=PRINTED)
        return summary

    def print(self, summary: SummaryLines) -> None:
        """Print the answers and the summary, for people."""
        screen, ids = console(), self.outcome.answered
        with database.connected() as opened:
            Answers(opened, self.schemas.marts, ids[:PLAYLISTS_PRINTED]).print(screen)
        more = len(ids) - PLAYLISTS_PRINTED
        if more > 0:
            screen.print(f"\n... and {more} more: `spotify-elt answers` prints them all.")
        print_summary(screen, summary)

    def end(self, error: BaseException | None = None) -> None:
        """Log how the run ended, as its last line and in the run log."""
        entities, files = self.extraction.entities, self.transformation.artefacts
        reason = in_words(error) if error else self.outcome.failures or None
        told: dict[str, Any] = {
            "api_requests": self.spotify.requests_made,
            "requests_saved": self.outcome.requests_saved,
            "retries": self.spotify.retries,
            "seconds_waited": round(self.spotify.seconds_waited, 1),
            "rows_by_table": self.rows,
            "entities_not_found": dict(entities.not_found),
        }
        status: Status = "success" if self.built else "skipped"
        if isinstance(error, ComeBackLaterError):
            status = "partial"
            told["not_before"] = error.not_before
        elif error is not None:
            status = "failed"
        elif self.outcome.of("failed"):
            status = "partial"
        self.lines.ended(status, reason, **told)
        if files and self.config.report:
            files.append(self.config.report)  # which shows the last good answers
        artefacts.keep(self.lines.run_id, files)
        self.run_log.finish(status, reason, batches_refused=entities.batches_refused, **told)
