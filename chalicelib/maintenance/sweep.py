"""Sweeps: the regular look after what no event will come for, and the order of the scheduled work.

The due list holds tickets that nobody used, photos left behind in processing, photos without labels, those whose
30 days in the trash are over and records that wait to go. `recount` counts the totals again, `inventory` holds
bucket and catalogue side by side. Each has its share of a run's time, and one that fails takes nothing from the others.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.ingest import Ingest
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.maintenance.pacing import Failure, time_share
from chalicelib.maintenance.reconciliation import Reconciliation, ReconciliationReport
from chalicelib.maintenance.recount import Recount, RecountReport

DUE_PAGE_SIZE = 50
FIRST_DELAY = timedelta(minutes=5)
MAX_DELAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DueReport:
    """What became of the photos that were due; of those that failed, `postponed` were put off."""

    processed: int = 0
    labels_pending: int = 0
    postponed: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one run did; worth logging."""

    due: DueReport
    totals: RecountReport
    originals: ReconciliationReport
    photos: ReconciliationReport

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that could not be done."""
        return self.due.failures + self.totals.failures + self.originals.failures + self.photos.failures


@dataclass(frozen=True, slots=True)
class Sweep:
    """The scheduled work, with everything it needs handed in."""

    photos: PhotoStore
    ingest: Ingest
    deletion: PhotoDeletion
    recount: Recount
    reconciliation: Reconciliation
    now: Callable[[], datetime]

    def run(self, time_left: Callable[[], timedelta]) -> SweepReport:
        """Work while there is time: half for what is due, half for the walks, and what they leave for the due again."""
        waiting = self._due_photo_ids()
        due = self._process_each(waiting, time_share(time_left, 1 / 2), DueReport())
        recounted = self.recount.run(time_share(time_left, 1 / 3))
        originals = self.reconciliation.reconcile_originals(time_share(time_left, 1 / 2))
        photos = self.reconciliation.reconcile_photos(time_share(time_left, 1))
        due = self._process_each(waiting, time_share(time_left, 1), due)
        return SweepReport(due, recounted, originals, photos)

    def process_due(self, time_left: Callable[[], bool]) -> DueReport:
        """Look after every photo whose time has come; one that fails is put off and keeps nobody waiting."""
        return self._process_each(self._due_photo_ids(), time_left, DueReport())

    def _due_photo_ids(self) -> Iterator[str]:
        """Ids of all photos that are due at this moment, page by page; each is told once, whatever becomes of it."""
        now, after = self.now(), None
        while page := self.photos.list_due(now, after, DUE_PAGE_SIZE):
            yield from (due.photo_id for due in page)
            after = page[-1]

    def _process_each(self, waiting: Iterator[str], time_left: Callable[[], bool], came: DueReport) -> DueReport:
        while time_left():
            try:
                photo_id = next(waiting, None)
            except Exception as error:  # noqa: BLE001 - the rest of the list can wait, the other work goes on
                return replace(came, failures=(*came.failures, Failure(None, error)))
            if photo_id is None:
                break
            came = self._process_one(photo_id, came)
        return came

    def _process_one(self, photo_id: str, came: DueReport) -> DueReport:
        try:
            photo = self.photos.get(photo_id)
            # The index follows the records a moment later: what was done since is no longer due.
            if photo is None or not self._is_due(photo):
                return came
            pending = self._process(photo)
        except Exception as error:  # noqa: BLE001 - one that fails keeps nobody else waiting
            postponed = came.postponed + self._postpone(photo_id)
            return replace(came, postponed=postponed, failures=(*came.failures, Failure(photo_id, error)))
        return replace(came, processed=came.processed + 1, labels_pending=came.labels_pending + pending)

    def _process(self, photo: Photo) -> bool:
        """Do what this photo waits for; answers whether it must go on waiting for its labels."""
        if photo.state is State.READY:
            labelled = self.ingest.processor.add_labels(photo)
            self.photos.commit(photo, replace(labelled, failure_count=0))
            return labelled.labels_pending
        if photo.state is State.UPLOADING and self.ingest.originals.head(photo.key) is None:
            self.photos.remove(photo)
        elif photo.state is State.TRASHED and photo.worker is None:
            self.deletion.erase(photo)
        else:
            self.ingest.reconcile(photo.key, photo.event)
        return False

    def _postpone(self, photo_id: str) -> bool:
        """Let a photo wait longer, and each time twice as long; answers whether it does.

        Nobody holds it meanwhile: an event of its original is heeded at once.
        """
        with suppress(Exception):  # what failed may fail here again; the failure itself is reported
            photo = self.photos.get(photo_id)
            if photo is None or not self._is_due(photo):
                return False
            if photo.state is State.TRASHED and photo.worker:
                return False  # the dead worker's name says that it is yet to be put down, not to be erased
            due_at = self.now() + retry_delay(photo.failure_count)
            self.photos.commit(photo, replace(photo, worker=None, failure_count=photo.failure_count + 1, due_at=due_at))
            return True
        return False

    def _is_due(self, photo: Photo) -> bool:
        return photo.due_at is not None and photo.due_at <= self.now()


def retry_delay(failure_count: int) -> timedelta:
    """How long to wait after a failure that so many others preceded: 5 minutes, doubled each time, at most a day."""
    return min(MAX_DELAY, FIRST_DELAY * (1 << min(failure_count, 10)))
