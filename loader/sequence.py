"""The sequence of a run: check, extract and load, dbt build, answers.

Each playlist is read whole or not at all, one that fails does not stop the others, and what an
earlier run loaded is only ever replaced by something whole. The marts change last and all at once.
"""

import logging
from collections.abc import Mapping

from loader import consent, database
from loader.answers import print_answers
from loader.console import Steps, console
from loader.errors import ComeBackLaterError, PipelineError
from loader.extraction import Extraction
from loader.outcome import Outcome
from loader.run_log import RunLog, Status
from loader.settings import PipelineConfig, SpotifyAccess
from loader.source import spotify_source
from loader.spotify import Spotify
from loader.summary import Summary, not_sent, print_summary
from loader.transform import Transformation
from loader.warehouse import Warehouse

log = logging.getLogger(__name__)

SOME_FAILED = 3  # exit code
PLAYLISTS_PRINTED = 3  # after a run; `spotify-elt answers` prints them all


def run(
    config: PipelineConfig,
    access: SpotifyAccess,
    transformation: Transformation,
    *,
    force: bool,
) -> int:
    """Run the whole sequence, print the answers, and return the exit code.

    Args:
        config: what to load and how.
        access: where Spotify is and who asks.
        transformation: dbt, which has begun to parse.
        force: read also the playlists that have not changed.

    Raises:
        PipelineError: the run failed; its message says why and what to do.
    """
    steps = Steps()
    spotify = Spotify(access, config.concurrency, config.max_wait)
    # An unreachable database, or another run, is told before Spotify is asked for anything.
    with steps.shown(), database.connected() as connection:
        if ending := consent.warning(access):
            log.warning("%s", ending)
        run_log = RunLog(connection, config, access)
        extraction = Extraction(spotify, config, run_log, force=force)
        try:
            run_log.refuse_before_time()
            with steps.step("Sign in"):
                spotify.sign_in()
            rows = _extract_and_load(config, extraction, run_log, steps)
            built = _build(transformation, run_log, steps)
        except BaseException as error:
            _note(run_log, spotify, extraction, _status_of(error, extraction.outcome), error)
            raise
        outcome = extraction.outcome
        changed: Status = "success" if rows or built else "skipped"
        status: Status = "partial" if outcome.of("failed") else changed
        _note(run_log, spotify, extraction, status)
    _print(config, spotify, extraction, steps, rows)
    return SOME_FAILED if outcome.of("failed") else 0


def _extract_and_load(
    config: PipelineConfig, extraction: Extraction, run_log: RunLog, steps: Steps
) -> Mapping[str, int]:
    """Read and load what has changed, and return the rows loaded by table: none if nothing had."""
    warehouse = Warehouse(config.name, config.schema_prefix)
    warehouse.mend_half_loaded()
    outcome, needs = extraction.outcome, extraction.needs
    with steps.step("Read playlists", len(config.playlists)) as advance:
        readings = extraction.readings(advance)
        load_ids = warehouse.extract(spotify_source(readings, needs, config.load_method))
    stopped = outcome.stopped or needs.stopped
    rows: Mapping[str, int] = {}
    if outcome.of("loaded") or needs.count_read:
        with steps.step("Load"):
            run_log.changes_raw(load_ids)
            rows = warehouse.load()
            if config.load_method == "upsert":
                emptied = [load.playlist_id for load in outcome.of("loaded") if load.total == 0]
                warehouse.remove_items(emptied)
    run_log.playlist_loads(outcome.loads)
    if stopped is not None:
        raise stopped
    if not outcome.of("loaded", "unchanged"):
        raise PipelineError(outcome.failures)
    return rows


def _build(transformation: Transformation, run_log: RunLog, steps: Steps) -> bool:
    """Build, test and publish the marts, and return True; False where they are current."""
    if run_log.marts_are_current(transformation.version):
        return False
    with steps.step("dbt build") as advance:
        transformation.build(lambda nodes: advance(1, nodes))
    run_log.published(transformation.version)
    return True


def _status_of(error: BaseException, outcome: Outcome) -> Status:
    stopped_half_way = isinstance(error, ComeBackLaterError) and outcome.of("loaded", "unchanged")
    return "partial" if stopped_half_way else "failed"


def _note(
    run_log: RunLog,
    spotify: Spotify,
    extraction: Extraction,
    status: Status,
    error: BaseException | None = None,
) -> None:
    run_log.finish(
        status,
        str(error) or type(error).__name__ if error else extraction.outcome.failures or None,
        not_before=error.not_before if isinstance(error, ComeBackLaterError) else None,
        api_requests=spotify.requests_made,
        requests_saved=extraction.requests_saved,
        batches_refused=extraction.entities.batches_refused,
    )


def _print(
    config: PipelineConfig,
    spotify: Spotify,
    extraction: Extraction,
    steps: Steps,
    rows: Mapping[str, int],
) -> None:
    marts = f"{config.schema_prefix}_marts"
    playlist_ids = [load.playlist_id for load in extraction.outcome.of("loaded", "unchanged")]
    screen = console()
    with database.connected() as connection:
        print_answers(connection, marts, screen, playlist_ids[:PLAYLISTS_PRINTED])
        more = len(playlist_ids) - PLAYLISTS_PRINTED
        if more > 0:
            screen.print(f"\n... and {more} more: `spotify-elt answers` prints them all.")
        missing = not_sent(connection, marts, playlist_ids)
    summary = Summary(
        rows=rows,
        unchanged=len(extraction.outcome.of("unchanged")),
        failed=[str(load.reason) for load in extraction.outcome.of("failed")],
        requests_made=spotify.requests_made,
        requests_saved=extraction.requests_saved,
        access_mode=extraction.needs.references.access_mode,
        seconds=steps.seconds,
        not_sent=missing,
    )
    print_summary(screen, summary)
