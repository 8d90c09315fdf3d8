"""The sequence of a run: check, extract and load, dbt build, answers.

Each playlist is read whole or not at all, one that fails does not stop the others, and what an
earlier run loaded is only ever replaced by something whole. The marts change last and all at once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

from loader import database
from loader.answers import print_answers
from loader.console import Steps, console
from loader.entities import Entities, References
from loader.errors import ComeBackLaterError, PipelineError, PlaylistError, SpotifyError
from loader.reading import Reading, read_playlist
from loader.settings import PipelineConfig, SpotifyAccess
from loader.source import spotify_source
from loader.spool import Spool
from loader.spotify import Spotify
from loader.summary import not_sent, print_summary
from loader.transform import Transformation
from loader.warehouse import Warehouse

log = logging.getLogger(__name__)

PLAYLISTS_PRINTED = 3  # after a run; `spotify-elt answers` prints them all


@dataclass
class Outcome:
    """What became of the playlists of a run.

    Attributes:
        loaded: total rows of each playlist that was read whole.
        failed: for each of the others, the sentence that says why.
        stopped: set where Spotify asked for a longer wait than `max_wait`.
    """

    loaded: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    stopped: ComeBackLaterError | None = None

    @property
    def exit_code(self) -> int:
        """0 when all is loaded, 3 when some playlists failed."""
        return 3 if self.failed else 0


def run(config: PipelineConfig, access: SpotifyAccess, transformation: Transformation) -> int:
    """Run the whole sequence, print the answers, and return the exit code.

    Args:
        config: what to load and how.
        access: where Spotify is and who asks.
        transformation: dbt, which has begun to parse.

    Raises:
        PipelineError: the run failed; its message says why and what to do.
    """
    steps, outcome, spool = Steps(), Outcome(), Spool()
    spotify = Spotify(
        access,
        config.concurrency,
        config.max_wait,
        lambda seconds: log.warning("Spotify asks to wait: pausing for %.0f s", seconds),
    )
    marts = f"{config.schema_prefix}_marts"
    with steps.shown():
        with steps.step("Check"):
            with database.connected():
                pass  # an unreachable database is told before Spotify is asked for anything
            spotify.sign_in()
        counts = _extract_and_load(config, spotify, spool, steps, outcome)
        if outcome.stopped is not None:
            raise outcome.stopped
        with steps.step("dbt build") as advance:
            transformation.build(lambda nodes: advance(1, nodes))
    with database.connected() as connection:
        screen = console()
        playlist_ids = list(outcome.loaded)
        print_answers(connection, marts, screen, playlist_ids[:PLAYLISTS_PRINTED])
        missing = not_sent(connection, marts, playlist_ids)
        print_summary(screen, counts, spotify.requests_made, steps.seconds, missing)
    return outcome.exit_code


def _extract_and_load(
    config: PipelineConfig, spotify: Spotify, spool: Spool, steps: Steps, outcome: Outcome
) -> dict[str, int]:
    warehouse = Warehouse(config.name, config.schema_prefix)
    with steps.step("Read playlists", len(config.playlists)) as advance:

        def readings() -> Iterator[Reading]:
            for playlist_id in config.playlists:
                reading = _read(spotify, playlist_id, spool, config.concurrency, outcome)
                advance()
                if reading is not None:
                    yield reading
                if outcome.stopped is not None:
                    return

        source = spotify_source(
            readings(), Entities(spotify, config.concurrency), References(), config.load_method
        )
        warehouse.extract(source)
    if not outcome.loaded:
        raise outcome.stopped or PipelineError("\n".join(outcome.failed.values()))
    with steps.step("Load"):
        counts = warehouse.load()
        emptied = [playlist_id for playlist_id, total in outcome.loaded.items() if total == 0]
        if config.load_method == "upsert":
            warehouse.remove_items(emptied)
    return counts


def _read(
    spotify: Spotify, playlist_id: str, spool: Spool, workers: int, outcome: Outcome
) -> Reading | None:
    """Read one playlist; where that fails, note why and let the others go on."""
    try:
        reading = read_playlist(spotify, playlist_id, spool, workers)
    except ComeBackLaterError as stop:
        outcome.stopped = stop
    except (PlaylistError, SpotifyError) as error:
        log.warning("%s", error)
        outcome.failed[playlist_id] = str(error)
    else:
        outcome.loaded[playlist_id] = reading.total
        log.info("Playlist %s: %s rows read", playlist_id, reading.total)
        return reading
    return None
