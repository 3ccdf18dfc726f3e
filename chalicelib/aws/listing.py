"""Lists the originals bucket in key order; only the scheduled reconciliation does."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from chalicelib.aws.errors import translate_transient_errors
from chalicelib.maintenance.reconciliation import ListedObject, Page


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
