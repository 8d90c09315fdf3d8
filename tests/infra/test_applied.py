"""What is there after `terraform apply`, as AWS's own client sees it, and what raises an alarm.

All that asks for `stack` stands in this file, because each process of the tests would apply anew.
"""

import json
import re
from typing import Any

import pytest
from event_patterns import matches
from stack import REGION, Stack

NAME = "spotify-elt"
BUCKET = f"{NAME}-123456789012-{REGION}"


def task_definition(stack: Stack, family: str) -> dict[str, Any]:
    ecs = stack.client("ecs")
    found: dict[str, Any] = ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]
    return found


def policy(stack: Stack, role: str) -> list[dict[str, Any]]:
    iam = stack.client("iam")
    (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    statements: list[dict[str, Any]] = iam.get_role_policy(RoleName=role, PolicyName=name)[
        "PolicyDocument"
    ]["Statement"]
    return statements


def subnets_with_a_way_to_the_internet(stack: Stack) -> set[str]:
    tables = stack.client("ec2").describe_route_tables()["RouteTables"]
    return {
        association["SubnetId"]
        for table in tables
        for association in table["Associations"]
        if "SubnetId" in association
        and any(route.get("GatewayId", "").startswith("igw-") for route in table["Routes"])
    }


def test_the_database_is_private_encrypted_backed_up_and_without_a_password_of_ours(
    stack: Stack,
) -> None:
    (database,) = stack.client("rds").describe_db_instances()["DBInstances"]
    assert not database["PubliclyAccessible"]
    assert database["StorageEncrypted"]
    assert database["DeletionProtection"]
    assert database["BackupRetentionPeriod"] == 7
    assert database["IAMDatabaseAuthenticationEnabled"]
    assert database["MasterUserSecret"]["SecretArn"].startswith("arn:aws:secretsmanager:")
    subnets = {subnet["SubnetIdentifier"] for subnet in database["DBSubnetGroup"]["Subnets"]}
    assert len(subnets) == 2
    assert subnets.isdisjoint(subnets_with_a_way_to_the_internet(stack))


def test_only_the_task_reaches_the_database_and_nobody_reaches_the_task(stack: Stack) -> None:
    groups = {
        group["GroupName"]: group
        for group in stack.client("ec2").describe_security_groups()["SecurityGroups"]
    }
    task, database = groups[f"{NAME}-task"], groups[f"{NAME}-database"]
    assert task["IpPermissions"] == []
    (opened,) = database["IpPermissions"]
    assert (opened["FromPort"], opened["ToPort"]) == (5432, 5432)
    assert opened["IpRanges"] == opened["Ipv6Ranges"] == []
    assert [pair["GroupId"] for pair in opened["UserIdGroupPairs"]] == [task["GroupId"]]
    assert database["IpPermissionsEgress"] == []
    assert {rule["FromPort"] for rule in task["IpPermissionsEgress"]} == {443, 5432}


def test_the_bucket_keeps_everything_to_itself(stack: Stack) -> None:
    s3 = stack.client("s3")
    blocked = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert list(blocked.values()) == [True] * 4
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"


def test_the_image_repository_lets_no_tag_be_changed(stack: Stack) -> None:
    (repository,) = stack.client("ecr").describe_repositories()["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}


@pytest.mark.parametrize("family", [NAME, f"{NAME}-bootstrap"])
def test_a_container_may_write_to_its_volume_and_nowhere_else(stack: Stack, family: str) -> None:
    (container,) = task_definition(stack, family)["containerDefinitions"]
    assert container["readonlyRootFilesystem"]
    assert container["user"] == "10001:10001"
    assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
    assert [mount["containerPath"] for mount in container["mountPoints"]] == ["/data"]
    assert container["logConfiguration"]["options"]["mode"] == "blocking"


def test_a_run_meets_the_database_that_was_made_and_holds_no_secret(stack: Stack) -> None:
    (database,) = stack.client("rds").describe_db_instances()["DBInstances"]
    (container,) = task_definition(stack, NAME)["containerDefinitions"]
    environment = {pair["name"]: pair["value"] for pair in container["environment"]}
    assert environment["PGHOST"] == database["Endpoint"]["Address"]
    assert environment["PGPORT"] == str(database["Endpoint"]["Port"])
    assert environment["PGDATABASE"] == database["DBName"]
    assert environment["ENV_FILE"] == f"s3://{BUCKET}/.env"
    assert "PGPASSWORD" not in environment


def test_the_bootstrap_runs_its_own_program_with_the_masters_secret(stack: Stack) -> None:
    (database,) = stack.client("rds").describe_db_instances()["DBInstances"]
    definition = task_definition(stack, f"{NAME}-bootstrap")
    (container,) = definition["containerDefinitions"]
    program = ["python", "-m", "spotify_elt.operations.bootstrap"]
    assert container["entryPoint"] + container["command"] == program
    secret = {pair["name"]: pair["value"] for pair in container["environment"]}["MASTER_SECRET_ARN"]
    assert secret == database["MasterUserSecret"]["SecretArn"]
    assert definition["taskRoleArn"].endswith(f"role/{NAME}-bootstrap")
    assert [statement["Resource"] for statement in policy(stack, f"{NAME}-bootstrap")] == [secret]


def test_each_role_has_one_inline_policy_that_names_what_it_is_for(stack: Stack) -> None:
    everything = []
    for role in stack.client("iam").list_roles()["Roles"]:
        for statement in policy(stack, role["RoleName"]):
            actions = statement["Action"]
            assert "*" not in json.dumps(actions)
            if statement["Resource"] == "*":
                everything.append(actions)
    assert everything == ["ecr:GetAuthorizationToken"]


def test_a_run_may_sign_in_as_its_role_read_its_env_and_write_its_reports(stack: Stack) -> None:
    (database,) = stack.client("rds").describe_db_instances()["DBInstances"]
    users = f"arn:aws:rds-db:{REGION}:123456789012:dbuser:{database['DbiResourceId']}"
    assert {
        statement["Resource"]: statement["Action"] for statement in policy(stack, f"{NAME}-run")
    } == {
        f"{users}/spotify_elt": "rds-db:connect",
        f"arn:aws:s3:::{BUCKET}/.env": ["s3:GetObject", "s3:PutObject"],
        f"arn:aws:s3:::{BUCKET}/runs/*": "s3:PutObject",
    }


def test_the_schedule_starts_the_run_where_it_can_reach_spotify_and_be_reached_by_nobody(
    stack: Stack,
) -> None:
    schedule = stack.client("scheduler").get_schedule(Name=NAME)
    assert (schedule["State"], schedule["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")
    target = schedule["Target"]
    assert (
        target["EcsParameters"]["TaskDefinitionArn"]
        == task_definition(stack, NAME)["taskDefinitionArn"]
    )
    network = target["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]
    assert network["AssignPublicIp"] == "ENABLED"
    assert set(network["Subnets"]) == subnets_with_a_way_to_the_internet(stack)
    assert target["RetryPolicy"]["MaximumRetryAttempts"] == 10
    assert target["DeadLetterConfig"]["Arn"].endswith(f":{NAME}-missed-starts")


def test_somebody_is_told_of_everything_that_can_go_wrong(stack: Stack) -> None:
    sns = stack.client("sns")
    (topic,) = [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]
    (told,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (told["Protocol"], told["Endpoint"]) == ("email", "somebody@example.com")
    (target,) = stack.client("events").list_targets_by_rule(Rule=f"{NAME}-failed-run")["Targets"]
    assert target["Arn"] == topic
    alarms = {
        alarm["AlarmName"]: alarm
        for alarm in stack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    }
    assert {name: alarm["AlarmActions"] for name, alarm in alarms.items()} == {
        f"{NAME}-missed-start": [topic],
        f"{NAME}-no-success": [topic],
    }
    no_success = alarms[f"{NAME}-no-success"]
    assert no_success["TreatMissingData"] == "breaching"
    assert no_success["Period"] * no_success["EvaluationPeriods"] == 26 * 3600


def test_logs_do_not_stay_for_ever(stack: Stack) -> None:
    groups = stack.client("logs").describe_log_groups()["logGroups"]
    assert {group["logGroupName"]: group["retentionInDays"] for group in groups} == {
        f"/ecs/{NAME}": 90,
        f"/aws/rds/instance/{NAME}/postgresql": 90,
        f"/aws/rds/instance/{NAME}/upgrade": 90,
    }


# Which ends of a task are mailed, and which count as a success.


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
        ({"event": "run_ended", "status": "partial", "not_before": "2026-01-01"}, False),
        ({"event": "run_ended", "status": "failed"}, False),
        ({"status": "success"}, False),
        ({"event": "phase_ended", "status": "success"}, False),
    ],
)
def test_a_run_that_ended_well_counts_as_a_success(
    stack: Stack, line: dict[str, str], *, counts: bool
) -> None:
    (found,) = stack.client("logs").describe_metric_filters()["metricFilters"]
    # CloudWatch's `$.a = "b" && (... || $.c NOT EXISTS)` in Python's words.
    pattern = re.sub(r"\$\.(\w+) = ", r'line.get("\1") == ', found["filterPattern"].strip("{} "))
    pattern = re.sub(r"\$\.(\w+) NOT EXISTS", r'"\1" not in line', pattern)
    pattern = pattern.replace("&&", "and").replace("||", "or")
    assert eval(pattern, {"line": line}) is counts  # noqa: S307 - our own pattern
