"""Runs the sample API alone: `python -m sample_api [--port 8080] [--mode development]`.

The first line on stdout says where it listens; SIGTERM and SIGINT end it.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

from sample_api.access import MODES
from sample_api.answers import ENDPOINT_NAMES
from sample_api.faults import KINDS, Fault
from sample_api.server import SampleApi

_STDIN = 0


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the sample catalogue until a signal comes, or stdin closes where that was asked for."""
    options = _parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        api = SampleApi(
            mode=options.mode,
            latency=options.latency / 1000,
            faults=options.fault,
            host=options.host,
            port=options.port,
        )
    except OSError as error:
        sys.exit(f"sample_api cannot listen on {options.host}:{options.port}: {error.strerror}.")
    with api:
        sys.stdout.write(f"sample_api listening on {api.accounts_url}\n")
        sys.stdout.flush()
        if options.until_stdin_closes:
            threading.Thread(target=_watch_stdin, args=(ended,), daemon=True).start()
        ended.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sample_api",
        description="Answers like Spotify.",
        epilog=f"Kinds of faults: {', '.join(KINDS)}. Targets: {', '.join(ENDPOINT_NAMES)}, or a "
        "pattern of paths; every request without one.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one")
    parser.add_argument("--mode", choices=MODES, default=MODES[0], help="which behaviour to show")
    parser.add_argument("--latency", type=float, default=0, metavar="MS", help="per request")
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="KIND[@TARGET][,NAME=VALUE...]",
        help="what goes wrong, such as rate_limit@artists,retry_after=2; may be repeated",
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end when stdin does, as with its parent"
    )
    return parser


def _fault(text: str) -> Fault:
    try:
        return Fault.from_text(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _watch_stdin(ended: threading.Event) -> None:
    """Wait for the end of stdin, past Python's own buffer, whose lock would hold up the exit."""
    while os.read(_STDIN, 4096):
        pass
    ended.set()


if __name__ == "__main__":
    main()
