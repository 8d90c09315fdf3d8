"""Objects in S3, read and written as the task's role."""

import re
from dataclasses import dataclass
from typing import Self

from spotify_elt.settings import aws

ADDRESS = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)")


@dataclass(frozen=True)
class S3Object:
    """An object.

    Attributes:
        bucket: its bucket's name.
        key: its own.
    """

    bucket: str
    key: str

    @classmethod
    def at(cls, address: str) -> Self | None:
        """Return the object at `s3://bucket/key`; None where the address is no such thing."""
        found = ADDRESS.fullmatch(address)
        return cls(found["bucket"], found["key"]) if found else None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def read(self) -> bytes:
        """Return what it holds.

        Raises:
            SettingsError: it is not there, may not be read, or S3 cannot be reached.
        """
        with aws.told_plainly(f"{self} cannot be read"):
            answer = aws.client("s3").get_object(Bucket=self.bucket, Key=self.key)
            return bytes(answer["Body"].read())

    def refuse_unless_writable(self) -> None:
        """Make sure that it can be written; only writing tells, so it is written as it is.

        Raises:
            SettingsError: it may not be read or written.
        """
        self.replace(self.read())

    def replace(self, content: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        """Put `content` in the place of what it holds, if anything.

        Raises:
            SettingsError: it may not be written, or S3 cannot be reached; it is as it was.
        """
        with aws.told_plainly(f"{self} cannot be written"):
            aws.client("s3").put_object(
                Bucket=self.bucket, Key=self.key, Body=content, ContentType=content_type
            )
