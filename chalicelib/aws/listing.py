"""Lists the buckets of originals and derivatives in key order; only the scheduled reconciliation does."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from chalicelib.aws.errors import translate_transient_errors
from chalicelib.aws.s3 import head_object
from chalicelib.maintenance.sources import ListedObject, Page


@dataclass(frozen=True, slots=True)
class S3OriginalLister:
    """`reconciliation.OriginalLister` over one S3 bucket."""

    client: Any
    bucket: str

    def list_originals(self, after: str | None, limit: int) -> Page[ListedObject]:
        """Objects after this key, in UTF-8 order of their keys."""
        start = {"StartAfter": after} if after else {}
        with translate_transient_errors():
            response = self.client.list_objects_v2(Bucket=self.bucket, MaxKeys=limit, **start)
        rows = [
            ListedObject(found["Key"], found["LastModified"].astimezone(UTC)) for found in response.get("Contents", [])
        ]
        return Page(rows, rows[-1].key if response["IsTruncated"] else None)


@dataclass(frozen=True, slots=True)
class S3DerivativeLister:
    """`derivatives.DerivativeLister` over one S3 bucket."""

    client: Any
    bucket: str

    def list_keys(self, after: str) -> tuple[list[str], bool]:
        """Up to 1,000 keys after this position, in UTF-8 order, and whether there are more."""
        with translate_transient_errors():
            response = self.client.list_objects_v2(Bucket=self.bucket, StartAfter=after)
        return [found["Key"] for found in response.get("Contents", [])], response["IsTruncated"]

    def exists(self, key: str) -> bool:
        """Whether there is an object at this key."""
        return head_object(self.client, self.bucket, key) is not None
