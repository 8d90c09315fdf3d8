"""The command line: one command a verb, errors as one sentence, exit codes that mean something.

0 done · 1 failed · 2 wrong usage, settings or credentials · 3 some playlists failed, the others
are loaded · 75 come back later (rate limit or quota; nothing lost).
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NoReturn, get_args

from loader.access import SpotifyAccess, spotify_access
from loader.errors import PipelineError, SettingsError
from spotify_elt import logs, versions
from spotify_elt.answers.output import Answers
from spotify_elt.answers.questions import QUESTION_NUMBERS
from spotify_elt.console import console, utf8_output
from spotify_elt.errors import SignalledError, in_words
from spotify_elt.operations import check_env_file
from spotify_elt.operations import status as last_runs
from spotify_elt.operations.findings import exit_code, print_findings
from spotify_elt.redaction import redacted
from spotify_elt.report import write_report
from spotify_elt.run.deadline import deadline
from spotify_elt.run.transform import Transformation, run_dbt
from spotify_elt.settings import dotenv_file
from spotify_elt.settings import pipeline_yml as settings
from spotify_elt.warehouse import database, run_lock
from spotify_elt.warehouse import sample as bundled

OUTPUT_CLOSED = 128 + signal.SIGPIPE  # exit code, as shells have it


def _raise_signalled(number: int, _frame: object) -> NoReturn:
    raise SignalledError(number)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        _on_signals(_raise_signalled)
        code = _exit_code(options)
    except SignalledError as signalled:
        _on_signals(signal.SIG_DFL)  # a second one need not wait for the sentence
        logs.complain(in_words(signalled))
        # Not by way of sys.exit, which would wait for the answers that workers still wait for.
        sys.stderr.flush()
        os._exit(signalled.exit_code)
    _on_signals(signal.SIG_DFL)
    return code


def _on_signals(handler: Callable[[int, object], NoReturn] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _exit_code(options: argparse.Namespace) -> int:
    """Run the command; a signal may also come while it is said why one failed."""
    try:
        dotenv_file.load()
        logs.show_warnings()
        return _finished(options.command(options))
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OUTPUT_CLOSED
    except Exception as error:  # noqa: BLE001 - a user must never be shown a traceback
        logs.complain(in_words(error))
        return error.exit_code if isinstance(error, PipelineError) else 1


def _finished(code: int) -> int:
    """Return `code` when all output has really gone out."""
    sys.stdout.flush()
    return code


def run(options: argparse.Namespace) -> int:
    """Load the playlists, build and test the marts, print the five answers."""
    from spotify_elt.run import notices  # noqa: PLC0415 - requests, which only a run needs

    config = settings.pipeline_config()
    changes: dict[str, object] = {}
    if options.playlist:
        changes["playlists"] = options.playlist
    if options.load_method:
        changes["load_method"] = options.load_method
    if changes:
        config = settings.validated({**config.model_dump(), **changes}, "arguments")
    lines = logs.RunLines()
    notify_url = config.notify_url.get_secret_value() if config.notify_url else None
    with (
        lines.collected(),
        notices.on_failure(notify_url, lines.run_id),
        deadline(config.max_runtime),
    ):
        _run(config, lines, sample=options.sample, force=options.force)
    return 0


def _run(
    config: settings.PipelineConfig, lines: logs.RunLines, *, sample: bool, force: bool
) -> None:
    access_to: AbstractContextManager[SpotifyAccess]
    if sample:
        bundled.refuse_unless_embedded()
        access_to = bundled.sample_spotify()
    else:
        access_to = nullcontext(spotify_access())
    with access_to as access, database.at_hand() as embedded:
        if embedded:
            with database.connected() as connection:
                bundled.keep_apart(connection, config.schema_prefix, sample=sample)
        if sample:
            print("This is the bundled sample playlist, invented data, not Spotify's.")
        with Transformation(config.schema_prefix) as transformation:
            from spotify_elt.run import sequence  # noqa: PLC0415 - dlt's import goes on beside dbt's

            sequence.run(config, access, transformation, lines, force=force)
        if sample:
            print("\nThis was the bundled sample. For your playlists: copy .env.example to .env.")


def answers(options: argparse.Namespace) -> int:
    """Print the five questions and their answers."""
    if options.csv and not options.question:
        raise SettingsError("--csv prints one table: say which, such as --question 2.")
    config = settings.pipeline_config()
    ids = settings.playlist_ids(options.playlist) if options.playlist else None
    numbers = [options.question] if options.question else QUESTION_NUMBERS
    with database.at_hand(), database.connected() as connection:
        found = Answers(connection, f"{config.schema_prefix}_marts", ids, numbers)
        if options.json:
            print(found.as_json(), file=utf8_output())
        elif options.csv:
            found.write_csv(utf8_output())
        else:
            found.print(console())
    return 0


def report(_: argparse.Namespace) -> int:
    """Make the HTML page about the playlists from what was loaded."""
    config = settings.pipeline_config()
    if not config.report:
        raise SettingsError("`report: false` in pipeline.yml switches the page off: name its file.")
    with database.at_hand(), database.connected() as connection:
        write_report(connection, config.schema_prefix, config.report)
    print(f"The report is in {config.report}.")
    return 0


def status(options: argparse.Namespace) -> int:
    """Show the last runs; exit code 1 when the last one failed or none ended well lately."""
    config = settings.pipeline_config()
    try:
        with database.at_hand():
            with database.connected() as warehouse:
                at_work = run_lock.at_work(warehouse, config.schema_prefix)
            with database.connected_to_run_log() as connection:
                schema = f"{config.schema_prefix}_logging"
                found = last_runs.health(connection, schema, config.max_age, at_work=at_work)
    except PipelineError as error:
        if not options.json:
            raise
        found = last_runs.Health([], None, redacted(str(error)))
    if options.json:
        print(last_runs.as_json(found))
    else:
        last_runs.print_status(console(), found)
    return 0 if found.trouble is None else 1


def dbt(options: argparse.Namespace) -> int:
    """Run dbt with the same settings and database, such as `dbt -- docs serve`."""
    with database.at_hand():
        return run_dbt(options.arguments, settings.pipeline_config().schema_prefix)


def purge(options: argparse.Namespace) -> int:
    """Delete the playlists that are no longer configured, and what is older than retention_days."""
    from spotify_elt.operations import purge as deletion  # noqa: PLC0415 - spotipy
    from spotify_elt.operations.purge.playlists import chosen  # noqa: PLC0415 - beside it

    config = settings.pipeline_config()
    playlists = None if options.everything else chosen(config, options.playlist)
    with database.at_hand():
        if playlists is None:
            deletion.purge_everything(config, dry_run=options.dry_run)
        else:
            deletion.purge(config, playlists, dry_run=options.dry_run)
    return 0


def login(options: argparse.Namespace) -> int:
    """Sign in once in the browser, and keep the refresh token in .env."""
    from spotify_elt.operations import login as sign_in  # noqa: PLC0415 - spotipy

    # A bad date of the last consent is about to be replaced.
    known = {name: value for name, value in os.environ.items() if name != "SPOTIFY_CONSENT_DATE"}
    sign_in.login(spotify_access(known), printed=options.print)
    return 0


def check(options: argparse.Namespace) -> int:
    """Show whether credentials, playlists and database are ready for a run; write nothing."""
    if options.env_file:
        found = check_env_file.findings(options.env_file)
        print_findings(console(), found)
        return exit_code(found)
    from spotify_elt.operations import check as readiness  # noqa: PLC0415 - spotipy

    return readiness.check(console())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="spotify-elt",
        description="What is in a Spotify playlist: raw JSON to PostgreSQL, five tested answers.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {versions.OWN}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(function: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        """Add the command that a function is: its name, and its docstring as the help."""
        text = function.__doc__
        added = commands.add_parser(function.__name__, help=text, description=text)
        added.set_defaults(command=function)
        return added

    run_command = command(run)
    run_command.add_argument(
        "--sample",
        action="store_true",
        help="load the bundled sample playlist into the embedded database",
    )
    run_command.add_argument(
        "--playlist",
        action="append",
        metavar="ID",
        help="load this playlist (id, URI or URL) instead of those in pipeline.yml; repeatable",
    )
    run_command.add_argument(
        "--load-method",
        choices=get_args(settings.LoadMethod),
        help="instead of the one in pipeline.yml",
    )
    run_command.add_argument(
        "--force", action="store_true", help="load also the playlists that have not changed"
    )

    login_command = command(login)
    login_command.add_argument(
        "--print",
        action="store_true",
        help="print the refresh token alone, for a secret store, instead of writing it to .env",
    )

    check_command = command(check)
    check_command.add_argument(
        "--env-file",
        type=Path,
        metavar="FILE",
        help="only tell which lines of this .env ECS would read differently",
    )

    answers_command = command(answers)
    answers_command.add_argument(
        "--question", type=int, choices=QUESTION_NUMBERS, help="only this one of the five questions"
    )
    answers_command.add_argument(
        "--playlist",
        action="append",
        metavar="ID",
        help="only for this playlist (id, URI or URL); repeatable",
    )
    form = answers_command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print all rows as JSON")
    form.add_argument(
        "--csv",
        action="store_true",
        help="print all rows of a question as CSV; a name that a spreadsheet would take for a "
        "formula begins with an apostrophe",
    )

    command(report)

    status_command = command(status)
    status_command.add_argument("--json", action="store_true", help="print it for machines")

    purge_command = command(purge)
    purge_command.add_argument(
        "--dry-run", action="store_true", help="count what would be deleted, and delete nothing"
    )
    instead = purge_command.add_mutually_exclusive_group()
    instead.add_argument(
        "--playlist",
        action="append",
        metavar="ID",
        help="delete all there is of this playlist (id, URI or URL), and nothing else; repeatable",
    )
    instead.add_argument(
        "--everything",
        action="store_true",
        help="delete all that the pipeline has stored, as when a user disconnects",
    )

    dbt_command = command(dbt)
    dbt_command.usage = "%(prog)s -- ARGS"
    dbt_command.add_argument("arguments", nargs="+", metavar="ARGS", help="dbt's own arguments")
    return parser
