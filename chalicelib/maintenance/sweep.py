"""The sweep: the scheduled run that processes due photos, relabels, recounts, reconciles and looks for look-alikes.

The due list contains unused upload tickets, photos stuck in processing, photos without labels, photos at the end of
their 30 days in the trash, and records that wait for removal. Each task has its share of a run's time, and a task that
fails does not affect the others.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.ingest import Ingest
from chalicelib.ingest.key_migration import must_be_moved
from chalicelib.ingest.originals import OriginalStore
from chalicelib.ingest.processing import LABEL_RETRY_DELAY, ImageProcessor
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.maintenance.album_deletion import AlbumDeletionPass, AlbumDeletionReport
from chalicelib.maintenance.backup import BackupPass, BackupReport
from chalicelib.maintenance.pacing import Failure, time_share
from chalicelib.maintenance.reconciliation import Reconciliation, ReconciliationReport
from chalicelib.maintenance.recount import Recount, RecountReport
from chalicelib.maintenance.relabeling_pass import RelabelingPass, RelabelingReport
from chalicelib.maintenance.similarity import SimilarityIndexing, SimilarityReport
from chalicelib.maintenance.sources import IngestQueue

DUE_PAGE_SIZE = 50
FIRST_DELAY = timedelta(minutes=5)
MAX_DELAY = timedelta(days=1)
# For what the ingest function is asked to do.
HAND_OVER_DELAY = LABEL_RETRY_DELAY


@dataclass(frozen=True, slots=True)
class DueReport:
    """The result for the due photos; `postponed` counts those that failed and were scheduled again.

    `labels_pending` counts those whose labels were requested before, without success.
    """

    processed: int = 0
    labels_pending: int = 0
    postponed: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepReport:
    """The result of one run."""

    due: DueReport
    relabeling: RelabelingReport
    totals: RecountReport
    originals: ReconciliationReport
    photos: ReconciliationReport
    similarity: SimilarityReport = field(default_factory=SimilarityReport)
    albums: AlbumDeletionReport = field(default_factory=AlbumDeletionReport)
    backup: BackupReport = field(default_factory=BackupReport)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All failures of the run."""
        reports = (
            *(self.due, self.relabeling, self.albums, self.totals),
            *(self.originals, self.photos, self.similarity, self.backup),
        )
        return tuple(failure for report in reports for failure in report.failures)


class GuestTickets(Protocol):
    """The tickets that guests of shared links have got."""

    def release_upload(self, share_id: str, size: int) -> None:
        """Uncount a ticket for a photo of this size that was never used."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Runs the scheduled work.

    `queue` is that of the ingest function, if there is one: then it deletes the files of erased photos, else this does.
    `labeling_queue` is there if only the ingest function can label; else photos are labeled here. `backup` is there if
    the library is backed up.
    """

    photos: PhotoStore
    originals: OriginalStore
    processor: ImageProcessor
    ingest: Ingest
    deletion: PhotoDeletion
    relabeling: RelabelingPass
    recount: Recount
    reconciliation: Reconciliation
    similarity: SimilarityIndexing
    albums: AlbumDeletionPass
    guest_tickets: GuestTickets
    now: Callable[[], datetime]
    backup: BackupPass | None = None
    queue: IngestQueue | None = None
    labeling_queue: IngestQueue | None = None

    def run(self, time_left: Callable[[], timedelta]) -> SweepReport:
        """Work while there is time: half for due photos, half for the passes, and the rest for due photos again.

        Deletions of albums get up to half of the second half.

        Photos whose labels are requested at the start are among the due ones; the end sees which are labeled.
        """
        requested = self.relabeling.run(time_share(time_left, 1 / 4))
        due_ids = self._due_photo_ids()
        due = self._process_each(due_ids, time_share(time_left, 1 / 2), DueReport())
        albums = self.albums.run(time_share(time_left, 1 / 2))
        totals = self.recount.run(time_share(time_left, 1 / 3))
        originals = self.reconciliation.reconcile_originals(time_share(time_left, 1 / 2))
        similarity = self.similarity.run(time_share(time_left, 1 / 2))
        backup = self.backup.run(time_share(time_left, 1 / 2)) if self.backup else BackupReport()
        photos = self.reconciliation.reconcile_photos(time_share(time_left, 1))
        due = self._process_each(due_ids, time_share(time_left, 1), due)
        relabeling = requested.add(self.relabeling.run(time_share(time_left, 1)))
        return SweepReport(due, relabeling, totals, originals, photos, similarity, albums, backup)

    def process_due(self, time_left: Callable[[], bool]) -> DueReport:
        """Process every due photo; one that fails is postponed and does not delay the others."""
        return self._process_each(self._due_photo_ids(), time_left, DueReport())

    def _due_photo_ids(self) -> Iterator[str]:
        """Ids of all photos due now, page by page; each is yielded once, even if it fails."""
        now, after = self.now(), None
        while page := self.photos.list_due(now, after, DUE_PAGE_SIZE):
            yield from (due.photo_id for due in page)
            after = page[-1]

    def _process_each(self, due_ids: Iterator[str], time_left: Callable[[], bool], report: DueReport) -> DueReport:
        while time_left():
            try:
                photo_id = next(due_ids, None)
            except Exception as error:  # noqa: BLE001 - the rest of the list can wait, and other work continues
                return replace(report, failures=(*report.failures, Failure(None, error)))
            if photo_id is None:
                break
            report = self._process_one(photo_id, report)
        return report

    def _process_one(self, photo_id: str, report: DueReport) -> DueReport:
        try:
            photo = self.photos.get(photo_id)
            # The index is eventually consistent: the photo may not be due any more.
            if photo is None or not self._is_due(photo):
                return report
            pending = self._process(photo)
        except Exception as error:  # noqa: BLE001 - a failure does not delay the others
            postponed = report.postponed + self._postpone(photo_id)
            return replace(report, postponed=postponed, failures=(*report.failures, Failure(photo_id, error)))
        return replace(report, processed=report.processed + 1, labels_pending=report.labels_pending + pending)

    def _process(self, photo: Photo) -> bool:
        """Do what this photo is due for; returns whether its labels are still pending."""
        if photo.pending_rows:
            photo = self.photos.commit(photo, photo)
        if photo.due_at is None or photo.due_at > self.now():
            return False
        is_to_label = photo.state is State.READY and photo.worker is None
        if is_to_label and photo.labels_pending and self.labeling_queue:
            return self._hand_over(photo, self.labeling_queue)
        if is_to_label and not must_be_moved(photo):
            labeled = self.processor.add_labels(photo)
            self.photos.commit(photo, replace(labeled, failure_count=0))
            return labeled.labels_pending
        if photo.state is State.ERASED and photo.worker is None and self.queue:
            self._hand_over(photo, self.queue)
            return False
        if photo.state is State.UPLOADING and self.originals.head(photo.key) is None:
            self._remove_unused_ticket(photo)
        elif photo.state is State.TRASHED and photo.worker is None:
            self.deletion.erase(photo)
        else:
            self.ingest.reconcile(photo.key, photo.event)
        return False

    def _remove_unused_ticket(self, photo: Photo) -> None:
        self.photos.remove(photo)
        if photo.guest:
            self.guest_tickets.release_upload(photo.guest.share_id, photo.bytes or 0)

    def _hand_over(self, photo: Photo, queue: IngestQueue) -> bool:
        """Let the ingest function do what this photo is due for; returns whether it was requested before.

        The photo is due again later, in case the function fails: each time with twice the delay, at most a day.
        """
        delay = max(HAND_OVER_DELAY, retry_delay(photo.failure_count))
        requested = replace(photo, failure_count=photo.failure_count + 1, due_at=self.now() + delay)
        self.photos.commit(photo, requested)
        queue.send(photo.key)
        return photo.failure_count > 0

    def _postpone(self, photo_id: str) -> bool:
        """Schedule a photo again, each time with twice the delay; returns whether it was postponed.

        It has no lease meanwhile, so that an event of its original is handled at once.
        """
        with suppress(Exception):  # this may fail for the same reason; the first failure is reported
            photo = self.photos.get(photo_id)
            if photo is None or not self._is_due(photo):
                return False
            if photo.state is State.TRASHED and photo.worker:
                return False  # the worker's id marks it as trashed during processing: it must be released, not erased
            due_at = self.now() + retry_delay(photo.failure_count)
            self.photos.commit(photo, replace(photo, worker=None, failure_count=photo.failure_count + 1, due_at=due_at))
            return True
        return False

    def _is_due(self, photo: Photo) -> bool:
        return photo.next_due_at is not None and photo.next_due_at <= self.now()


def retry_delay(failure_count: int) -> timedelta:
    """The delay after a failure that this many failures preceded: 5 minutes, doubled each time, at most a day."""
    return min(MAX_DELAY, FIRST_DELAY * (1 << min(failure_count, 10)))
