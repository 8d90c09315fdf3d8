"""infra/, applied to a server that answers like AWS: moto."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import boto3
from postgres_server import free_port
from waiting import PATIENCE

INFRA = Path(__file__).resolve().parents[2] / "infra"
REGION = "eu-central-1"
# moto answers 500 to what it does not know: the 25 tries of the default would take minutes. More
# than one, because a busy machine drops a connection now and then.
OVERRIDE = 'provider "aws" {\n  max_retries = 5\n}\n'
UNABLE = "Terraform's provider is not to be had here (`terraform -chdir=infra init` says why)."
ARGUMENTS = ["-var=image_tag=0123456789ab", "-var=alarm_email=somebody@example.com"]


def terraform(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Terraform in `folder`, with its output as one text."""
    return subprocess.Popen(
        ["terraform", *arguments],
        cwd=folder,
        env={**os.environ, "CHECKPOINT_DISABLE": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def initialized(folder: Path) -> str:
    """Copy infra/ to `folder` and fetch the provider; return why not, if it is not to be had."""
    if shutil.which("terraform") is None:
        return "Terraform is not installed, and infra/ is tested with it."
    kept = ("*.tf", ".terraform.lock.hcl", "tests")
    for path in (path for pattern in kept for path in INFRA.glob(pattern)):
        if path.is_dir():
            shutil.copytree(path, folder / path.name)
        elif path.name != "backend.tf":
            shutil.copy(path, folder)
    init = terraform(folder, "init", "-no-color", "-input=false", "-lockfile=readonly")
    init.communicate()
    return UNABLE if init.returncode else ""


class Stack:
    """infra/ as it was applied; RDS alone makes the provider wait for 80 seconds.

    Args:
        folder: an initialized copy of infra/.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._address = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        (self._folder / "moto_override.tf").write_text(OVERRIDE, encoding="utf-8")
        moto = [sys.executable, "-m", "moto.server", "-p", str(self._port)]
        with (self._folder / "moto.log").open("w") as log:
            self._server = subprocess.Popen(moto, stdout=log, stderr=log)
        try:
            self._wait_for_server()
            self._apply()
        except BaseException:
            self._server.terminate()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(timeout=PATIENCE)

    def _apply(self) -> None:
        apply = terraform(
            self._folder,
            *("apply", "-no-color", "-auto-approve", "-input=false", *ARGUMENTS),
            AWS_ENDPOINT_URL=self._address,
            AWS_REGION=REGION,
            AWS_ACCESS_KEY_ID="testing",
            AWS_SECRET_ACCESS_KEY="testing",
            AWS_EC2_METADATA_DISABLED="true",
        )
        output, _ = apply.communicate()
        assert apply.returncode == 0, output

    def _wait_for_server(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.2)
        raise TimeoutError((self._folder / "moto.log").read_text(encoding="utf-8"))

    def client(self, service: str) -> Any:
        """A boto3 client of what was applied."""
        return boto3.client(
            service,
            endpoint_url=self._address,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
