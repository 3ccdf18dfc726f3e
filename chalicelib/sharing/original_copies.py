"""Copies of originals for guests: an original's own key holds its owner's id and, of a direct drop, its folder."""

from typing import Protocol

from chalicelib.library.photo import Photo
from chalicelib.sharing.models import Download, Share


class OriginalCopies(Protocol):
    """Copies of originals, under keys that tell nothing."""

    def url(self, photo: Photo, *, method: str) -> str:
        """A URL, signed for GET or HEAD, of a copy of the photo's original; raises NotFound if that is gone.

        Browsers save it under the photo's filename.
        """


def may_download_original(share: Share, photo: Photo) -> bool:
    """Whether a guest may have the original of a photo that the link shows: never that of another owner's photo."""
    return share.terms.download is Download.ORIGINAL and photo.owner == share.owner
