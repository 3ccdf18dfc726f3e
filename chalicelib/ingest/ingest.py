"""Ingest: reconciles the record of a photo with the object in the originals bucket.

Events may come twice, late or out of order, so an event only names a key to check. `reconcile` reads the object and
the record, `decide` compares them, and one commit applies the action. New photos are published only here.
A worker holds the lease of a photo while it processes or removes it (`leases`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.errors import Conflict, ContentClaimed, NotFound, Unreadable
from chalicelib.ingest import key_migration, leases, originals, recovery
from chalicelib.ingest.decisions import FINISHED_STATES, Action, decide, with_bucket_state
from chalicelib.ingest.deletion import PhotoDeletion
from chalicelib.ingest.duplicates import commit_duplicate
from chalicelib.ingest.inbox import inbox_folder, inbox_owner, is_in_inbox
from chalicelib.ingest.originals import IgnoredMetadata, Original, OriginalStore
from chalicelib.ingest.processing import (
    READER_REVISION,
    ImageProcessor,
    delete_derivatives,
    delete_outdated_derivatives,
    possible_keys,
    recorded_keys,
    without_derivatives,
)
from chalicelib.ingest.recovery import OwnerDirectory
from chalicelib.ingest.removal_limit import RemovalLimit
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.photo import Photo, PhotoStore, State, Visibility
from chalicelib.library.transitions import TRASH_RETENTION

# Workers that died (out of memory or time), not errors; after so many the file is rejected.
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """The outcome of reconciling one key, for the log."""

    photo_id: str | None
    action: Action
    state: State | None
    ignored_metadata: IgnoredMetadata = field(default_factory=IgnoredMetadata)


@dataclass(frozen=True, slots=True)
class Ingest:
    """Turns originals into photos.

    `find_album` returns the id of the album that an owner can add to and that has this id or title, or None;
    `folder_album` that of the album of a folder in an owner's inbox, or None if it has none.
    """

    photos: PhotoStore
    originals: OriginalStore
    processor: ImageProcessor
    deletion: PhotoDeletion
    owners: OwnerDirectory
    removals: RemovalLimit
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    heat: Callable[[datetime], int]
    bucket: str
    owner: str
    visibility: Visibility
    id_secret: str
    find_album: Callable[[str, str], str | None]
    folder_album: Callable[[str, str], str | None]
    admit: Callable[[Photo], Photo]

    def reconcile(self, key: str, event: Mapping[str, Any]) -> ReconcileResult:
        """Make the record agree with the object at this key; idempotent.

        Raises Unavailable or Conflict if it cannot be finished now: the event must be delivered again.
        """
        worker = self.new_id()
        # After a conflict the state is read again, because the other writer may have seen a newer object.
        # A lease acquired before still belongs to this worker.
        return retry_on_conflict(
            lambda: (self._find_record(key), self.originals.head(key)),
            lambda state: self._apply(*state, event, worker),
            "The photo of this original keeps changing.",
        )

    def plan(self, key: str) -> Action:
        """What `reconcile` would do about this key now; it changes nothing."""
        photo, original = self._find_record(key), self.originals.head(key)
        action = decide(photo, original, now=self.now(), worker=self.new_id())
        if action is Action.RECOVER and original is not None and self._recoverable(original) is None:
            return Action.SKIP_ORPHAN
        is_new = action is Action.PROCESS and original is not None and _is_new_drop(photo, original)
        if is_new and self._drop_owner(key) is None:
            return Action.SKIP_ORPHAN
        return action

    def forget_derivatives(self, photo: Photo) -> None:
        """Make `reconcile` process a finished photo again; raises Conflict if it has changed."""
        self.photos.commit(photo, replace(photo, object_version=None))

    def _apply(
        self, photo: Photo | None, original: Original | None, event: Mapping[str, Any], worker: str
    ) -> ReconcileResult:
        action = decide(photo, original, now=self.now(), worker=worker)
        ignored = IgnoredMetadata()
        match action, photo, original:
            case Action.REMOVE, Photo(), _:
                # One that is not finished was in no collection, or has been removed before.
                if photo.state in FINISHED_STATES and not self.removals.allow():
                    action = Action.HOLD_REMOVAL
                else:
                    self.deletion.remove(photo, State.REMOVED, worker)
            case Action.DISCARD, _, Original():
                self.deletion.discard(original)
            case Action.RECOVER, _, Original():
                photo = self._recover(original, event, worker)
                action = Action.RECOVER if photo else Action.SKIP_ORPHAN
            case Action.ERASE, Photo(), _:
                self.deletion.remove(photo, State.ERASED, worker)
                if original is not None and original.version != photo.object_version:
                    raise Conflict("There is a new original at this key.")
            case Action.RELEASE_TRASHED, Photo(), _:
                self._release_trashed(photo, worker)
            case Action.SIGNAL_HOLDER, Photo(), _:
                # The holder's next commit conflicts with this one; then it reads again, still holding the lease.
                self.photos.commit(photo, with_bucket_state(photo, original))
            case Action.PROCESS, _, Original():
                record = self._record(photo, original, worker)
                if record is None:
                    return ReconcileResult(None, Action.SKIP_ORPHAN, None)
                photo = self._process(photo, record, original, event, worker)
                self.originals.tag_state(original, photo.state)
                if not originals.is_upload(original.key):
                    ignored = originals.ignored_metadata(original, photo, partial(self.find_album, photo.owner))
            case Action.MOVE, Photo(), Original():
                photo = self._move_derivatives(photo, worker)
                self.originals.tag_state(original, photo.state)
            case Action.LABEL, Photo(), Original():
                photo = self._label(photo)
                self.originals.tag_state(original, photo.state)
            case Action.NOOP, Photo(), Original() if photo.state in FINISHED_STATES:
                # The worker that finished it may have died before this last write.
                self.originals.tag_state(original, photo.state)
        return ReconcileResult(photo.photo_id if photo else None, action, photo.state if photo else None, ignored)

    def _recover(self, original: Original, event: Mapping[str, Any], worker: str) -> Photo | None:
        """Process an upload without a record for the owner in its key; None if there is no such owner or key."""
        record = self._recoverable(original)
        if record is None:
            return None
        photo = self._process(None, record, original, event, worker)
        self.originals.tag_state(original, photo.state)
        return photo

    def _recoverable(self, original: Original) -> Photo | None:
        """The record to recover an upload with; None if there is no such owner, or its key is not one of an upload."""
        record = recovery.recover_upload(original, self.heat)
        if record is None or self.photos.get(record.photo_id) or not self.owners.exists(record.owner):
            return None
        return record

    def _find_record(self, key: str) -> Photo | None:
        """The record with this key: an upload's by the id in the key, a direct drop's by those made from the key."""
        upload = originals.photo_id_from_key(key)
        ids = (upload,) if upload else () if originals.is_upload(key) else self._direct_drop_ids(key)
        found = (self.photos.get(photo_id) for photo_id in ids)
        return next((photo for photo in found if photo and photo.key == key), None)

    def _direct_drop_ids(self, key: str) -> tuple[str, str]:
        return originals.direct_drop_ids(self.bucket, key, self.id_secret)

    def _new_drop_id(self, key: str) -> str:
        first, second = self._direct_drop_ids(key)
        found = self.photos.get(first)
        # The record of this key is one that another worker has added meanwhile: committing then conflicts.
        return second if found and found.key != key else first

    def _drop_owner(self, key: str) -> str | None:
        """Whose direct drop this is: in an inbox, of the user that it names, or None; elsewhere the library owner's."""
        if not is_in_inbox(key):
            return self.owner
        owner = inbox_owner(key)
        return owner if owner and (owner == self.owner or self.owners.exists(owner)) else None

    def _record(self, photo: Photo | None, original: Original, worker: str) -> Photo | None:
        """The record to process an original with: the photo's, that of its tombstone, or a new one of a direct drop.

        None if it is a new one in the inbox of somebody who is no user.
        """
        if photo and not _is_new_drop(photo, original):
            restore = recovery.restore_removed if photo.state is State.REMOVED else recovery.replace_original
            record = restore(photo, original)
            is_stored_now = photo.state is State.UPLOADING or photo.object_version not in {None, original.version}
            return self.admit(record) if is_stored_now else record
        owner = self._drop_owner(original.key)
        if owner is None:
            return None
        folder = inbox_folder(original.key)
        drop = originals.photo_from_drop(
            original,
            photo_id=photo.photo_id if photo else self._new_drop_id(original.key),
            owner=owner,
            visibility=self.visibility,
            heat=self.heat,
            find_album=partial(self.find_album, owner),
            folder_album=self.folder_album(owner, folder) if folder else None,
        )
        # It may be a copy of a deleted version, with metadata from before its owner made the photo private.
        visibility = Visibility.PRIVATE if photo and photo.visibility is Visibility.PRIVATE else drop.visibility
        return replace(drop, generation=worker, visibility=visibility)

    def _process(
        self, photo: Photo | None, record: Photo, original: Original, event: Mapping[str, Any], worker: str
    ) -> Photo:
        leased = self._acquire(photo, record, original, event, worker)
        # A deletion or replacement of the object before the lease could not be signaled to this worker.
        if self.originals.head(original.key) != original:
            raise Conflict("The original has changed since it was read.")
        started_at = self.now()
        with leases.release_on_error(self.photos, leased, self.now):
            processed = self._process_or_reject(leased, original)
            if photo and photo.state is not State.UPLOADING:  # an earlier original may have been of another type
                delete_outdated_derivatives(self.processor.derivatives, processed)
            if leased.sha256 and leased.sha256 != processed.sha256:
                self.deletion.promote_duplicate(leased.owner, leased.sha256)
            finished_at = self.now()
            duration_ms = round((finished_at - started_at).total_seconds() * 1000)
            return self._finish(leased, replace(processed, finished_at=finished_at, duration_ms=duration_ms))

    def _acquire(
        self, photo: Photo | None, record: Photo, original: Original, event: Mapping[str, Any], worker: str
    ) -> Photo:
        """Commit the lease: from now on the due list has the photo in case this worker dies."""
        if record.object_version != original.version:
            record = replace(record, attempts=0, worker=None)  # a new original: no worker has died processing it
        leased = replace(
            leases.acquire(record, State.PROCESSING, worker=worker, now=self.now()),
            object_version=original.version,
            trashed_at=None,
            derivatives={},
            bytes=original.size,
            event=dict(event),
            reason=None,
        )
        # New derivatives do not replace those at keys of earlier versions, and the leased record does not name them.
        former = recorded_keys(record) - possible_keys(record.photo_id)
        if former:
            self.processor.derivatives.remove(sorted(former))
        return self.photos.commit(photo, leased)

    def _process_or_reject(self, photo: Photo, original: Original) -> Photo:
        try:
            if photo.attempts > MAX_ATTEMPTS:
                raise Unreadable(f"This file could not be processed in {MAX_ATTEMPTS} attempts.")
            return self.processor.process(photo, original)
        except Unreadable as error:
            delete_derivatives(self.processor.derivatives, photo)
            return replace(
                without_derivatives(photo),
                state=State.REJECTED,
                reason=str(error),
                reader_revision=READER_REVISION,
                due_at=None,
            )

    def _finish(self, leased: Photo, processed: Photo) -> Photo:
        """Commit the processed photo and end the lease; it becomes a duplicate if another photo holds its claim."""
        finished = replace(processed, worker=None, attempts=0, failure_count=0)
        try:
            return self.photos.commit(leased, finished)
        except ContentClaimed as error:
            if leased.sha256:  # it may have held this claim before, so duplicates may point to it
                self.deletion.promote_duplicate(finished.owner, leased.sha256)
            return commit_duplicate(self.photos, leased, finished, error.holder)

    def _move_derivatives(self, photo: Photo, worker: str) -> Photo:
        """Commit the photo with its derivatives at their new keys; it is processed again if one of them is gone."""
        leased = self.photos.commit(photo, leases.acquire(photo, photo.state, worker=worker, now=self.now()))
        with leases.release_on_error(self.photos, leased, self.now):
            try:
                moved = key_migration.copy_derivatives(self.processor.derivatives, leased)
            except NotFound as error:
                self.forget_derivatives(leased)
                raise Conflict("A derivative of the photo is gone.") from error
            is_due = leased.state is State.READY and leased.labels_pending
            return self.photos.commit(
                leased, replace(moved, worker=None, attempts=0, due_at=self.now() if is_due else None)
            )

    def _label(self, photo: Photo) -> Photo:
        """Commit the photo with its labels; while the labeler is unavailable, the count of failures stays.

        Raises Conflict if the derivative that it reads is gone: the photo is to be processed again.
        """
        try:
            labeled = self.processor.add_labels(photo)
        except NotFound as error:
            self.forget_derivatives(photo)
            raise Conflict("A derivative of the photo is gone.") from error
        failure_count = photo.failure_count if labeled.labels_pending else 0
        return self.photos.commit(photo, replace(labeled, failure_count=failure_count))

    def _release_trashed(self, photo: Photo, worker: str) -> None:
        """Delete the derivatives of a photo that was trashed during processing, and start its 30 days in the trash."""
        if photo.worker != worker:  # that worker died
            photo = self.photos.commit(photo, replace(photo, worker=worker, due_at=self.now() + leases.LEASE_DURATION))
        delete_derivatives(self.processor.derivatives, photo)
        if photo.sha256:  # of the earlier original; the hash of this one is not known yet
            self.deletion.promote_duplicate(photo.owner, photo.sha256)
        trashed_at = photo.trashed_at or self.now()
        released = replace(without_derivatives(photo), worker=None, attempts=0, due_at=trashed_at + TRASH_RETENTION)
        self.photos.commit(photo, released)


def _is_new_drop(photo: Photo | None, original: Original) -> bool:
    """Whether processing this original makes a new photo: it has no record, or the tombstone of another file."""
    return photo is None or recovery.is_replaced_drop(photo, original)
