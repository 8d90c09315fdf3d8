"""Start a task of the pipeline now, follow its log, and end with its exit code.

    python infra/run_now.py                  a run, as the schedule starts it
    python infra/run_now.py run --force      another command of the image
    python infra/run_now.py --bootstrap      the task that creates the database role

Cluster, network and capacity are those of the schedule, read from EventBridge Scheduler, so that
a run started by hand meets what the next scheduled one will meet. Region and credentials are found
as by the AWS CLI.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

POLL_SECONDS = 3.0
# CloudWatch shows a line some seconds after it was written: so many looks without a new one.
LAST_LOOKS = 2
PATIENT = Config(retries={"mode": "standard", "max_attempts": 6})


class NotStartedError(Exception):
    """The task was not started; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the task, follow it, and return its container's exit code; 1 if it has none."""
    parser = argparse.ArgumentParser(description="Start a task of the pipeline now and follow it.")
    parser.add_argument("--name", default="spotify-elt", help="the name in infra/ (spotify-elt)")
    parser.add_argument("--bootstrap", action="store_true", help="create the database role")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="other than the image's own")
    options = parser.parse_args(arguments)
    try:
        # Terraform and the AWS CLI read it, boto3 does not.
        boto3.setup_default_session(region_name=os.environ.get("AWS_REGION") or None)
        ecs = boto3.client("ecs", config=PATIENT)
        target = schedule_target(options.name)
        family = f"{options.name}-bootstrap" if options.bootstrap else None
        task = start(ecs, target, family, options.command)
    except KeyboardInterrupt:
        return tell("Nothing was started.", 130)
    except (NotStartedError, BotoCoreError, ClientError) as error:
        return tell(f"Nothing was started: {error}", 1)
    going_on = (
        f"The task goes on: `make logs NAME={options.name}` follows it, and `aws ecs stop-task "
        f"--cluster {task['clusterArn']} --task {task['taskArn']}` ends it."
    )
    try:
        return follow(ecs, task)
    except KeyboardInterrupt:
        return tell(going_on, 130)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return tell(going_on, 141)
    except (BotoCoreError, ClientError) as error:
        return tell(f"Lost sight of it: {error} {going_on}", 1)


def tell(sentence: str, code: int = 0) -> int:
    """Say it where it does not mix with the task's own lines, and return `code`."""
    print(sentence, file=sys.stderr, flush=True)
    return code


def schedule_target(name: str) -> dict[str, Any]:
    """Return what the schedule starts, and where: the `Target` of GetSchedule."""
    scheduler = boto3.client("scheduler", config=PATIENT)
    try:
        target: dict[str, Any] = scheduler.get_schedule(Name=name)["Target"]
    except scheduler.exceptions.ResourceNotFoundException:
        message = (
            f"there is no schedule {name} in {scheduler.meta.region_name}. Deploy first, or say "
            "which one with NAME=... and where with AWS_REGION=..."
        )
        raise NotStartedError(message) from None
    return target


def start(
    ecs: Any, target: dict[str, Any], family: str | None, command: Sequence[str]
) -> dict[str, Any]:
    """Start what the schedule would start, or the newest task definition of `family`.

    Returns the task as ECS describes it.
    """
    scheduled = target["EcsParameters"]
    definition = family or scheduled["TaskDefinitionArn"]
    network = scheduled["NetworkConfiguration"]["awsvpcConfiguration"]
    overrides = {}
    if command:
        name = container(ecs, definition)["name"]
        overrides = {"containerOverrides": [{"name": name, "command": list(command)}]}
    answer = ecs.run_task(
        cluster=target["Arn"],
        taskDefinition=definition,
        capacityProviderStrategy=scheduled["CapacityProviderStrategy"],
        # The same three keys, which ECS spells with a small letter.
        networkConfiguration={
            "awsvpcConfiguration": {key[0].lower() + key[1:]: network[key] for key in network}
        },
        overrides=overrides,
        startedBy="run-now",
    )
    for failure in answer["failures"]:
        raise NotStartedError(f"ECS says {failure.get('reason')} {failure.get('detail', '')}")
    task: dict[str, Any] = answer["tasks"][0]
    tell(f"Started {task['taskArn']}")
    return task


def container(ecs: Any, definition: str) -> dict[str, Any]:
    """Return the definition's only container."""
    described = ecs.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    found: dict[str, Any] = described["containerDefinitions"][0]
    return found


def follow(ecs: Any, task: dict[str, Any]) -> int:
    """Print the task's lines until it has stopped, and return its exit code."""
    defined = container(ecs, task["taskDefinitionArn"])
    options = defined["logConfiguration"]["options"]
    name, task_id = defined["name"], task["taskArn"].rsplit("/", 1)[-1]
    lines = LogStream(
        options["awslogs-group"], f"{options['awslogs-stream-prefix']}/{name}/{task_id}"
    )
    status = ""
    while status != "STOPPED":
        lines.print_new()
        described = ecs.describe_tasks(cluster=task["clusterArn"], tasks=[task["taskArn"]])
        # At first ECS may not know it yet, and an hour after its end it has forgotten it.
        if not described["tasks"] and status:
            return tell("ECS no longer knows the task; `make logs` tells how it ended.", 1)
        task = (described["tasks"] or [task])[0]
        if task["lastStatus"] != status:
            status = task["lastStatus"]
            tell(status.capitalize())
        if status != "STOPPED":
            time.sleep(POLL_SECONDS)
    looks = 0
    while looks < LAST_LOOKS:
        looks = 0 if lines.print_new() else looks + 1
        time.sleep(POLL_SECONDS)
    return ended(task)


class LogStream:
    """The lines of one CloudWatch log stream, each printed once."""

    def __init__(self, group: str, stream: str) -> None:
        self._logs: Any = boto3.client("logs", config=PATIENT)
        self._where = {"logGroupName": group, "logStreamName": stream, "startFromHead": True}

    def print_new(self) -> int:
        """Print what came since the last call, and return how many lines."""
        count = 0
        while True:
            try:
                answer = self._logs.get_log_events(**self._where)
            except self._logs.exceptions.ResourceNotFoundException:
                return count  # the container has not begun
            for event in answer["events"]:
                print(event["message"], flush=True)
            count += len(answer["events"])
            if answer["nextForwardToken"] == self._where.get("nextToken"):
                return count
            self._where["nextToken"] = answer["nextForwardToken"]


def ended(task: dict[str, Any]) -> int:
    """Return the exit code of the task's container, or say why there is none."""
    stopped = task["containers"][0]
    # That its container ended is no reason; that Spot or the memory ended it is one.
    by_itself = task.get("stopCode") == "EssentialContainerExited"
    reasons = [None if by_itself else task.get("stoppedReason"), stopped.get("reason")]
    reason = "".join(f": {each}" for each in reasons if each)
    if "exitCode" in stopped:
        code: int = stopped["exitCode"]
        return tell(f"Exit code {code}{reason}", code)
    return tell(f"The container never ran{reason}", 1)


if __name__ == "__main__":
    sys.exit(main())
