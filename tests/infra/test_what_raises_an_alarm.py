"""Which ends of a task are mailed, and which count as a success.

The patterns are read from what was applied; EventBridge and CloudWatch are stood in for by small
matchers of what the patterns use.
"""

import json
import re
from typing import Any

import pytest
from stack import Stack


def values_at(event: Any, key: str) -> list[Any]:
    """The field's values; in EventBridge a list of objects is each of them at once."""
    objects = event if isinstance(event, list) else [event]
    return [each[key] for each in objects if key in each]


def fits(value: Any, rule: Any) -> bool:
    return value not in rule["anything-but"] if isinstance(rule, dict) else value == rule


def matches(pattern: dict[str, Any], event: Any) -> bool:
    for key, rule in pattern.items():
        if key == "$or":
            fitting = any(matches(each, event) for each in rule)
        elif isinstance(rule, dict):
            fitting = any(matches(rule, value) for value in values_at(event, key))
        else:
            fitting = any(fits(value, each) for value in values_at(event, key) for each in rule)
        if not fitting:
            return False
    return True


def task_event(cluster: str, stop_code: str | None, exit_code: int | None) -> dict[str, Any]:
    container = {} if exit_code is None else {"exitCode": exit_code}
    detail = {"clusterArn": cluster, "lastStatus": "STOPPED", "containers": [container]}
    if stop_code is None:
        detail["lastStatus"] = "RUNNING"
    else:
        detail["stopCode"] = stop_code
    return {"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": detail}


@pytest.fixture(scope="module")
def pattern(stack: Stack) -> dict[str, Any]:
    rule = stack.client("events").describe_rule(Name="spotify-elt-failed-run")
    found: dict[str, Any] = json.loads(rule["EventPattern"])
    return found


@pytest.fixture(scope="module")
def cluster(stack: Stack) -> str:
    (arn,) = stack.client("ecs").list_clusters()["clusterArns"]
    return str(arn)


@pytest.mark.parametrize(
    ("stop_code", "exit_code", "mailed"),
    [
        pytest.param("EssentialContainerExited", 0, False, id="done"),
        pytest.param("EssentialContainerExited", 75, False, id="come back later"),
        pytest.param("EssentialContainerExited", 1, True, id="failed"),
        pytest.param("EssentialContainerExited", 2, True, id="wrong credentials"),
        pytest.param("EssentialContainerExited", 3, True, id="some playlists failed"),
        pytest.param("EssentialContainerExited", 137, True, id="out of memory"),
        pytest.param("TaskFailedToStart", None, True, id="no such image, or no secret"),
        pytest.param("SpotInterruption", 143, True, id="Spot took it back"),
        pytest.param("TerminationNotice", 143, True, id="AWS retires the host"),
        pytest.param("UserInitiated", 143, False, id="stopped by hand"),
        pytest.param(None, None, False, id="still running"),
    ],
)
def test_a_task_that_ended_badly_is_mailed(
    pattern: dict[str, Any],
    cluster: str,
    stop_code: str | None,
    exit_code: int | None,
    *,
    mailed: bool,
) -> None:
    assert matches(pattern, task_event(cluster, stop_code, exit_code)) is mailed


def test_another_clusters_failures_are_not_ours(pattern: dict[str, Any]) -> None:
    theirs = "arn:aws:ecs:eu-central-1:123456789012:cluster/theirs"
    assert not matches(pattern, task_event(theirs, "TaskFailedToStart", None))


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ({"event": "run_ended", "status": "success"}, True),
        ({"event": "run_ended", "status": "skipped"}, True),
        ({"event": "run_ended", "status": "partial"}, True),
        ({"event": "run_ended", "status": "failed"}, False),
        ({"status": "success"}, False),
        ({"event": "phase_ended", "status": "success"}, False),
    ],
)
def test_a_run_that_ended_well_counts_as_a_success(
    stack: Stack, line: dict[str, str], *, counts: bool
) -> None:
    (found,) = stack.client("logs").describe_metric_filters()["metricFilters"]
    # CloudWatch's `$.a = "b" && (... || ...)` in Python's words.
    pattern = re.sub(r"\$\.(\w+) = ", r'line.get("\1") == ', found["filterPattern"].strip("{} "))
    pattern = pattern.replace("&&", "and").replace("||", "or")
    assert eval(pattern, {"line": line}) is counts  # noqa: S307 - our own pattern
