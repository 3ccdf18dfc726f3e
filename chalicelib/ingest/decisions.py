"""Decisions: what to do about a key, from its object and its record.

object in the bucket    record in the photo store                action
none                    none, or an unused ticket                IGNORE
a sidecar               none                                     IGNORE
any                     none, or an unused ticket                PROCESS, or SKIP_ORPHAN in an unknown user's inbox
an upload               none                                     RECOVER, or SKIP_ORPHAN if its owner is unknown
none                    a tombstone                              IGNORE
any                     the tombstone of a removed photo         PROCESS
any                     the tombstone of an erased photo         DISCARD
any or none             leased by another worker                 NOOP, or SIGNAL_HOLDER if the object changed
any or none             erased by its owner                      ERASE
none                    a photo                                  REMOVE, or HOLD_REMOVAL if too many are gone
any                     trashed while it was processed           RELEASE_TRASHED
any                     visible, derivatives at old keys         MOVE
any                     ready, same version, labels pending      LABEL
any                     finished, made from the same version     NOOP
any                     anything else                            PROCESS
"""

from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from chalicelib.ingest import key_migration, leases, originals
from chalicelib.ingest.originals import Original
from chalicelib.library.photo import Photo, State
from chalicelib.library.transitions import replace_guest_photo

FINISHED_STATES = frozenset({State.READY, State.REJECTED, State.DUPLICATE, State.TRASHED})


class Action(Enum):
    """What to do about a key, from its object and its record."""

    IGNORE = auto()
    RECOVER = auto()
    SKIP_ORPHAN = auto()
    DISCARD = auto()
    NOOP = auto()
    SIGNAL_HOLDER = auto()
    PROCESS = auto()
    MOVE = auto()
    LABEL = auto()
    RELEASE_TRASHED = auto()
    REMOVE = auto()
    HOLD_REMOVAL = auto()
    ERASE = auto()


def decide(photo: Photo | None, original: Original | None, *, now: datetime, worker: str) -> Action:
    """The action for a key whose object is `original` and whose record is `photo`, for this worker."""
    if photo is None or photo.state is State.UPLOADING or photo.expires_at is not None:
        return Action.IGNORE if original is None else _decide_without_photo(photo, original)
    if leases.is_leased(photo, now=now, worker=worker):
        # For an erased photo only a new object matters; any commit makes the holder's next one conflict.
        replaced = photo.state is State.ERASED and original is not None and original.version != photo.object_version
        return Action.SIGNAL_HOLDER if replaced or with_bucket_state(photo, original) != photo else Action.NOOP
    if photo.state is State.ERASED:
        return Action.ERASE
    if original is None:
        return Action.REMOVE
    if photo.state is State.TRASHED and photo.worker and photo.object_version == original.version:
        return Action.RELEASE_TRASHED
    if photo.state not in FINISHED_STATES or photo.object_version != original.version:
        return Action.PROCESS
    # A worker holds the lease on a finished photo while it moves its derivatives; that one has died.
    if photo.worker or key_migration.must_be_moved(photo):
        return Action.MOVE
    return Action.LABEL if photo.state is State.READY and photo.labels_pending else Action.NOOP


def _decide_without_photo(record: Photo | None, original: Original) -> Action:
    """The action for an object whose record is missing, a ticket or a tombstone."""
    if record is None and originals.is_upload(original.key):
        return Action.RECOVER
    if record is None and originals.is_sidecar(original.key):
        return Action.IGNORE
    return Action.DISCARD if record and record.state is State.ERASED else Action.PROCESS


def with_bucket_state(photo: Photo, original: Original | None) -> Photo:
    """The record of a photo that another worker holds, updated to the object now in the bucket.

    A state that the owner chose stays as long as the original is the same.
    """
    if photo.state is State.ERASED:
        return photo
    if original is None:
        return replace(photo, state=State.REMOVED)
    if photo.state is State.TRASHED and photo.object_version == original.version:
        return photo
    if photo.object_version != original.version:
        photo = replace_guest_photo(photo)
    return replace(photo, state=State.PROCESSING, object_version=original.version)
