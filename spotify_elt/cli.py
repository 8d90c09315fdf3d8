"""The command line: one command a verb, errors as one sentence, exit codes that mean something.

0 done · 1 failed · 2 wrong usage, settings or credentials · 3 some playlists failed, the others
are loaded · 75 come back later (rate limit or quota; nothing lost).

A command is a function: its docstring is its help, what it returns its exit code (None is 0).
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, get_args

import click

from loader.access import spotify_access
from loader.errors import PipelineError, SettingsError
from spotify_elt import logs, versions
from spotify_elt.answers.output import Answers
from spotify_elt.answers.questions import QUESTION_NUMBERS
from spotify_elt.console import console, utf8_output
from spotify_elt.errors import SignalledError, in_words
from spotify_elt.operations import check_env_file
from spotify_elt.operations import status as last_runs
from spotify_elt.report import write_report
from spotify_elt.run import notices
from spotify_elt.run.deadline import deadline
from spotify_elt.run.transform import Transformation, run_dbt
from spotify_elt.settings import dotenv_file
from spotify_elt.settings import pipeline_yml as settings
from spotify_elt.warehouse import database
from spotify_elt.warehouse import sample as bundled
from spotify_elt.warehouse.schemas import Schemas

OUTPUT_CLOSED = 128 + signal.SIGPIPE  # exit code, as shells have it


def _raise_signalled(number: int, _frame: object) -> NoReturn:
    raise SignalledError(number)


def main() -> int:
    """Run one command and return its exit code."""
    try:
        _on_signals(_raise_signalled)
        code = _exit_code()
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


def _exit_code() -> int:
    """Run the command; a signal may also come while it is said why one failed."""
    try:
        # Not click's own `main`, which takes closed pipes for failures.
        with cli.make_context("spotify-elt", sys.argv[1:]) as context:
            code = cli.invoke(context)
        sys.stdout.flush()  # all output has really gone out
    except click.exceptions.Exit as told:  # --help or --version
        return told.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OUTPUT_CLOSED
    except Exception as error:  # noqa: BLE001 - a user must never be shown a traceback
        logs.complain(in_words(error))
        return error.exit_code if isinstance(error, PipelineError) else 1
    return code or 0


class _Command(click.Command):
    """A command that reads `.env` when its own arguments are understood."""

    def invoke(self, context: click.Context) -> Any:
        """Run the function."""
        dotenv_file.load()
        logs.show_warnings()
        return super().invoke(context)

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002 - click would cut there
        """Return the whole sentence, for the list of commands."""
        return self.help or ""


class _Commands(click.Group):
    command_class = _Command

    def list_commands(self, _: click.Context) -> list[str]:
        """Return the commands as they are used, one after the other."""
        return list(self.commands)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(versions.OWN, message="%(prog)s %(version)s")
def cli() -> None:
    """What is in a Spotify playlist: raw JSON to PostgreSQL, five tested answers."""


_flag = partial(click.option, is_flag=True)
_playlists = partial(click.option, "--playlist", "playlists", multiple=True, metavar="ID")


@cli.command
@_flag("--sample", help="load the bundled sample playlist into the embedded database")
@_playlists(help="load this playlist (id, URI or URL) instead of those in pipeline.yml; repeatable")
@click.option(
    "--load-method",
    type=click.Choice(get_args(settings.LoadMethod)),
    help="instead of the one in pipeline.yml",
)
@_flag("--force", help="load also the playlists that have not changed")
def run(*, sample: bool, playlists: tuple[str, ...], load_method: str | None, force: bool) -> None:
    """Load the playlists, build and test the marts, print the five answers."""
    named = {"playlists": playlists, "load_method": load_method}
    changes = {key: value for key, value in named.items() if value}
    config = settings.pipeline_config()
    config = settings.validated({**config.model_dump(), **changes}, "arguments")
    notify_url = config.notify_url.get_secret_value() if config.notify_url else None
    lines = logs.RunLines()
    with (
        lines.collected(),
        notices.on_failure(notify_url, lines.run_id),
        deadline(config.max_runtime),
        bundled.sample_spotify() if sample else nullcontext(spotify_access()) as access,
        database.at_hand() as embedded,
    ):
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


@cli.command
@_flag(
    "--print",
    "printed",
    help="print the refresh token alone, for a secret store, instead of writing it to .env",
)
def login(*, printed: bool) -> None:
    """Sign in once in the browser, and keep the refresh token in .env."""
    from spotify_elt.operations import login as sign_in  # noqa: PLC0415 - spotipy

    # A bad date of the last consent is about to be replaced.
    known = {name: value for name, value in os.environ.items() if name != "SPOTIFY_CONSENT_DATE"}
    sign_in.login(spotify_access(known), printed=printed)


@cli.command
@click.option(
    "--env-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="only tell which lines of this .env ECS would read differently",
)
def check(env_file: Path | None) -> int:
    """Show whether credentials, playlists and database are ready for a run; write nothing."""
    if env_file:
        return check_env_file.findings(env_file).print(console())
    from spotify_elt.operations import check as readiness  # noqa: PLC0415 - spotipy

    return readiness.check(console())


@cli.command
@click.option(
    "--question",
    type=click.Choice(QUESTION_NUMBERS),
    help="only this one of the five questions",
)
@_playlists(help="only for this playlist (id, URI or URL); repeatable")
@_flag("--json", help="print all rows as JSON")
@_flag(
    "--csv",
    help="print all rows of a question as CSV; a name that a spreadsheet would take for a formula "
    "begins with an apostrophe",
)
def answers(*, question: int | None, playlists: tuple[str, ...], json: bool, csv: bool) -> None:
    """Print the five questions and their answers."""
    if json and csv:
        raise click.UsageError("--csv is not allowed with --json.")
    if csv and not question:
        raise SettingsError("--csv prints one table: say which, such as --question 2.")
    config = settings.pipeline_config()
    ids = settings.playlist_ids(playlists) if playlists else None
    numbers = [question] if question else QUESTION_NUMBERS
    with database.at_hand(), database.connected() as connection:
        found = Answers(connection, Schemas.of(config.schema_prefix).marts, ids, numbers)
        if json:
            print(found.as_json(), file=utf8_output())
        elif csv:
            found.write_csv(utf8_output())
        else:
            found.print(console())


@cli.command
def report() -> None:
    """Make the HTML page about the playlists from what was loaded."""
    config = settings.pipeline_config()
    if not config.report:
        raise SettingsError("`report: false` in pipeline.yml switches the page off: name its file.")
    with database.at_hand(), database.connected() as connection:
        write_report(connection, config.schema_prefix, config.report)
    print(f"The report is in {config.report}.")


@cli.command
@_flag("--json", help="print it for machines")
def status(*, json: bool) -> int:
    """Show the last runs; exit code 1 when the last one failed or none ended well lately."""
    return last_runs.status(console(), settings.pipeline_config(), as_json=json)


@cli.command
@_flag("--dry-run", help="count what would be deleted, and delete nothing")
@_playlists(
    help="delete all there is of this playlist (id, URI or URL), and nothing else; repeatable"
)
@_flag("--everything", help="delete all that the pipeline has stored, as when a user disconnects")
def purge(*, dry_run: bool, playlists: tuple[str, ...], everything: bool) -> None:
    """Delete the playlists that are no longer configured, and what is older than retention_days."""
    from spotify_elt.operations import purge as deletion  # noqa: PLC0415 - spotipy

    if everything and playlists:
        raise click.UsageError("--everything is not allowed with --playlist.")
    config = settings.pipeline_config()
    chosen_playlists = None if everything else deletion.chosen(config, list(playlists))
    with database.at_hand():
        if chosen_playlists is None:
            deletion.purge_everything(config, dry_run=dry_run)
        else:
            deletion.purge(config, chosen_playlists, dry_run=dry_run)


@cli.command(options_metavar="--")
@click.argument("arguments", nargs=-1, required=True, metavar="ARGS")
def dbt(arguments: tuple[str, ...]) -> int:
    """Run dbt with the same settings and database, such as `dbt -- docs serve`."""
    with database.at_hand():
        return run_dbt(list(arguments), settings.pipeline_config().schema_prefix)
