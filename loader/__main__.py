"""`python -m loader` is the same as the command `spotify-elt`."""

import sys

from loader.cli import main

if __name__ == "__main__":
    sys.exit(main())
