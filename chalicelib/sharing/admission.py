"""Admission: which albums an upload joins once its file is stored.

Between the ticket and the file, a link may end or begin to need reviews, and a contributor may lose the right to add.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.albums.models import AlbumStore, Role, role_of
from chalicelib.library.guest import Guest
from chalicelib.library.photo import Photo
from chalicelib.library.transitions import require_review
from chalicelib.sharing.models import ShareStore


@dataclass(frozen=True, slots=True)
class Admission:
    """Decides by the links and albums as they are now."""

    shares: ShareStore
    albums: AlbumStore
    now: Callable[[], datetime]

    def admit(self, photo: Photo) -> Photo:
        """The photo in the albums that it may still join; that of a guest waits for a review instead."""
        if not photo.albums:
            return photo
        if photo.guest:
            return photo if self._is_open(photo.guest) else require_review(photo)
        found = self.albums.get_many(photo.albums, photo.owner)
        can_add = {
            album_id
            for album_id, stored in found.items()
            if role_of(stored, photo.owner) in {Role.OWNER, Role.CONTRIBUTOR}
        }
        return replace(photo, albums=tuple(album_id for album_id in photo.albums if album_id in can_add))

    def _is_open(self, guest: Guest) -> bool:
        """Whether the link through which the guest came still takes photos without a review."""
        share = self.shares.get(guest.share_id)
        return share is not None and not share.has_expired(self.now()) and share.terms.add and not share.terms.review
