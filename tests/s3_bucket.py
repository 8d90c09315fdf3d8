"""A bucket in S3, as its owner sees it."""

import json
from collections.abc import Mapping
from itertools import count

import boto3

ACCESS_KEY_ID = "sample-aws-access-key-id"
SECRET_ACCESS_KEY = "sample-aws-secret-access-key"
REGION = "eu-central-1"
KEY = "spotify elt/prod.env"  # a key may hold what a URL may not


class Bucket:
    """A new bucket.

    Args:
        aws: the variables with which boto3 finds S3.
    """

    _numbers = count(1)

    def __init__(self, aws: Mapping[str, str]) -> None:
        self._client = boto3.client(
            "s3",
            endpoint_url=aws["AWS_ENDPOINT_URL"],
            aws_access_key_id=aws["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=aws["AWS_SECRET_ACCESS_KEY"],
            region_name=aws["AWS_REGION"],
        )
        self.name = f"secrets-{next(self._numbers)}"
        self._client.create_bucket(
            Bucket=self.name,
            CreateBucketConfiguration={"LocationConstraint": aws["AWS_REGION"]},
        )
        self._aws = aws

    def __str__(self) -> str:
        return f"s3://{self.name}"

    def keys(self) -> set[str]:
        """The keys of all objects."""
        listed = self._client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {one["Key"] for one in listed}

    def environment(self, key: str = KEY) -> dict[str, str | None]:
        """The variables of a command whose `.env` is an object here."""
        return {**self._aws, "ENV_FILE": f"s3://{self.name}/{key}"}

    def put(self, content: str | bytes) -> None:
        """Write the object."""
        body = content.encode() if isinstance(content, str) else content
        self._client.put_object(Bucket=self.name, Key=KEY, Body=body)

    def get(self) -> str:
        """Return what the object holds."""
        return str(self._client.get_object(Bucket=self.name, Key=KEY)["Body"].read().decode())

    def deny(self, action: str | None) -> None:
        """Deny an action on the objects to everybody; None allows all again."""
        if action is None:
            self._client.delete_bucket_policy(Bucket=self.name)
            return
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": f"arn:aws:s3:::{self.name}/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self._client.put_bucket_policy(Bucket=self.name, Policy=json.dumps(policy))
