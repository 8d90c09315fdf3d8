"""A `.env` in S3, read and written as the task's role."""

from dataclasses import dataclass

from loader import aws


@dataclass(frozen=True)
class S3Object:
    """An object that is there.

    Attributes:
        bucket: its bucket's name.
        key: its own.
    """

    bucket: str
    key: str

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

    def replace(self, content: bytes) -> None:
        """Put `content` in the place of what it holds.

        Raises:
            SettingsError: it may not be written, or S3 cannot be reached; it is as it was.
        """
        with aws.told_plainly(f"{self} cannot be written"):
            aws.client("s3").put_object(Bucket=self.bucket, Key=self.key, Body=content)
