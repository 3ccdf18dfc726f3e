"""The files of similarity indexes in the derivatives bucket. They are private: no URL of them is ever signed."""

from dataclasses import dataclass
from typing import Any

from chalicelib.aws.errors import translate_transient_errors
from chalicelib.aws.s3 import delete_objects, head_object, read_object


@dataclass(frozen=True, slots=True)
class S3IndexFiles:
    """`similarity_index.IndexFiles` over one S3 bucket."""

    client: Any
    bucket: str

    def read(self, key: str) -> bytes | None:
        """The bytes of a file, or None."""
        return read_object(self.client, self.bucket, key)

    def exists(self, key: str) -> bool:
        """Whether there is this file."""
        return head_object(self.client, self.bucket, key) is not None

    def write(self, key: str, data: bytes) -> None:
        """Store a file."""
        with translate_transient_errors():
            self.client.put_object(Bucket=self.bucket, Key=key, Body=data, ContentType="application/octet-stream")

    def remove(self, keys: list[str]) -> None:
        """Delete these files; missing ones are ignored."""
        delete_objects(self.client, self.bucket, [{"Key": key} for key in keys])
