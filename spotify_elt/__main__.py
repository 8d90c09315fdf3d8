"""`python -m spotify_elt` is the same as the command `spotify-elt`.

Ctrl-C may come while Python is still importing; it must end the command without a traceback then
too, so the signals are taken care of before anything else is imported, also by the package.
"""

import os
import signal
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: os._exit(128 + received))
    from spotify_elt import cli  # noqa: PLC0415 - see above

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
