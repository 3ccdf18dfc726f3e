"""The inventory: bucket and catalogue held side by side, for what no event will ever tell.

Two walks, each in slices with its place kept: every original must have its photo, and every finished photo its
original, in the version it was made from. What differs is reconciled as if its event had come at last. S3 tells of
every object at least once, but a delivery may fail for longer than it is tried again, and a bucket may have held
files before the library knew of it. The walk through the catalogue also brings each photo's heat to the library's
epoch, so that a new epoch needs nothing but the setting and the time of a round.
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
from chalicelib.library.photo import Photo, State
from chalicelib.maintenance.pacing import Failure, PassProgress

ORIGINALS, PHOTOS = "originals", "photos"
# As many ids as one look into the catalogue takes.
PAGE_SIZE = 100
# The event of anything younger may still be on its way.
SETTLED_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ListedObject:
    """One object as a listing of the bucket shows it."""

    key: str
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some rows of a walk, and the place behind them; None at the end. A page may be empty and not the last."""

    rows: Sequence[T]
    after: str | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a walk has come."""

    after: str | None = None
    progress: PassProgress = field(default_factory=PassProgress)


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """What one slice came to: rows looked at, those that were amiss and are put right, and those that failed.

    `reheated` had their heat by another epoch; `orphans` are uploads without a record, which are left alone.
    """

    checked: int = 0
    repaired: int = 0
    orphans: int = 0
    heat_updated: int = 0
    failures: tuple[Failure, ...] = ()


class OriginalLister(Protocol):
    """The bucket of originals, to go through."""

    def list_originals(self, after: str | None, limit: int) -> Page[ListedObject]:
        """What lies in the bucket now behind this key, by key; the place is the last key."""


class PhotoScanner(Protocol):
    """The records of photos, to go through, and the places where walks stopped."""

    def scan(self, after: str | None, limit: int) -> Page[Photo]:
        """Records behind this place in an order of the store's own; the place is an id."""

    def load_checkpoint(self, pass_name: str) -> Checkpoint:
        """The place that was kept of this walk; a new one at first."""

    def save_checkpoint(self, pass_name: str, checkpoint: Checkpoint) -> None:
        """Keep this place for the next run."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One thing to look at: `amiss` asks for the other side of it, and may fail; the record, where it was read."""

    place: str
    photo_id: str
    key: str
    amiss: Callable[[], bool]
    record: Photo | None = None
    is_orphan: bool = False


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Both walks, with everything they need handed in."""

    ingest: Ingest
    lister: OriginalLister
    scanner: PhotoScanner
    now: Callable[[], datetime]

    def reconcile_originals(self, time_left: Callable[[], bool]) -> ReconciliationReport:
        """Go on through the bucket, until time is up or the round is complete: originals without a photo."""
        return self._walk(ORIGINALS, self._originals, time_left)

    def reconcile_photos(self, time_left: Callable[[], bool]) -> ReconciliationReport:
        """Go on through the catalogue, until time is up or the round is complete: photos without their original."""
        return self._walk(PHOTOS, self._photos, time_left)

    def _walk(
        self, walk: str, read: Callable[[str | None], Page[_Row]], time_left: Callable[[], bool]
    ) -> ReconciliationReport:
        came = ReconciliationReport()
        try:
            mark = self.scanner.load_checkpoint(walk)
            while time_left() and not mark.progress.is_paused(self.now()):
                mark, came = self._page(read(mark.after), mark, came, time_left)
                self.scanner.save_checkpoint(walk, mark)  # at every page, for a run that dies
                if mark.after is None:
                    break
        except Exception as error:  # noqa: BLE001 - the other work goes on, and this walk from its bookmark
            return replace(came, failures=(*came.failures, Failure(None, error)))
        return came

    def _page(
        self, page: Page[_Row], mark: Checkpoint, came: ReconciliationReport, time_left: Callable[[], bool]
    ) -> tuple[Checkpoint, ReconciliationReport]:
        for row in page.rows:
            if not time_left():
                return mark, came
            came = self._look(row, came)
            mark = replace(mark, after=row.place, progress=mark.progress.add_rows(1))
        if page.after is None:
            return Checkpoint(progress=mark.progress.next_pass(self.now())), came
        return replace(mark, after=page.after), came

    def _look(self, row: _Row, came: ReconciliationReport) -> ReconciliationReport:
        came = replace(came, checked=came.checked + 1, orphans=came.orphans + row.is_orphan)
        try:
            if row.record and self._reheat(row.record):
                came = replace(came, heat_updated=came.heat_updated + 1)
            if not row.amiss():
                return came
            # Nobody told us more than where it lies.
            step = self.ingest.reconcile(row.key, {"bucket": self.ingest.bucket, "key": row.key}).action
        except Exception as error:  # noqa: BLE001 - one that fails is met again in the next round, and stops nobody
            return replace(came, failures=(*came.failures, Failure(row.photo_id, error)))
        return replace(came, repaired=came.repaired + (step in {Action.PROCESS, Action.REMOVE}))

    def _originals(self, after: str | None) -> Page[_Row]:
        page = self.lister.list_originals(after, PAGE_SIZE)
        wanted = {one.key for one in page.rows if self._settled(one.stored_at) and not originals.is_sidecar(one.key)}
        known = self._known(wanted)
        orphans = {key for key in wanted - known.keys() if originals.is_upload(key)}
        missing = {key for key in wanted - orphans if key not in known or known[key].state is State.UPLOADING}

        def row(key: str) -> _Row:
            photo_id = known[key].photo_id if key in known else self._dropped_id(key)
            return _Row(key, photo_id, key, lambda: key in missing, is_orphan=key in orphans)

        return Page([row(one.key) for one in page.rows], page.after)

    def _known(self, keys: set[str]) -> dict[str, Photo]:
        """The records that hold these keys, by key: those of our own uploads and those of direct drops."""
        uploaded = filter(None, map(originals.photo_id_from_key, keys))
        dropped = (self._dropped_id(key) for key in keys if not originals.is_upload(key))
        return {photo.key: photo for photo in self.ingest.photos.get_many({*uploaded, *dropped}).values()}

    def _dropped_id(self, key: str) -> str:
        return originals.direct_drop_id(self.ingest.bucket, key, self.ingest.id_secret)

    def _photos(self, after: str | None) -> Page[_Row]:
        page = self.scanner.scan(after, PAGE_SIZE)
        return Page([_Row(p.photo_id, p.photo_id, p.key, partial(self._differs, p), p) for p in page.rows], page.after)

    def _reheat(self, photo: Photo) -> bool:
        """Measure the photo's heat anew where it is another epoch's, all that is counted of it at once."""
        heat = self.ingest.heat(photo.received_at)
        if photo.state not in FINISHED_STATES or photo.worker or _is_same(photo.heat, heat):
            return False  # what is in somebody's hands comes by in the next round
        try:
            self.ingest.photos.commit(photo, replace(photo, heat=heat))
        except Conflict:  # so does what has changed since it was read
            return False
        return True

    def _differs(self, photo: Photo) -> bool:
        """Whether another version lies in the bucket than the photo was made from, or none."""
        if photo.state not in FINISHED_STATES:
            return False  # the due list knows of it
        original = self.ingest.originals.head(photo.key)
        if original is None:
            return True
        return original.version != photo.object_version and self._settled(original.stored_at)

    def _settled(self, stored_at: datetime) -> bool:
        return stored_at <= self.now() - SETTLED_AFTER


def _is_same(heat: int, other: int) -> bool:
    """Whether both are of one epoch: a day is 2.3 %, and machines round powers of two differently in the last digit."""
    return math.isclose(heat, other, rel_tol=1e-3)
