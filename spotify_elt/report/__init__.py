"""The page for those who never open psql: one HTML file about all playlists, from the marts.

    marts -> contents (JSON) -> page (HTML, with styles and scripts inside)

It works offline and asks nobody for anything; a Content-Security-Policy sees to that. What stands
in `vendor` is other people's: `make vendor` renews it.
"""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from psycopg2.extensions import connection

from loader.errors import PipelineError
from spotify_elt.errors import in_words
from spotify_elt.report.contents import read_contents
from spotify_elt.report.page import as_html
from spotify_elt.warehouse import database
from spotify_elt.warehouse.sample import holds_sample
from spotify_elt.warehouse.schemas import Schemas

log = logging.getLogger(__name__)


def write_report(warehouse: connection, schema_prefix: str, path: Path) -> None:
    """Make the page from the marts; a reader of the old one never sees half of the new one.

    Args:
        warehouse: where the marts are.
        schema_prefix: they are in `<schema_prefix>_marts`.
        path: of the HTML file; folders that are missing are made.

    Raises:
        PipelineError: there are no answers yet, or the file cannot be written.
        psycopg2.Error: the marts cannot be read.
    """
    told = read_contents(warehouse, Schemas.of(schema_prefix).marts)
    html = as_html(told, sample=holds_sample(warehouse, schema_prefix))
    try:
        # Through links, one of which may lead to a folder that is not there yet.
        _replace(path.resolve(), html)
    except OSError as error:
        raise PipelineError(
            f"The report cannot be written to {path} ({error.strerror}): name another place "
            "as `report` in pipeline.yml, or switch it off with `report: false`."
        ) from error


def renew_report(schema_prefix: str, path: Path) -> bool:
    """Make the page where others have done the work; one that fails is a warning.

    Returns:
        Whether the page was made.
    """
    try:
        with database.connected() as connection:
            write_report(connection, schema_prefix, path)
    except Exception as error:  # noqa: BLE001 - the data is good all the same
        log.warning("No report was made, the answers are good: %s", in_words(error))
        return False
    return True


def delete_report(path: Path) -> None:
    """Delete the page, because it shows what may not be kept."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("Delete %s yourself, it shows what was deleted: %s", path, error)


def _replace(path: Path, pieces: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            file.writelines(pieces)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
