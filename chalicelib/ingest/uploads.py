"""Uploads: the doors through which a person puts an original in.

A door writes the photo's record first, in state `uploading`, with everything that was said of it; then
the original goes to the key that the record holds. The rest is ingest's, whichever door was used.
"""

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import Invalid
from chalicelib.ingest.originals import upload_key
from chalicelib.ingest.processing import MAX_BYTES
from chalicelib.library.photo import DEFAULT_WEIGHT, Photo, PhotoStore, State, Visibility, clean_filename

TICKET_LIFETIME = timedelta(hours=1)
# A slow upload may end after the ticket has expired; the record outlives it by a day, because an upload
# without its record never becomes a photo.
TICKET_GRACE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """A presigned POST: where to send it, and the fields that must stand before the file."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """The permission to put one original straight into the bucket, until it expires."""

    photo: Photo
    post: PresignedPost
    expires_at: datetime


class UploadBucket(Protocol):
    """The originals bucket seen from its doors."""

    def presign_post(
        self, key: str, *, mime: str, min_bytes: int, max_bytes: int, lifetime: timedelta
    ) -> PresignedPost:
        """A POST policy that fixes the key, the type and the size in bytes."""

    def presign_put(self, key: str, *, lifetime: timedelta) -> str:
        """A presigned PUT URL for this key, whatever the type; it cannot fix a size, so ingest looks at that."""

    def put(self, key: str, data: bytes, mime: str) -> None:
        """Store an original that came through one of our own doors."""


@dataclass(frozen=True, slots=True)
class UploadMetadata:
    """What somebody says of a photo when they put it in; weight in millionths."""

    filename: str
    user_tags: tuple[str, ...] = ()
    label: str | None = None
    weight: int = DEFAULT_WEIGHT
    visibility: Visibility | None = None


@dataclass(frozen=True, slots=True)
class Uploads:
    """The doors, with everything they need handed in."""

    photos: PhotoStore
    bucket: UploadBucket
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    heat: Callable[[datetime], int]
    visibility: Visibility

    def create_ticket(self, owner: str, metadata: UploadMetadata, size: int | None) -> UploadTicket:
        """A ticket for one original of `size` bytes, or of any size up to the limit; raises Invalid over it."""
        if size is not None and not 0 < size <= MAX_BYTES:
            raise Invalid(f"bytes must be from 1 to {MAX_BYTES}.", field="bytes")
        photo = self._announce(owner, metadata)
        form = self.bucket.presign_post(
            photo.key,
            mime=guess_mime(photo.filename),
            min_bytes=size or 1,
            max_bytes=size or MAX_BYTES,
            lifetime=TICKET_LIFETIME,
        )
        return UploadTicket(photo, form, self.now() + TICKET_LIFETIME)

    def create_upload_url(self, owner: str, metadata: UploadMetadata) -> str:
        """A URL to PUT one original to, for clients that can do no more."""
        return self.bucket.presign_put(self._announce(owner, metadata).key, lifetime=TICKET_LIFETIME)

    def store_original(self, owner: str, metadata: UploadMetadata, data: bytes) -> Photo:
        """Take an original that came through the API itself."""
        photo = self._announce(owner, metadata)
        self.bucket.put(photo.key, data, guess_mime(photo.filename))
        return photo

    def _announce(self, owner: str, said: UploadMetadata) -> Photo:
        now, photo_id = self.now(), self.new_id()
        filename = clean_filename(said.filename)
        photo = Photo(
            photo_id=photo_id,
            owner=owner,
            key=upload_key(owner, photo_id, filename),
            filename=filename,
            received_at=now,
            heat=self.heat(now),
            state=State.UPLOADING,
            visibility=said.visibility or self.visibility,
            weight=said.weight,
            label=said.label,
            user_tags=said.user_tags,
            due_at=now + TICKET_LIFETIME + TICKET_GRACE,
        )
        return self.photos.commit(None, photo)


def guess_mime(filename: str) -> str:
    """The MIME type that a filename promises; the content decides later."""
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
