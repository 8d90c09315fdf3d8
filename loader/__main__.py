"""`python -m loader` is the command line of the application that is installed beside the loader."""

import runpy

runpy.run_module("spotify_elt", run_name="__main__", alter_sys=True)
