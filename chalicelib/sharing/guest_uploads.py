"""Photos that guests add to an album: tickets within the limits of their link.

A ticket's number and bytes are counted before it is given out, so that many guests at once cannot exceed the limits;
the schedule uncounts those that were never used.
"""

from dataclasses import dataclass

from chalicelib.errors import Conflict, Invalid, NotFound, PhotoNotFound
from chalicelib.ingest.processing import MAX_BYTES, MEBIBYTE
from chalicelib.ingest.uploads import UploadMetadata, Uploads, UploadTicket
from chalicelib.library.filenames import IMAGE_EXTENSIONS, split_extension
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo, PhotoStore, State, Visibility
from chalicelib.sharing.models import Share, ShareStore

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class GuestUploads:
    """Lets guests add photos."""

    shares: ShareStore
    photos: PhotoStore
    uploads: Uploads

    def create_ticket(self, share: Share, name: str, filename: str, size: int) -> UploadTicket:
        """A ticket for one photo of exactly this size, for the album of the link.

        Raises Invalid, NotFound if the link takes no photos, Conflict if it takes no more.
        """
        if not share.terms.add or share.album_id is None:
            raise NotFound("Photos cannot be added with this link.")
        _, extension = split_extension(filename)
        if extension.casefold() not in IMAGE_EXTENSIONS:
            raise Invalid("filename must end like an image, for example in .jpg.", field="filename")
        if not 0 < size <= MAX_BYTES:
            raise Invalid(f"bytes must be from 1 to {MAX_BYTES:,} ({MAX_BYTES // MEBIBYTE} MB).", field="bytes")
        if not self.shares.reserve_upload(share, size):
            raise Conflict("No more photos can be added with this link.")
        metadata = UploadMetadata(
            filename,
            visibility=Visibility.PRIVATE,
            albums=(share.album_id,),
            guest=Guest(name, share.share_id, needs_review=share.terms.review),
        )
        return self.uploads.create_ticket(share.owner, metadata, size)

    def get_photo(self, share: Share, photo_id: str) -> Photo:
        """A photo that was added with this link, in whatever state; raises PhotoNotFound."""
        photo = self.photos.get(photo_id)
        if photo is None or photo.guest is None or photo.guest.share_id != share.share_id:
            raise PhotoNotFound(photo_id)
        if photo.state not in {State.UPLOADING, State.PROCESSING, State.READY, State.REJECTED}:
            raise PhotoNotFound(photo_id)
        if photo.state is State.READY and share.album_id not in {*photo.albums, photo.review_album}:
            raise PhotoNotFound(photo_id)  # its owner has declined it, or taken it out
        return photo


def room(share: Share) -> int:
    """How many bytes the next photo that a guest adds may have; 0 if none can be added."""
    if not share.terms.add or share.uploaded_photos >= share.terms.max_photos:
        return 0
    return max(0, min(MAX_BYTES, share.terms.max_bytes - share.uploaded_bytes))


def upload_state(photo: Photo) -> str:
    """The state of a guest's photo, as guests see it."""
    return PENDING if photo.state is State.READY and photo.review_album else str(photo.state)
