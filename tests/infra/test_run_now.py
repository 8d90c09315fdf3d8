"""`make run-now`, against a server that answers as Scheduler, ECS and CloudWatch Logs do."""

import importlib.util
import json
import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import pytest
from stack import INFRA

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/spotify-elt"
TASK = "arn:aws:ecs:eu-central-1:123456789012:task/spotify-elt/0123456789abcdef"
DEFINITION = "arn:aws:ecs:eu-central-1:123456789012:task-definition/spotify-elt:7"
NETWORK = {"Subnets": ["subnet-a"], "SecurityGroups": ["sg-task"], "AssignPublicIp": "ENABLED"}
STRATEGY = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]


class Aws(ThreadingHTTPServer):
    """One schedule and one task, which goes on by a status with every look at it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: dict[str, dict[str, Any]] = {}
        self.statuses = ["PROVISIONING", "RUNNING", "RUNNING", "STOPPED"]
        self.lines = ["Loading 1 playlist", "42 tracks", "done"]
        self.stopped: dict[str, Any] = {"containers": [{"name": "spotify-elt", "exitCode": 0}]}
        self.failures: list[dict[str, str]] = []
        self.interrupts = False
        self.forgets = False
        self._looks = 0

    def handle_error(self, *_: object) -> None:
        """Who is interrupted hangs up."""

    def answer(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked[operation] = asked
        method = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
        found: tuple[int, dict[str, Any]] = getattr(self, method)(asked)
        return found

    def get_schedule(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if asked["name"] != "spotify-elt":
            return 404, {"__type": "ResourceNotFoundException", "Message": "no such schedule"}
        parameters = {
            "TaskDefinitionArn": DEFINITION,
            "CapacityProviderStrategy": STRATEGY,
            "NetworkConfiguration": {"awsvpcConfiguration": NETWORK},
        }
        return 200, {"Name": "spotify-elt", "Target": {"Arn": CLUSTER, "EcsParameters": parameters}}

    def run_task(self, _: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.failures:
            return 200, {"tasks": [], "failures": self.failures}
        return 200, {"tasks": [self._task("PROVISIONING")], "failures": []}

    def describe_task_definition(self, _: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        options = {"awslogs-group": "/ecs/spotify-elt", "awslogs-stream-prefix": "run"}
        container = {
            "name": "spotify-elt",
            "logConfiguration": {"logDriver": "awslogs", "options": options},
        }
        return 200, {"taskDefinition": {"containerDefinitions": [container]}}

    def describe_tasks(self, _: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.interrupts:
            os.kill(os.getpid(), signal.SIGINT)
        # Right after the start ECS may not know the task yet.
        known = self._looks > 0 and not (self.forgets and self._looks > 1)
        status = self.statuses[min(self._looks, len(self.statuses) - 1)]
        self._looks += 1
        return 200, {"tasks": [self._task(status)] if known else [], "failures": []}

    def get_log_events(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self._looks < 2:
            return 400, {"__type": "ResourceNotFoundException", "message": "no such stream"}
        # A line each time, the last of them after the task has stopped.
        begin = int(asked.get("nextToken", "0"))
        events = [{"message": line, "timestamp": 1} for line in self.lines[begin : begin + 1]]
        return 200, {"events": events, "nextForwardToken": str(begin + len(events))}

    def _task(self, status: str) -> dict[str, Any]:
        task = {"taskArn": TASK, "clusterArn": CLUSTER, "taskDefinitionArn": DEFINITION}
        ended = self.stopped if status == "STOPPED" else {"containers": [{"name": "spotify-elt"}]}
        return {**task, "lastStatus": status, **ended}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Aws

    def do_GET(self) -> None:
        self._send(*self.server.answer("GetSchedule", {"name": self.path.rsplit("/", 1)[-1]}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers["X-Amz-Target"].rsplit(".", 1)[-1]
        self._send(*self.server.answer(operation, json.loads(body)))

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        if "__type" in answer:
            self.send_header("x-amzn-ErrorType", answer["__type"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its own name
        """Say nothing."""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_now", INFRA / "run_now.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, script: ModuleType) -> Iterator[Aws]:
    server = Aws()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setattr(script, "POLL_SECONDS", 0.01)
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("code", [0, 75])
def test_it_shows_every_line_and_ends_with_the_containers_exit_code(
    script: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    aws.stopped["containers"][0]["exitCode"] = code
    assert script.main([]) == code
    told = capsys.readouterr()
    assert told.out.splitlines() == aws.lines
    assert told.err.splitlines() == [
        f"Started {TASK}", "Provisioning", "Running", "Stopped", f"Exit code {code}",
    ]  # fmt: skip
    assert aws.asked["GetLogEvents"]["logGroupName"] == "/ecs/spotify-elt"
    assert aws.asked["GetLogEvents"]["logStreamName"] == "run/spotify-elt/0123456789abcdef"


def test_it_starts_what_the_schedule_starts_and_where(script: ModuleType, aws: Aws) -> None:
    script.main([])
    started = aws.asked["RunTask"]
    assert (started["cluster"], started["taskDefinition"]) == (CLUSTER, DEFINITION)
    assert started["capacityProviderStrategy"] == STRATEGY
    assert started["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-a"], "securityGroups": ["sg-task"], "assignPublicIp": "ENABLED",
    }  # fmt: skip
    assert started["overrides"] == {}


def test_another_command_is_given_to_the_same_container(script: ModuleType, aws: Aws) -> None:
    script.main(["--name", "spotify-elt", "run", "--force"])
    assert aws.asked["RunTask"]["overrides"] == {
        "containerOverrides": [{"name": "spotify-elt", "command": ["run", "--force"]}]
    }


def test_the_bootstrap_is_the_newest_of_its_own_definition(script: ModuleType, aws: Aws) -> None:
    script.main(["--bootstrap"])
    assert aws.asked["RunTask"]["taskDefinition"] == "spotify-elt-bootstrap"
    assert aws.asked["RunTask"]["overrides"] == {}


def test_a_container_that_never_ran_says_why(
    script: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.stopped = {
        "stoppedReason": "CannotPullContainerError: no such tag",
        "containers": [{"name": "spotify-elt"}],
    }
    assert script.main([]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "The container never ran: CannotPullContainerError: no such tag"
    )


@pytest.mark.parametrize(
    ("task", "container", "told"),
    [
        (
            {"stopCode": "SpotInterruption", "stoppedReason": "Spot took it"},
            {"exitCode": 143},
            "Exit code 143: Spot took it",
        ),
        (
            {"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container exited"},
            {"exitCode": 137, "reason": "OutOfMemoryError"},
            "Exit code 137: OutOfMemoryError",
        ),
    ],
)
def test_a_container_that_was_ended_says_by_what(
    script: ModuleType,
    capsys: pytest.CaptureFixture[str],
    task: dict[str, str],
    container: dict[str, Any],
    told: str,
) -> None:
    assert script.ended({**task, "containers": [container]}) == container["exitCode"]
    assert capsys.readouterr().err == f"{told}\n"


def test_a_start_that_ecs_refuses_is_one_sentence(
    script: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.failures = [{"reason": "RESOURCE:CPU", "detail": "no room"}]
    assert script.main([]) == 1
    assert capsys.readouterr().err == "Nothing was started: ECS says RESOURCE:CPU no room\n"


def test_a_schedule_that_is_not_there_is_one_sentence(
    script: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["--name", "other"]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "there is no schedule other in eu-central-1. Deploy first" in sentence
    assert "RunTask" not in aws.asked


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Ctrl-C reaches this process, as it does not where tests run side by side."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_interrupted_it_says_that_the_task_goes_on(
    script: ModuleType, aws: Aws, keyboard: None, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.interrupts = True
    assert script.main([]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == (
        "The task goes on: `make logs NAME=spotify-elt` follows it, and "
        f"`aws ecs stop-task --cluster {CLUSTER} --task {TASK}` ends it."
    )


def test_its_output_may_be_closed_early(
    script: ModuleType,
    aws: Aws,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        assert script.main([]) == 141
    assert "The task goes on" in capsys.readouterr().err
    assert "DescribeTasks" in aws.asked


def test_a_task_that_ecs_has_forgotten_is_not_waited_for_for_ever(
    script: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.forgets = True
    aws.statuses = ["PROVISIONING", "RUNNING"]
    assert script.main([]) == 1
    assert "ECS no longer knows the task" in capsys.readouterr().err


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"AWS_REGION": ""}, "You must specify a region."),
        ({"AWS_PROFILE": "nobody"}, "The config profile (nobody) could not be found"),
    ],
)
def test_wrong_settings_of_aws_are_one_sentence(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    told: str,
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    assert script.main([]) == 1
    assert capsys.readouterr().err == f"Nothing was started: {told}\n"
