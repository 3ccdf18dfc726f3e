"""Around reconciliation: pages of the bucket and of the records, checkpoints of its passes, the queue of ingest."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from chalicelib.library.photo import Photo
from chalicelib.maintenance.derivatives import INTERVAL
from chalicelib.maintenance.pacing import PassProgress


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object in a listing of the bucket."""

    key: str
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some rows, and the position after them: None at the end. A page may be empty without being the last."""

    rows: Sequence[T]
    after: str | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a pass resumes, and what it has counted so far: photos, and those that have lost their original.

    `derivatives_at` is the start of the last pass that looked for derivatives, which may be this one. The pass is one
    of `revision`.
    """

    after: str | None = None
    progress: PassProgress = field(default_factory=PassProgress)
    photos: int = 0
    missing: int = 0
    started_at: datetime | None = None
    derivatives_at: datetime | None = None
    revision: int = 0

    def for_revision(self, revision: int) -> "Checkpoint":
        """The checkpoint for this revision of what records follow from; after an update, a pass starts at once."""
        if self.revision == revision:
            return self
        return Checkpoint(derivatives_at=self.derivatives_at, revision=revision)

    def start(self, now: datetime) -> "Checkpoint":
        """The checkpoint of a pass that starts now, unless it has started."""
        if self.started_at:
            return self
        is_due = self.derivatives_at is None or now >= self.derivatives_at + INTERVAL
        return replace(self, started_at=now, derivatives_at=now if is_due else self.derivatives_at)

    @property
    def checks_derivatives(self) -> bool:
        """Whether this pass looks for derivatives."""
        return self.derivatives_at is not None and self.derivatives_at == self.started_at


class OriginalLister(Protocol):
    """Lists the originals bucket."""

    def list_originals(self, after: str | None, limit: int) -> Page[ListedObject]:
        """Objects after this key, in key order; the position is the last key."""


class PhotoScanner(Protocol):
    """Reads all photo records, and stores the checkpoints of the passes."""

    def scan(self, after: str | None, limit: int) -> Page[Photo]:
        """Records after this position, in an order of the store's choice; the position is a photo id."""

    def load_checkpoint(self, pass_name: str) -> Checkpoint:
        """The checkpoint of this pass; an empty one at first."""

    def save_checkpoint(self, pass_name: str, checkpoint: Checkpoint) -> None:
        """Save the checkpoint for the next run."""


class IngestQueue(Protocol):
    """The queue of originals that the ingest function processes."""

    def send(self, key: str) -> None:
        """Queue an event of the original at this key; raises Unavailable."""
