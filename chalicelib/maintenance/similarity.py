"""Builds the similarity indexes: for each owner whose fingerprints have changed, it reads them and compares them.

The rows of fingerprints change in the transaction of their photo, which also counts the change. An index is built from
all of them at once, so a run that fails or dies leaves the one before, and the next run builds it again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Protocol

from chalicelib.library.fingerprints import Fingerprint
from chalicelib.library.near_duplicates import find_groups
from chalicelib.library.similarity_index import (
    Group,
    GroupIndex,
    IndexFiles,
    embeddings_key,
    groups_key,
    pack_embeddings,
)
from chalicelib.maintenance.pacing import MAX_PAUSE, PAUSE_PER_ROW, Failure

# The newest photos of an owner that are indexed, and that are compared with each other: a build that starts at the end
# of a run's time must end before the function's. Measured in decision 47.
MAX_INDEXED, MAX_COMPARED = 100_000, 50_000


@dataclass(frozen=True, slots=True)
class FingerprintChanges:
    """How often the fingerprints of an owner have changed, and how often when they were last compared.

    `compared_at` is that time, None if never; `rows` were compared then.
    """

    owner: str
    changes: int
    compared: int = 0
    compared_at: datetime | None = None
    rows: int = 0

    def is_paused(self, now: datetime) -> bool:
        """Whether it is too early to compare this many rows again."""
        return self.compared_at is not None and now < self.compared_at + min(MAX_PAUSE, self.rows * PAUSE_PER_ROW)


@dataclass(frozen=True, slots=True)
class SimilarityReport:
    """The result of one run: the indexes that were built."""

    built: int = 0
    failures: tuple[Failure, ...] = ()


class FingerprintStore(Protocol):
    """Reads the fingerprints of owners and counts their changes."""

    def list_changes(self) -> list[FingerprintChanges]:
        """The counts of all owners who ever had a fingerprint; consistent read."""

    def read_fingerprints(self, owner: str) -> Iterator[Fingerprint]:
        """An owner's fingerprints, newest first; consistent read."""

    def save_comparison(self, compared: FingerprintChanges) -> None:
        """Record when an owner's fingerprints were compared; changes since then stay counted."""


@dataclass(frozen=True, slots=True)
class SimilarityIndexing:
    """Updates the similarity indexes."""

    fingerprints: FingerprintStore
    files: IndexFiles
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], bool]) -> SimilarityReport:
        """Build the indexes that are missing or out of date, while there is time; those that failed do not stop it."""
        report = SimilarityReport()
        try:
            owners = self.fingerprints.list_changes()
        except Exception as error:  # noqa: BLE001 - other work continues
            return SimilarityReport(failures=(Failure(None, error),))
        for owner in sorted(owners, key=lambda each: each.compared_at.timestamp() if each.compared_at else 0):
            if not time_left():
                break
            try:
                built = self._is_due(owner) and self._build(owner)
                report = replace(report, built=report.built + built)
            except Exception as error:  # noqa: BLE001 - the next run tries again, and other owners continue
                report = replace(report, failures=(*report.failures, Failure(None, error)))
        return report

    def _is_due(self, owner: FingerprintChanges) -> bool:
        """Whether the index is out of date, or lost."""
        if owner.changes != owner.compared:
            return not owner.is_paused(self.now())
        keys = (groups_key(owner.owner), embeddings_key(owner.owner))
        return owner.rows > 0 and not all(self.files.exists(key) for key in keys)

    def _build(self, owner: FingerprintChanges) -> bool:
        now = self.now()
        rows = list(islice(self.fingerprints.read_fingerprints(owner.owner), MAX_INDEXED))
        if rows:
            found = find_groups(rows[:MAX_COMPARED])
            groups = tuple(Group(group[0].position, tuple(each.photo_id for each in group)) for group in found)
            self.files.write(embeddings_key(owner.owner), pack_embeddings(rows).to_bytes())
            self.files.write(groups_key(owner.owner), GroupIndex(now, groups).to_bytes())
        else:
            self.files.remove([groups_key(owner.owner), embeddings_key(owner.owner)])
        self.fingerprints.save_comparison(replace(owner, compared=owner.changes, compared_at=now, rows=len(rows)))
        return True
