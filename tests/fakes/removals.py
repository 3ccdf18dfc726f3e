"""A fake count of removals."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.ingest.removal_limit import RemovalCounts


@dataclass
class MemoryRemovalCounter:
    """`RemovalCounter` in memory."""

    counts: RemovalCounts = field(default_factory=RemovalCounts)

    def add(self) -> RemovalCounts:
        self.counts = replace(self.counts, removals=self.counts.removals + 1)
        return self.counts

    def read(self) -> RemovalCounts:
        return self.counts

    def stop(self, now: datetime) -> None:
        self.counts = replace(self.counts, stopped_at=self.counts.stopped_at or now)

    def set_photos(self, photos: int) -> None:
        self.counts = replace(self.counts, photos=photos)

    def start_again(self, photos: int) -> None:
        self.counts = RemovalCounts(photos=photos)
