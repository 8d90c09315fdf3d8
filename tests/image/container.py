"""The real image without an engine: built by `build.sh`, run by podman as strictly as on ECS."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from command_line import Finished
from waiting import PATIENCE

BUILD = Path(__file__).with_name("build.sh")
TOOLS = ("podman", "crun", "mmdebstrap")
KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# crun wants control groups that are all of version 2: they get a place of their own.
IN_ITS_OWN_PLACE = (
    "umount -R /sys/fs/cgroup 2>/dev/null; mount -t cgroup2 none /sys/fs/cgroup && "
    'exec podman run "$@"'
)
RUN = (
    *("unshare", "--mount", "--propagation=private", "sh", "-c", IN_ITS_OWN_PLACE, "podman"),
    *("--rm", "--network=host", "--read-only", "--read-only-tmpfs=false"),
    *("--cap-drop=all", "--security-opt=no-new-privileges"),
    # podman's own limits are more than root may set in a container, as CI is one.
    *("--cgroups=disabled", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"),
)


def missing() -> list[str]:
    """Return what this machine lacks to build and run the image."""
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if not KEYS.exists():
        return ["Debian", *lacking]
    may_mount = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return [*(["root"] if may_mount.returncode else []), *lacking]


def build() -> str:
    """Build the image and return its id."""
    # Never cut short, not even by Ctrl-C: podman would leave its half-made layers behind.
    built = subprocess.run(
        [str(BUILD)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-5000:]
    return built.stdout.split()[-1]


class Container:
    """Runs the image, each time in a new container.

    Args:
        image: its id.
        options: more options of `podman run`.
    """

    def __init__(self, image: str, *options: str) -> None:
        self._image, self._options = image, options

    def __call__(self, environment: Mapping[str, str | None]) -> Finished:
        """Run the pipeline to its end, with these variables and no others."""
        process = self.start(environment)
        stdout, stderr = process.communicate(timeout=PATIENCE)
        finished = Finished(process.returncode, stdout, stderr)
        assert "Traceback" not in finished.output, finished.output
        return finished

    def start(self, environment: Mapping[str, str | None]) -> subprocess.Popen[str]:
        """Start the pipeline and return its process, which passes signals on."""
        given = {name: value for name, value in environment.items() if value is not None}
        names = [f"--env={name}" for name in given]  # podman takes the values from its own
        return subprocess.Popen(
            [*RUN, *self._options, *names, self._image],
            env={"PATH": os.environ["PATH"], **given},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )


@contextmanager
def volume() -> Iterator[tuple[str, Path]]:
    """Make a volume; yield the option that mounts it at /data, and where its files are."""
    name = _podman("volume", "create")
    folder = _podman("volume", "inspect", "--format={{.Mountpoint}}", name)
    try:
        yield f"--volume={name}:/data", Path(folder)
    finally:
        _podman("volume", "rm", name)


def _podman(*arguments: str) -> str:
    command = ["podman", *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
