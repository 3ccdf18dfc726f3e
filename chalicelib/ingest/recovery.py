"""Recovery: what remains of a photo that is gone, and how it comes back with its original.

The record of a removed photo stays as a tombstone for as long as its original can be undeleted or its upload URL can be
used again. An upload that has neither record nor tombstone goes back to the owner that its key names.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.ingest.inbox import inbox_owner
from chalicelib.ingest.originals import Original, is_upload, photo_from_drop, upload_key
from chalicelib.ingest.processing import without_derivatives
from chalicelib.ingest.uploads import TICKET_GRACE, TICKET_LIFETIME
from chalicelib.library.filenames import clean_filename
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.library.transitions import replace_guest_photo

# S3 deletes a version up to a day or two after its time.
EXPIRY_DELAY = timedelta(days=2)
# What `container.new_id` and `direct_drop_ids` make; above all no separator of the tables' keys.
PHOTO_ID = re.compile(r"[\w-]{1,64}", re.ASCII)


class OwnerDirectory(Protocol):
    """The owners that exist."""

    def exists(self, owner: str) -> bool:
        """Whether this is the owner id of a user; False if there are too many users to tell."""


def tombstone_lifetime(version_retention: timedelta) -> timedelta:
    """How long a tombstone stays: as long as deleted versions, and as long as a ticket can be used."""
    return max(version_retention + EXPIRY_DELAY, TICKET_LIFETIME + TICKET_GRACE)


def tombstone_of(photo: Photo, expires_at: datetime) -> Photo | None:
    """The tombstone of a hidden photo whose files are deleted; None for a direct drop that its owner erased.

    The tombstone of an erased photo only says that its key may not be used again. A key of a direct drop may be.
    """
    if photo.state is State.ERASED:
        if not is_upload(photo.key):
            return None
        return Photo(
            photo_id=photo.photo_id,
            owner=photo.owner,
            key=photo.key,
            filename=clean_filename(photo.key),
            received_at=photo.received_at,
            heat=photo.heat,
            state=State.ERASED,
            generation=photo.generation,
            expires_at=expires_at,
        )
    return replace(
        without_derivatives(photo),
        bytes=None,
        reason=None,
        event={},
        worker=None,
        attempts=0,
        failure_count=0,
        due_at=None,
        finished_at=None,
        duration_ms=None,
        expires_at=expires_at,
    )


def restore_removed(photo: Photo, original: Original) -> Photo:
    """The record of a removed photo whose original is back, with all that its owner had set.

    It stays private if another version is there, which anybody may have stored with an earlier upload URL, or if its
    owner had moved it to the trash.
    """
    is_same = photo.object_version == original.version and photo.trashed_at is None
    restored = replace(photo, trashed_at=None, expires_at=None)
    if is_same:
        return restored
    return replace(replace_guest_photo(restored), visibility=Visibility.PRIVATE, recovered=True)


def replace_original(photo: Photo, original: Original) -> Photo:
    """The record of a photo to process with this original.

    A new version of an upload that does not name its owner may come from a guest, or from the former owner with an
    earlier upload URL; one in an inbox, from the former owner, whose inbox it is: the photo becomes private.
    """
    if photo.object_version in {None, original.version}:
        return photo
    is_others = is_upload(photo.key) and not photo.key.startswith(upload_key(photo.owner, photo.photo_id, ""))
    is_others |= inbox_owner(photo.key) not in {None, photo.owner}
    return replace(replace_guest_photo(photo), visibility=Visibility.PRIVATE) if is_others else photo


def is_replaced_drop(photo: Photo, original: Original) -> bool:
    """Whether this is the tombstone of a direct drop, and another file is at its key: a new photo."""
    return photo.expires_at is not None and not is_upload(photo.key) and photo.object_version != original.version


def recover_upload(original: Original, heat: Callable[[datetime], int]) -> Photo | None:
    """The private photo of an upload whose record is lost, of the owner in its key; None if the key is no upload's."""
    parts = original.key.split("/")
    if not is_upload(original.key) or len(parts) != 4 or not PHOTO_ID.fullmatch(parts[2]):
        return None
    _, owner, photo_id, filename = parts
    if original.key != upload_key(owner, photo_id, clean_filename(filename)):
        return None
    drop = photo_from_drop(
        replace(original, metadata={}),
        photo_id=photo_id,
        owner=owner,
        visibility=Visibility.PRIVATE,
        heat=heat,
        find_album=lambda _: None,
    )
    return replace(drop, recovered=True)
