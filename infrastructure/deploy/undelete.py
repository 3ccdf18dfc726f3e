"""Undelete: brings back originals that were deleted by mistake, by deleting their delete markers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from typing import Any

from infrastructure.deploy.errors import UserError

BATCH_SIZE = 1000  # of DeleteObjects


@dataclass(frozen=True, slots=True)
class Deletions:
    """The originals below a prefix that were deleted at or after a time and are still deleted."""

    s3: Any
    bucket: str
    since: datetime
    prefix: str = ""

    def count(self) -> int:
        """Their number."""
        return sum(1 for _ in self._markers())

    def undo(self) -> int:
        """Bring them back; returns their number. Raises UserError; a second run continues."""
        undone = 0
        for batch in batched(self._markers(), BATCH_SIZE):
            request = {"Objects": list(batch), "Quiet": True}
            if errors := self.s3.delete_objects(Bucket=self.bucket, Delete=request).get("Errors"):
                raise UserError(f"{len(errors)} originals are still deleted ({errors[0].get('Code')}). Run this again.")
            undone += len(batch)
        return undone

    def _markers(self) -> Iterator[Mapping[str, str]]:
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=self.prefix)
        for page in pages:
            for marker in page.get("DeleteMarkers", []):
                if marker["IsLatest"] and marker["LastModified"] >= self.since:
                    yield {"Key": marker["Key"], "VersionId": marker["VersionId"]}


def parse_time(text: str) -> datetime:
    """A time like 2026-11-27T03:00, in UTC unless it has an offset; raises UserError."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            f"Invalid SINCE {text!r}: use the time of the deletion in UTC, for example SINCE=2026-11-27T03:00."
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
