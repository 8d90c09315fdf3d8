"""What the run log tells a run about the earlier ones: the pipeline's only memory.

A fresh container learns from it which playlists are loaded whole, whether the marts show them, and
until when Spotify must not be called.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2.errors
from psycopg2.extensions import connection

from loader.access import SpotifyAccess
from loader.earlier_loads import KnownPlaylist
from loader.errors import ComeBackLaterError
from spotify_elt.warehouse.database import NOT_THERE

# {logging} is the run log's schema.
NOT_BEFORE = """
select max(not_before) from {logging}.pipeline_runs
where spotify_app = %s and not_before > now()
"""
KNOWN_PLAYLISTS = Path(__file__).with_name("known_playlists.sql")
LAST_BATCHES_REFUSED = """
select batches_refused from {logging}.pipeline_runs
where spotify_app = %s and changed_raw
order by started_at desc limit 1
"""
# The run that tells whether the marts are current; a purge that outdates them says so in its row.
SPEAKS_FOR_THE_MARTS = """
select run_id from {logging}.pipeline_runs
where changed_raw or built_with is not null
order by started_at desc limit 1
"""
LAST_BUILT_WITH = f"""
select built_with from {{logging}}.pipeline_runs where run_id = ({SPEAKS_FOR_THE_MARTS})
"""  # noqa: S608 - a constant
# Of a run that died: its id and its host are filled in, by Python or by PostgreSQL's format().
NEVER_ENDED = (
    "It never said how it ended: it was killed, or the database was gone by then. "
    "See logs/%s.log on %s."
)
SOME_HOST = "the machine it ran on"  # where an older version did not note which
NOTHING_LOGGED_YET = (*NOT_THERE, psycopg2.errors.UndefinedColumn)  # the last: an older version's


class EarlierRuns:
    """The run log, read only; where there is none yet, there were no earlier runs.

    Args:
        opened: a connection to it.
        schema: the run log's.
        access: who asks Spotify; what Spotify answered to others is not known.
    """

    def __init__(self, opened: connection, schema: str, access: SpotifyAccess) -> None:
        self._connection = opened
        self._schema = schema
        self._app = app_digest(access)

    def not_before(self) -> datetime | None:
        """Return until when (UTC) Spotify asked this app not to be called; None if it may be."""
        until = self._value(NOT_BEFORE, self._app)
        return until.astimezone(UTC) if until else None

    def refuse_before_time(self) -> None:
        """Make sure that Spotify may be called.

        Raises:
            ComeBackLaterError: Spotify asked this app not to call before a moment yet to come.
        """
        if until := self.not_before():
            raise ComeBackLaterError(until, "Spotify asked not to be called yet")

    def known_playlists(self, max_age: timedelta, market: str | None) -> dict[str, KnownPlaylist]:
        """Return what this app has loaded whole, for this market and not too long ago, by id."""
        query = KNOWN_PLAYLISTS.read_text(encoding="utf-8")
        found = self._rows(query, self._app, max_age, market)
        return {playlist_id: KnownPlaylist(*rest) for playlist_id, *rest in found}

    def batches_were_refused(self) -> bool:
        """Say whether Spotify refused batches to this app in the last run that asked it."""
        return bool(self._value(LAST_BATCHES_REFUSED, self._app))

    def marts_built_with(self) -> str | None:
        """Return the version of the dbt project that the marts were last published with.

        None where raw has changed since, or nothing was ever published.
        """
        built_with: str | None = self._value(LAST_BUILT_WITH)
        return built_with

    def _value(self, query: str, *parameters: Any) -> Any:
        ((value,),) = self._rows(query, *parameters) or [(None,)]
        return value

    def _rows(self, query: str, *parameters: Any) -> list[Any]:
        with self._connection.cursor() as cursor:
            try:
                cursor.execute(query.format(logging=self._schema), parameters)
            except NOTHING_LOGGED_YET:
                return []
            return cursor.fetchall()


def app_digest(access: SpotifyAccess) -> str:
    """Return what the log knows an app by: a digest of its id and of the way it signs in."""
    flow = "user" if access.refresh_token else "app"
    return hashlib.sha256(f"{access.client_id}\n{flow}".encode()).hexdigest()[:16]
