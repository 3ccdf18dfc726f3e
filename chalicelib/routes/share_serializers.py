"""The API's JSON of shared links, for their owners and for guests.

What guests get is built field by field, apart from the JSON for owners: a new field of a photo must not reach them by
itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.container import Container
from chalicelib.library.filenames import filename_for_type
from chalicelib.library.photo import Photo
from chalicelib.routes.serializers import UrlSigner, iso_time
from chalicelib.sharing.guest_uploads import room, upload_state
from chalicelib.sharing.models import Download, Share
from chalicelib.sharing.original_copies import may_download_original
from chalicelib.sharing.shared_photos import SharedContent


@dataclass(frozen=True, slots=True)
class GuestPhotoSerializer:
    """Serializes photos for the guests of a link."""

    share: Share
    sign_derivative: UrlSigner

    def photo(self, photo: Photo) -> dict[str, Any]:
        """One photo."""
        return {
            "photo_id": photo.photo_id,
            "filename": photo.filename,
            "caption": photo.caption,
            "taken_local": photo.local_time.isoformat(timespec="milliseconds") if photo.local_time else None,
            "width": photo.width,
            "height": photo.height,
            "format": photo.format,
            "placeholder": photo.placeholder,
            "image_url": self._url(photo, "preview"),
            "small_url": self._url(photo, "small"),
            "thumbnail_url": self._url(photo, "thumbnail"),
            "resized_url": self._resized_url(photo),
            "original": may_download_original(self.share, photo),
            "guest": photo.guest.name if photo.guest else None,
        }

    def cover_url(self, photo: Photo) -> str | None:
        """The URL of an image for the whole width of a page."""
        return self._url(photo, "preview")

    def _url(self, photo: Photo, name: str) -> str | None:
        return self.sign_derivative(photo.derivatives[name].key) if name in photo.derivatives else None

    def _resized_url(self, photo: Photo) -> str | None:
        resized = photo.derivatives.get("resized")
        if resized is None or self.share.terms.download is Download.NONE:
            return None
        return self.sign_derivative(resized.key, filename_for_type(resized.mime, photo.filename))


def guest_photo_serializer(container: Container, share: Share) -> GuestPhotoSerializer:
    """The serializer for the guests of a link."""
    return GuestPhotoSerializer(share, container.image_urls.sign)


def shared_content(share: Share, content: SharedContent, serializer: GuestPhotoSerializer) -> dict[str, Any]:
    """What a link shows, for its guests."""
    terms = share.terms
    return {
        "title": content.title,
        "description": content.description,
        "photos": content.photos,
        "cover_image": serializer.cover_url(content.cover) if content.cover else None,
        "download": terms.download,
        "add": terms.add,
        "review": terms.review,
        "expires_at": iso_time(terms.expires_at),
        "max_upload_bytes": room(share),
        "from": content.first_day,
        "to": content.last_day,
    }


def guest_upload(photo: Photo) -> dict[str, Any]:
    """A photo that a guest has added."""
    return {"photo_id": photo.photo_id, "state": upload_state(photo), "reason": photo.reason}


def share(share: Share, now: datetime, titles: Mapping[str, str], counts: Mapping[str, int]) -> dict[str, Any]:
    """A shared link for its owner; `titles` and `counts` are those of albums, by their id."""
    terms, album_id = share.terms, share.album_id
    return {
        "share_id": share.share_id,
        "album_id": album_id,
        "title": share.contents.title if album_id is None else titles.get(album_id, ""),
        "name": terms.name,
        "photos": len(share.contents.photo_ids) if album_id is None else counts.get(album_id, 0),
        "download": terms.download,
        "add": terms.add,
        "review": terms.review,
        "has_password": terms.password_hash is not None,
        "expires_at": iso_time(terms.expires_at),
        "state": "expired" if share.has_expired(now) else "active",
        "created_at": iso_time(share.created_at),
        "passes": share.passes,
        "wrong_passwords": share.wrong_passwords,
        "last_wrong_password_at": iso_time(share.last_wrong_password_at),
        "uploads": {
            "photos": share.uploaded_photos,
            "bytes": share.uploaded_bytes,
            "max_photos": terms.max_photos,
            "max_bytes": terms.max_bytes,
        },
        "version": share.version,
    }
