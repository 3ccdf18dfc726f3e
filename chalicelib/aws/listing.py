"""The originals bucket in S3, to go through key by key: apart from `s3`, for only the schedule does."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from chalicelib.aws.errors import translate_transient_errors
from chalicelib.maintenance.reconciliation import ListedObject, Page


@dataclass(frozen=True, slots=True)
class S3OriginalLister:
    """`inventory.Bucket` over one bucket."""

    client: Any
    bucket: str

    def list_originals(self, after: str | None, limit: int) -> Page[ListedObject]:
        """What lies in the bucket now behind this key, in UTF-8 order."""
        start = {"StartAfter": after} if after else {}
        with translate_transient_errors():
            answer = self.client.list_objects_v2(Bucket=self.bucket, MaxKeys=limit, **start)
        rows = [ListedObject(one["Key"], one["LastModified"].astimezone(UTC)) for one in answer.get("Contents", [])]
        return Page(rows, rows[-1].key if answer["IsTruncated"] else None)
