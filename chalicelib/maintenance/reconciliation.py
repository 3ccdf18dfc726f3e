"""Reconciliation: compares the originals bucket with the photo records and repairs what lost events left behind.

Two passes, each resumed from a checkpoint: every original must have a photo, and every finished photo its original, in
the version it was made from. A difference is reconciled as if its event had arrived. S3 delivers at least once, but a
delivery may fail for longer than it is retried, and a bucket may contain files from before the library was deployed.
The pass over the photos also recomputes each photo's heat when the library's epoch has changed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from chalicelib.errors import Conflict
from chalicelib.ingest import originals
from chalicelib.ingest.ingest import FINISHED_STATES, Action, Ingest
from chalicelib.ingest.originals import OriginalStore
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.maintenance.pacing import PAUSE_PER_ROW, Failure, PassProgress

ORIGINALS, PHOTOS = "originals", "photos"
# The most ids of one `get_many`.
PAGE_SIZE = 100
# The event of a younger object may still arrive.
SETTLED_AFTER = timedelta(minutes=15)


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
    """Where a pass resumes."""

    after: str | None = None
    progress: PassProgress = field(default_factory=PassProgress)


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """The result of one run of a pass: rows checked, rows repaired, and failures.

    `orphans` are uploads without a record, which are left alone; `heat_updated` counts photos of another epoch.
    """

    checked: int = 0
    repaired: int = 0
    orphans: int = 0
    heat_updated: int = 0
    failures: tuple[Failure, ...] = ()


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


@dataclass(frozen=True, slots=True)
class _Row:
    """One original or photo to check; `is_inconsistent` may read the other side and raise."""

    position: str
    photo_id: str
    key: str
    is_inconsistent: Callable[[], bool]
    record: Photo | None = None
    is_orphan: bool = False


@dataclass(frozen=True, slots=True)
class _Pass:
    """A pass: how it reads the page after a position, and the pause after it for each row."""

    name: str
    read: Callable[[str | None], Page[_Row]]
    pause_per_row: timedelta


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Both passes. `bucket` is the name of the originals bucket; `heat` is the heat of a photo by its time.

    The pass over the photos, which sends a request for each, rests for `pause_per_photo` times their number.
    """

    ingest: Ingest
    photos: PhotoStore
    originals: OriginalStore
    lister: OriginalLister
    scanner: PhotoScanner
    heat: Callable[[datetime], int]
    bucket: str
    id_secret: str
    now: Callable[[], datetime]
    pause_per_photo: timedelta = PAUSE_PER_ROW

    def reconcile_originals(self, time_left: Callable[[], bool]) -> ReconciliationReport:
        """Resume the pass over the bucket, until time is up or the pass ends: finds originals without a photo."""
        return self._run_pass(_Pass(ORIGINALS, self._read_originals, PAUSE_PER_ROW), time_left)

    def reconcile_photos(self, time_left: Callable[[], bool]) -> ReconciliationReport:
        """Resume the pass over the records, until time is up or the pass ends: finds photos without their original."""
        return self._run_pass(_Pass(PHOTOS, self._read_photos, self.pause_per_photo), time_left)

    def _run_pass(self, each: _Pass, time_left: Callable[[], bool]) -> ReconciliationReport:
        report = ReconciliationReport()
        try:
            checkpoint = self.scanner.load_checkpoint(each.name)
            while time_left() and not checkpoint.progress.is_paused(self.now()):
                checkpoint, report = self._check_page(each, checkpoint, report, time_left)
                self.scanner.save_checkpoint(each.name, checkpoint)  # after every page, in case the process is killed
                if checkpoint.after is None:
                    break
        except Exception as error:  # noqa: BLE001 - other work continues, and this pass resumes from its checkpoint
            return replace(report, failures=(*report.failures, Failure(None, error)))
        return report

    def _check_page(
        self, each: _Pass, checkpoint: Checkpoint, report: ReconciliationReport, time_left: Callable[[], bool]
    ) -> tuple[Checkpoint, ReconciliationReport]:
        page = each.read(checkpoint.after)
        for row in page.rows:
            if not time_left():
                return checkpoint, report
            report = self._check(row, report)
            checkpoint = replace(checkpoint, after=row.position, progress=checkpoint.progress.add_rows(1))
        if page.after is None:
            return Checkpoint(progress=checkpoint.progress.next_pass(self.now(), each.pause_per_row)), report
        return replace(checkpoint, after=page.after), report

    def _check(self, row: _Row, report: ReconciliationReport) -> ReconciliationReport:
        report = replace(report, checked=report.checked + 1, orphans=report.orphans + row.is_orphan)
        try:
            if row.record and self._update_heat(row.record):
                report = replace(report, heat_updated=report.heat_updated + 1)
            if not row.is_inconsistent():
                return report
            # There is no event, so bucket and key are all that is known of it.
            action = self.ingest.reconcile(row.key, {"bucket": self.bucket, "key": row.key}).action
        except Exception as error:  # noqa: BLE001 - the next pass tries this row again, and the others continue
            return replace(report, failures=(*report.failures, Failure(row.photo_id, error)))
        return replace(report, repaired=report.repaired + (action in {Action.PROCESS, Action.REMOVE}))

    def _read_originals(self, after: str | None) -> Page[_Row]:
        page = self.lister.list_originals(after, PAGE_SIZE)
        keys = {
            listed.key
            for listed in page.rows
            if self._is_settled(listed.stored_at) and not originals.is_sidecar(listed.key)
        }
        known = self._photos_by_key(keys)
        orphans = {key for key in keys - known.keys() if originals.is_upload(key)}
        missing = {key for key in keys - orphans if key not in known or known[key].state is State.UPLOADING}

        def row(key: str) -> _Row:
            photo_id = known[key].photo_id if key in known else self._direct_drop_id(key)
            return _Row(key, photo_id, key, lambda: key in missing, is_orphan=key in orphans)

        return Page([row(listed.key) for listed in page.rows], page.after)

    def _photos_by_key(self, keys: set[str]) -> dict[str, Photo]:
        """The photos of these keys: uploads have their photo id in the key, direct drops have one derived from it."""
        uploads = filter(None, map(originals.photo_id_from_key, keys))
        direct_drops = (self._direct_drop_id(key) for key in keys if not originals.is_upload(key))
        return {photo.key: photo for photo in self.photos.get_many({*uploads, *direct_drops}).values()}

    def _direct_drop_id(self, key: str) -> str:
        return originals.direct_drop_id(self.bucket, key, self.id_secret)

    def _read_photos(self, after: str | None) -> Page[_Row]:
        page = self.scanner.scan(after, PAGE_SIZE)
        rows = [
            _Row(photo.photo_id, photo.photo_id, photo.key, partial(self._differs_from_original, photo), photo)
            for photo in page.rows
        ]
        return Page(rows, page.after)

    def _update_heat(self, photo: Photo) -> bool:
        """Recompute the heat of a photo of another epoch; its totals change in the same commit."""
        heat = self.heat(photo.received_at)
        if photo.state not in FINISHED_STATES or photo.worker or _is_same_epoch(photo.heat, heat):
            return False  # a leased photo is updated in the next pass
        try:
            self.photos.commit(photo, replace(photo, heat=heat))
        except Conflict:  # so is one that has changed since it was read
            return False
        return True

    def _differs_from_original(self, photo: Photo) -> bool:
        """Whether the bucket has no original, or another version than the photo was made from."""
        if photo.state not in FINISHED_STATES:
            return False  # the due list contains it
        original = self.originals.head(photo.key)
        if original is None:
            return True
        return original.version != photo.object_version and self._is_settled(original.stored_at)

    def _is_settled(self, stored_at: datetime) -> bool:
        return stored_at <= self.now() - SETTLED_AFTER


def _is_same_epoch(heat: int, other: int) -> bool:
    """Whether both are of one epoch: a day makes 2.3 %, while rounding of powers differs in the last digit only."""
    return math.isclose(heat, other, rel_tol=1e-3)
