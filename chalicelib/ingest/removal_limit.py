"""The limit on removals: photos stop being removed when the originals of many of them are gone at once.

An S3 tool, a lifecycle rule or a wrong bucket name can make all originals disappear within minutes. Each worker removes
one photo at a time, so all of them count removals in one place. The count starts again after each scheduled pass over
the photos. Once the limit is exceeded, nothing is removed until a complete pass finds that no original is missing, or
until somebody confirms the deletion.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

MIN_REMOVALS = 100
SHARE = 0.1


@dataclass(frozen=True, slots=True)
class RemovalCounts:
    """Removals since the last pass, the photos that it counted, and when removals were stopped."""

    removals: int = 0
    photos: int = 0
    stopped_at: datetime | None = None


class RemovalCounter(Protocol):
    """Counts removals for all workers."""

    def add(self) -> RemovalCounts:
        """Count one removal; returns the counts with it."""

    def read(self) -> RemovalCounts:
        """The current counts."""

    def stop(self, now: datetime) -> None:
        """Record that removals are stopped, unless they are."""

    def set_photos(self, photos: int) -> None:
        """Record how many photos a pass has counted."""

    def start_again(self, photos: int) -> None:
        """Count from zero, with removals allowed."""


@dataclass(frozen=True, slots=True)
class RemovalLimit:
    """Decides whether a photo whose original is gone may be removed; everything is allowed until `allowed_until`."""

    counter: RemovalCounter
    now: Callable[[], datetime]
    allowed_until: datetime | None = None

    def allow(self) -> bool:
        """Count one removal; returns whether it is allowed, and stops all if there were too many."""
        if self.allowed_until and self.now() < self.allowed_until:
            return True
        counts = self.counter.add()
        if counts.stopped_at is None and counts.removals > max_removals(counts.photos):
            self.counter.stop(self.now())
            return False
        return counts.stopped_at is None

    def end_pass(self, *, photos: int, missing: int, started_at: datetime) -> None:
        """Start counting again after a pass that found these photos, of which `missing` still have no original.

        Stopped removals are allowed again if the pass started later and found all originals.
        """
        stopped_at = self.counter.read().stopped_at
        if stopped_at is None or (stopped_at <= started_at and not missing):
            self.counter.start_again(photos)
        else:
            self.counter.set_photos(photos)


def end_of_day(date: str) -> datetime | None:
    """The end of a day like 2026-01-01 in UTC; None without one."""
    return datetime.fromisoformat(date).replace(tzinfo=UTC) + timedelta(days=1) if date else None


def max_removals(photos: int) -> int:
    """How many of these photos may be removed between two passes: a hundred, or a tenth of a larger library."""
    return max(MIN_REMOVALS, int(photos * SHARE))
