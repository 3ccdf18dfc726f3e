"""Reconciliation: compares the originals bucket with the photo records and repairs what lost events left behind.

Two passes, each resumed from a checkpoint: every original must have a photo, and every finished photo its original, in
the version it was made from. A difference is reconciled as if its event had arrived. S3 delivers at least once, but a
delivery may fail for longer than it is retried, and a bucket may contain files from before the library was deployed.
The ingest function processes what was found, as many at once as after events; a laptop, which has none, one by one.
Once a day the pass over the originals also finds photos without derivatives. The pass over the photos counts them for
the limit on removals, and refreshes those whose records are out of date.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.errors import Conflict
from chalicelib.ingest import originals
from chalicelib.ingest.decisions import FINISHED_STATES, Action
from chalicelib.ingest.ingest import Ingest
from chalicelib.ingest.key_migration import KEYS_REVISION, must_be_moved
from chalicelib.ingest.originals import OriginalStore
from chalicelib.ingest.processing import READER_REVISION
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.search_index import INDEX_REVISION
from chalicelib.maintenance.derivatives import DerivativeLister, DerivativeListing, list_derivatives
from chalicelib.maintenance.pacing import PAUSE_PER_ROW, Failure
from chalicelib.maintenance.refresh import Refresh
from chalicelib.maintenance.sources import Checkpoint, IngestQueue, OriginalLister, Page, PhotoScanner

ORIGINALS, PHOTOS = "originals", "photos"
# The most ids of one `get_many`.
PAGE_SIZE = 100
# Of all that records follow from; all of them only grow.
REVISION = READER_REVISION + INDEX_REVISION + KEYS_REVISION
# What takes long: the ingest function does it if there is one.
QUEUED_ACTIONS = frozenset({Action.PROCESS, Action.RECOVER, Action.LABEL, Action.MOVE})
# The event of a younger object may still arrive.
SETTLED_AFTER = timedelta(minutes=15)
# Of each pass in each run, every five minutes: 12,000 an hour, and room for events as they arrive.
MAX_QUEUED = 1000


@dataclass(frozen=True, slots=True)
class ReconciliationReport:
    """The result of one run of a pass: rows checked, rows repaired, and failures.

    `orphans` are uploads of unknown owners, which are left alone; `held` are photos without an original that were not
    removed because too many are; `rendered` are photos whose derivatives are made again; `refreshed` counts records
    that were out of date; `queued` are those, repaired or rendered, that the ingest function processes.
    """

    checked: int = 0
    repaired: int = 0
    orphans: int = 0
    held: int = 0
    rendered: int = 0
    refreshed: int = 0
    queued: int = 0
    failures: tuple[Failure, ...] = ()

    @property
    def differences(self) -> int:
        """The rows that were not as they should be."""
        return self.repaired + self.held + self.rendered + self.refreshed + len(self.failures)


@dataclass(frozen=True, slots=True)
class _Row:
    """One original or photo to check: whether its record is out of date, and functions that say what is wrong with it.

    `is_inconsistent` and `must_be_processed` may read the buckets and raise.
    """

    position: str
    photo_id: str
    key: str
    is_inconsistent: Callable[[], bool]
    record: Photo | None = None
    must_be_processed: Callable[[], bool] = lambda: False
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class _Pass:
    """A pass: how it reads the page after a position, and the pause after it for each row."""

    name: str
    read: Callable[[Checkpoint], Page[_Row]]
    pause_per_row: timedelta


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Both passes. `bucket` is the name of the originals bucket.

    The pass over the photos, which sends a request for each, rests for `pause_per_photo` times their number.
    """

    ingest: Ingest
    photos: PhotoStore
    originals: OriginalStore
    lister: OriginalLister
    scanner: PhotoScanner
    derivatives: DerivativeLister
    refreshes: tuple[Refresh, ...]
    bucket: str
    id_secret: str
    now: Callable[[], datetime]
    queue: IngestQueue | None = None
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
            if each.name == PHOTOS:
                checkpoint = checkpoint.for_revision(REVISION)
            while self._may_continue(report, time_left) and not checkpoint.progress.is_paused(self.now()):
                checkpoint, report = self._check_page(each, checkpoint, report, time_left)
                self.scanner.save_checkpoint(each.name, checkpoint)  # after every page, in case the process is killed
                if checkpoint.after is None:
                    break
        except Exception as error:  # noqa: BLE001 - other work continues, and this pass resumes from its checkpoint
            return replace(report, failures=(*report.failures, Failure(None, error)))
        return report

    def _may_continue(self, report: ReconciliationReport, time_left: Callable[[], bool]) -> bool:
        return time_left() and report.queued < MAX_QUEUED

    def _check_page(
        self, each: _Pass, checkpoint: Checkpoint, report: ReconciliationReport, time_left: Callable[[], bool]
    ) -> tuple[Checkpoint, ReconciliationReport]:
        checkpoint = checkpoint.start(self.now())
        page = each.read(checkpoint)
        for row in page.rows:
            if not self._may_continue(report, time_left):
                return checkpoint, report
            if row.is_stale:
                # A file that kills its reader must not stop the pass: the next run goes on behind it.
                self.scanner.save_checkpoint(each.name, replace(checkpoint, after=row.position))
            checked = self._check(row, report)
            lost = checked.held - report.held + len(checked.failures) - len(report.failures)
            checkpoint = replace(
                checkpoint,
                after=row.position,
                progress=checkpoint.progress.add_rows(1, checked.differences - report.differences),
                photos=checkpoint.photos + (row.record is not None and row.record.state in FINISHED_STATES),
                missing=checkpoint.missing + lost,
            )
            report = checked
        if page.after is None:
            return self._end_pass(each, checkpoint), report
        return replace(checkpoint, after=page.after), report

    def _end_pass(self, each: _Pass, checkpoint: Checkpoint) -> Checkpoint:
        if each.name == PHOTOS and checkpoint.started_at:
            self.ingest.removals.end_pass(
                photos=checkpoint.photos, missing=checkpoint.missing, started_at=checkpoint.started_at
            )
        progress = checkpoint.progress.next_pass(self.now(), each.pause_per_row)
        return Checkpoint(
            progress=progress,
            derivatives_at=checkpoint.derivatives_at,
            revision=checkpoint.revision,
        )

    def _check(self, row: _Row, report: ReconciliationReport) -> ReconciliationReport:
        report = replace(report, checked=report.checked + 1)
        try:
            if row.record and row.is_stale and self._refresh(row.record):
                report = replace(report, refreshed=report.refreshed + 1)
            if row.is_inconsistent():
                return self._reconcile(row.key, report)
            if row.record and row.must_be_processed():
                self.ingest.forget_derivatives(row.record)
                processed = self._reconcile(row.key, report)
                return replace(report, rendered=report.rendered + 1, queued=processed.queued)
        except Exception as error:  # noqa: BLE001 - the next pass tries this row again, and the others continue
            return replace(report, failures=(*report.failures, Failure(row.photo_id, error)))
        return report

    def _reconcile(self, key: str, report: ReconciliationReport) -> ReconciliationReport:
        """Reconcile a key, or queue it if its photo is to be processed, labeled or moved."""
        if self.queue and (action := self.ingest.plan(key)) in QUEUED_ACTIONS:
            self.queue.send(key)
            return _with_action(replace(report, queued=report.queued + 1), action)
        # There is no event, so bucket and key are all that is known of it.
        return _with_action(report, self.ingest.reconcile(key, {"bucket": self.bucket, "key": key}).action)

    def _read_originals(self, checkpoint: Checkpoint) -> Page[_Row]:
        page = self.lister.list_originals(checkpoint.after, PAGE_SIZE)
        keys = {
            listed.key
            for listed in page.rows
            if self._is_settled(listed.stored_at) and not originals.is_sidecar(listed.key)
        }
        known = self._photos_by_key(keys)
        without_photo = {key for key in keys if key not in known or _is_without_photo(known[key])}
        listing = self._list_derivatives(known.values(), checkpoint)

        def row(key: str) -> _Row:
            photo = known.get(key)
            return _Row(
                key,
                photo.photo_id if photo else self._direct_drop_ids(key)[0],
                key,
                lambda: key in without_photo,
                photo,
                lambda: listing is not None and photo is not None and listing.is_incomplete(photo, self.now()),
            )

        return Page([row(listed.key) for listed in page.rows], page.after)

    def _list_derivatives(self, photos: Iterable[Photo], checkpoint: Checkpoint) -> DerivativeListing | None:
        return list_derivatives(photos, self.derivatives) if checkpoint.checks_derivatives else None

    def _photos_by_key(self, keys: set[str]) -> dict[str, Photo]:
        """The photos of these keys: uploads have their photo id in the key, direct drops have one derived from it."""
        uploads = filter(None, map(originals.photo_id_from_key, keys))
        drop_ids = {key: self._direct_drop_ids(key) for key in keys if not originals.is_upload(key)}
        found = self._read_by_key({*uploads, *(first for first, _ in drop_ids.values())})
        others = {second for key, (_, second) in drop_ids.items() if key not in found}
        return found | self._read_by_key(others)

    def _read_by_key(self, photo_ids: set[str]) -> dict[str, Photo]:
        return {photo.key: photo for photo in self.photos.get_many(photo_ids).values()} if photo_ids else {}

    def _direct_drop_ids(self, key: str) -> tuple[str, str]:
        return originals.direct_drop_ids(self.bucket, key, self.id_secret)

    def _read_photos(self, checkpoint: Checkpoint) -> Page[_Row]:
        page = self.scanner.scan(checkpoint.after, PAGE_SIZE)
        rows = [
            _Row(
                photo.photo_id,
                photo.photo_id,
                photo.key,
                partial(self._must_be_reconciled, photo),
                photo,
                partial(_is_rejected_by_earlier_code, photo),
                self._is_stale(photo),
            )
            for photo in page.rows
        ]
        return Page(rows, page.after)

    def _is_stale(self, photo: Photo) -> bool:
        """Whether a record that can be refreshed is out of date; a leased photo is refreshed in the next pass."""
        if photo.state not in FINISHED_STATES or photo.worker:
            return False
        return any(each.is_stale(photo) for each in self.refreshes)

    def _refresh(self, photo: Photo) -> bool:
        """Bring a record up to date; its totals change in the same commit. Returns whether it was changed."""
        after = photo
        for each in self.refreshes:
            if each.is_stale(after):
                after = each.refresh(after)
        if after == photo:
            return False
        try:
            self.photos.commit(photo, after)
        except Conflict:  # so is one that has changed since it was read
            return False
        return True

    def _must_be_reconciled(self, photo: Photo) -> bool:
        """Whether its derivatives are to be moved, or the bucket has no original, or another version of it."""
        if photo.state not in FINISHED_STATES:
            return False  # the due list contains it
        if must_be_moved(photo):
            return True
        original = self.originals.head(photo.key)
        if original is None:
            return True
        return original.version != photo.object_version and self._is_settled(original.stored_at)

    def _is_settled(self, stored_at: datetime) -> bool:
        return stored_at <= self.now() - SETTLED_AFTER


def _with_action(report: ReconciliationReport, action: Action) -> ReconciliationReport:
    """The report with one more row that was inconsistent, and what was done about it."""
    match action:
        case Action.PROCESS | Action.RECOVER | Action.DISCARD | Action.REMOVE:
            return replace(report, repaired=report.repaired + 1)
        case Action.MOVE:
            return replace(report, refreshed=report.refreshed + 1)
        case Action.SKIP_ORPHAN:
            return replace(report, orphans=report.orphans + 1)
        case Action.HOLD_REMOVAL:
            return replace(report, held=report.held + 1)
        case _:
            return report


def _is_rejected_by_earlier_code(record: Photo) -> bool:
    return record.state is State.REJECTED and record.reader_revision < READER_REVISION


def _is_without_photo(record: Photo) -> bool:
    """Whether a record whose object exists is a ticket or a tombstone."""
    return record.state is State.UPLOADING or record.expires_at is not None
