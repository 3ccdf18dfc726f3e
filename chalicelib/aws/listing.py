"""The originals bucket in S3, to go through key by key: apart from `s3`, for only the schedule does."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from chalicelib.aws.errors import passing_as_unavailable
from chalicelib.maintenance.reconciliation import Listed, Page


@dataclass(frozen=True, slots=True)
class S3Listing:
    """`inventory.Bucket` over one bucket."""

    client: Any
    bucket: str

    def listed(self, after: str | None, limit: int) -> Page[Listed]:
        """What lies in the bucket now behind this key, in UTF-8 order."""
        start = {"StartAfter": after} if after else {}
        with passing_as_unavailable():
            answer = self.client.list_objects_v2(Bucket=self.bucket, MaxKeys=limit, **start)
        rows = [Listed(one["Key"], one["LastModified"].astimezone(UTC)) for one in answer.get("Contents", [])]
        return Page(rows, rows[-1].key if answer["IsTruncated"] else None)
