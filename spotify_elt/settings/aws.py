"""What is asked of AWS, as the task's role or whoever boto3's default chain finds.

boto3 is imported only here and only when it is needed: most users have nothing to do with AWS, and
it takes a moment.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from loader.errors import SettingsError, one_line
from spotify_elt.redaction import protect

# China's endpoints have their region before or behind the service.
RDS = re.compile(
    r"\.(?P<region>[a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?$"
    r"|\.rds\.(?P<china>cn-[a-z0-9-]+)\.amazonaws\.com\.cn$"
)
ADVICE = {
    # S3 says so, too, of what is not there, to those who may not list its bucket.
    403: " Check that it is there, the credentials, and the policy of the role they belong to.",
    404: " Nothing is there under this name.",
}
CONNECT_TIMEOUT, READ_TIMEOUT = 5, 15  # seconds
ATTEMPTS = 2


def is_rds(host: str) -> bool:
    """Say whether a host's name is that of an RDS endpoint."""
    return RDS.search(host.lower()) is not None


def database_token(host: str, port: str, user: str) -> str:
    """Return what RDS takes for a password for the next 15 minutes; nothing is asked for it.

    Args:
        host: the endpoint; its name tells the region, or else AWS's own settings do.
        port: of the endpoint.
        user: the database role.

    Raises:
        SettingsError: there are no AWS credentials, or no region.
    """
    found = RDS.search(host.lower())
    region = found[found.lastgroup or 0] if found else None
    with told_plainly(f"No IAM token for {user}@{host}"):
        token = client("rds", region).generate_db_auth_token(
            DBHostname=host, Port=port, DBUsername=user
        )
    protect(str(token))
    return str(token)


@cache  # it takes longer to make than a token, and renews its credentials by itself
def client(service: str, region: str | None = None) -> Any:
    """Return boto3's client of a service, which gives up after seconds instead of minutes."""
    import boto3  # noqa: PLC0415 - see above
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=READ_TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    # boto3 itself knows AWS_DEFAULT_REGION only; other tools, and ECS, say AWS_REGION.
    known = region or os.environ.get("AWS_REGION") or None
    return boto3.client(service, region_name=known, config=config)


@contextmanager
def told_plainly(what_failed: str) -> Iterator[None]:
    """Raise whatever boto3 raises as one sentence, which begins with `what_failed`.

    Raises:
        SettingsError: with AWS's code, but not with AWS's words, which may quote what was sent.
    """
    from botocore import exceptions  # noqa: PLC0415 - see above

    try:
        yield
    except exceptions.ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response.get("Error", {}).get("Code", status)
        raise SettingsError(
            f"{what_failed}: AWS answered {status} ({code}).{ADVICE.get(status, '')}"
        ) from error
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise SettingsError(
            f"{what_failed}: there are no AWS credentials. Give the task a role, or set "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
        ) from error
    except exceptions.NoRegionError as error:
        raise SettingsError(f"{what_failed}: no AWS region is known. Set AWS_REGION.") from error
    except (exceptions.BotoCoreError, OSError, ValueError) as error:
        raise SettingsError(f"{what_failed}: {one_line(error)}") from error
