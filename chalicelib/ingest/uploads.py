"""Uploads: the ways to add an original through the API.

Each way first creates the photo's record in state `uploading`, with the metadata of the request; then the original is
stored under the key in the record, and ingest does the rest.
"""

import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.errors import Conflict, IdTaken, Invalid
from chalicelib.ingest.originals import upload_key
from chalicelib.ingest.processing import MAX_BYTES, MEBIBYTE
from chalicelib.library.corrections import set_time_and_offset
from chalicelib.library.filenames import clean_filename
from chalicelib.library.guest import Guest
from chalicelib.library.photo import DEFAULT_WEIGHT, Photo, PhotoStore, State, Visibility
from chalicelib.util.capture_time import FIRST_YEAR
from chalicelib.util.coordinates import Coordinates

TICKET_LIFETIME = timedelta(hours=1)
# The page of guests asks for each ticket right before it uploads; S3 checks the time when an upload begins.
GUEST_TICKET_LIFETIME = timedelta(minutes=15)
# A slow upload may end after the ticket has expired; the record outlives it by a day, because an upload
# without its record never becomes a photo.
TICKET_GRACE = timedelta(days=1)
# That of a guest takes one of the places of its link meanwhile.
GUEST_TICKET_GRACE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """A presigned POST: its URL, and the form fields to send before the file."""

    url: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UploadTicket:
    """The permission to upload one original to the bucket until it expires."""

    photo: Photo
    post: PresignedPost
    expires_at: datetime


class UploadBucket(Protocol):
    """Accepts uploads into the originals bucket."""

    def presign_post(
        self, key: str, *, mime: str, min_bytes: int, max_bytes: int, lifetime: timedelta
    ) -> PresignedPost:
        """A presigned POST whose policy fixes the key, the type and the size in bytes."""

    def presign_put(self, key: str, *, lifetime: timedelta) -> str:
        """A presigned PUT URL for this key, for any type; it cannot limit the size, so ingest checks it."""

    def put(self, key: str, data: bytes, mime: str) -> None:
        """Store an original that was uploaded through the API."""


@dataclass(frozen=True, slots=True)
class UploadMetadata:
    """Metadata of an upload, cleaned; weight in millionths, visibility None is the library's default.

    Caption, rating, place, coordinates and the time on the camera's clock, which is `offset` from UTC if that is known,
    are those of the user; None leaves them to the file. `dismissed_tags` do not become labels or keywords. The photo
    joins the albums, or waits for the owner of the first one to let it in if the `guest` who uploads it needs that. An
    import gives what it had before: when it was added to a library, and its id.
    """

    filename: str
    user_tags: tuple[str, ...] = ()
    label: str | None = None
    weight: int = DEFAULT_WEIGHT
    visibility: Visibility | None = None
    caption: str | None = None
    rating: int | None = None
    favorite: bool = False
    place: tuple[str, ...] | None = None
    coordinates: Coordinates | None = None
    dismissed_tags: tuple[str, ...] = ()
    taken_local: datetime | None = None
    offset: timedelta | None = None
    albums: tuple[str, ...] = ()
    guest: Guest | None = None
    created_at: datetime | None = None
    photo_id: str | None = None


@dataclass(frozen=True, slots=True)
class Uploads:
    """Creates upload tickets and stores uploads."""

    photos: PhotoStore
    bucket: UploadBucket
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    heat: Callable[[datetime], int]
    visibility: Visibility

    def create_ticket(self, owner: str, metadata: UploadMetadata, size: int | None) -> UploadTicket:
        """A ticket for one original of `size` bytes, or of any size up to the limit; raises Invalid over it.

        Of any size includes none: S3 would refuse an empty file, and its record would wait for another one.
        """
        if size is not None and not 0 < size <= MAX_BYTES:
            raise Invalid(f"bytes must be from 1 to {MAX_BYTES:,} ({MAX_BYTES // MEBIBYTE} MB).", field="bytes")
        lifetime = GUEST_TICKET_LIFETIME if metadata.guest else TICKET_LIFETIME
        photo = self._create_record(owner, metadata, size)
        post = self.bucket.presign_post(
            photo.key,
            mime=guess_mime(photo.filename),
            min_bytes=size or 0,
            max_bytes=size or MAX_BYTES,
            lifetime=lifetime,
        )
        return UploadTicket(photo, post, self.now() + lifetime)

    def create_upload_url(self, owner: str, metadata: UploadMetadata) -> str:
        """A presigned PUT URL for one original, for clients that cannot send a form."""
        return self.bucket.presign_put(self._create_record(owner, metadata).key, lifetime=TICKET_LIFETIME)

    def store_original(self, owner: str, metadata: UploadMetadata, data: bytes) -> Photo:
        """Store an original that was sent to the API itself; returns its record."""
        photo = self._create_record(owner, metadata)
        self.bucket.put(photo.key, data, guess_mime(photo.filename))
        return photo

    def _create_record(self, owner: str, metadata: UploadMetadata, size: int | None = None) -> Photo:
        """Raises Invalid for times that cannot be, and IdTaken."""
        photo = self._new_record(owner, metadata, size)
        if metadata.taken_local:
            photo = set_time_and_offset(photo, metadata.taken_local, metadata.offset)
        return self._commit_with_id(photo) if metadata.photo_id else self.photos.commit(None, photo)

    def _new_record(self, owner: str, metadata: UploadMetadata, size: int | None) -> Photo:
        now, photo_id, guest = self.now(), metadata.photo_id or self.new_id(), metadata.guest
        received_at, filename = _check_added(metadata.created_at, now), clean_filename(metadata.filename)
        needs_review = guest is not None and guest.needs_review
        return Photo(
            photo_id=photo_id,
            owner=owner,
            # Guests see the key in their ticket: it must not name the owner.
            key=upload_key(guest.share_id if guest else owner, photo_id, filename),
            filename=filename,
            received_at=received_at,
            heat=self.heat(received_at),
            state=State.UPLOADING,
            visibility=metadata.visibility or self.visibility,
            weight=metadata.weight,
            label=metadata.label,
            user_tags=metadata.user_tags,
            dismissed_labels=_dismissed(metadata),
            own_caption=metadata.caption,
            own_rating=metadata.rating,
            own_place=metadata.place,
            own_coordinates=metadata.coordinates,
            favorite=metadata.favorite,
            albums=() if needs_review else metadata.albums,
            guest=guest,
            bytes=size if guest else None,
            review_album=next(iter(metadata.albums), None) if needs_review else None,
            due_at=now + (GUEST_TICKET_LIFETIME + GUEST_TICKET_GRACE if guest else TICKET_LIFETIME + TICKET_GRACE),
        )

    def _commit_with_id(self, photo: Photo) -> Photo:
        """Commit a record whose id its owner chose, also instead of that of an unused ticket; raises IdTaken.

        The response with that ticket may have been lost. The key must be the same, because the file may be there.
        """
        try:
            return self.photos.commit(None, photo)
        except Conflict:
            found = self.photos.get(photo.photo_id)
        is_unused = found is not None and found.state is State.UPLOADING and found.owner == photo.owner
        if found is None or not is_unused or found.key != photo.key:
            raise IdTaken(photo.photo_id)
        return self.photos.commit(found, photo)


def _dismissed(metadata: UploadMetadata) -> tuple[str, ...]:
    """The labels and keywords that its owner does not want, unless they are tags at the same time."""
    return tuple(tag for tag in metadata.dismissed_tags if tag not in (metadata.label, *metadata.user_tags))


def _check_added(created_at: datetime | None, now: datetime) -> datetime:
    """When the photo was added: now, unless an import says otherwise; raises Invalid."""
    if created_at is None:
        return now
    if created_at.year < FIRST_YEAR or created_at > now:
        raise Invalid(f"created_at must be from the year {FIRST_YEAR} up to now.", field="created_at")
    return created_at


def guess_mime(filename: str) -> str:
    """The MIME type for the filename's extension; processing checks the content."""
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"
