"""Derivatives: finds finished photos whose derivatives are gone, by as few requests as possible.

A listing returns a thousand keys, those of 250 photos by id, for the price of 12 HEADs. Uploads of one owner come in
the order of their ids, so a listing answers for many of a page, unless they are few among many other photos. Direct
drops come in the order of their keys, which says nothing of their ids: of each, one derivative is asked for, and
another one the next day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Protocol

from chalicelib.ingest.originals import is_upload
from chalicelib.ingest.processing import DERIVATIVE_NAMES
from chalicelib.library.photo import Photo, State

INTERVAL = timedelta(days=1)
# A listing costs as much as so many HEADs (S3: 0.005 and 0.0004 dollars per 1,000).
HEADS_PER_LISTING = 12
# Photos in the trash are processed when they are restored and found here.
CHECKED_STATES = frozenset({State.READY, State.DUPLICATE})


class DerivativeLister(Protocol):
    """Lists the derivatives bucket."""

    def list_keys(self, after: str) -> tuple[list[str], bool]:
        """Keys after this position, in UTF-8 order, and whether there are more."""

    def exists(self, key: str) -> bool:
        """Whether there is an object at this key."""


@dataclass(frozen=True, slots=True)
class DerivativeListing:
    """The keys of derivatives that were found, and the ids of the photos whose keys were all listed."""

    lister: DerivativeLister
    found: frozenset[str] = frozenset()
    listed_ids: frozenset[str] = frozenset()

    def is_incomplete(self, photo: Photo, now: datetime) -> bool:
        """Whether a derivative of this photo is missing, as far as the listing or one request tells."""
        if not _is_checked(photo):
            return False
        keys = _keys(photo)
        if photo.photo_id in self.listed_ids:
            return not keys <= self.found
        return not self.lister.exists(sorted(keys)[now.toordinal() % len(keys)])


def list_derivatives(photos: Iterable[Photo], lister: DerivativeLister) -> DerivativeListing:
    """List the derivatives of the uploads among these photos, for as long as that is cheaper than asking for each."""
    remaining = sorted(
        (photo for photo in photos if _is_checked(photo) and is_upload(photo.key)), key=lambda photo: _last_key(photo)
    )
    found, listed = set[str](), set[str]()
    while remaining:
        keys, has_more = lister.list_keys(_position(remaining[0]))
        found.update(keys)
        answered = [each.photo_id for each in _listed(remaining, keys[-1].encode() if has_more else None)]
        listed.update(answered)
        remaining = remaining[len(answered) :]
        if min(len(answered), len(remaining)) <= HEADS_PER_LISTING:
            break
    return DerivativeListing(lister, frozenset(found), frozenset(listed))


def _listed(photos: list[Photo], last: bytes | None) -> Iterator[Photo]:
    """Those whose keys end before the last one that was listed; None: all keys were."""
    return takewhile(lambda photo: last is None or _last_key(photo) <= last, photos)


def _is_checked(photo: Photo) -> bool:
    return photo.state in CHECKED_STATES and bool(photo.derivatives) and photo.worker is None


def _position(photo: Photo) -> str:
    """The position before the keys of a photo: their folder."""
    return min(_keys(photo)).rpartition("/")[0]


def _keys(photo: Photo) -> frozenset[str]:
    """The keys that the URLs of this photo name."""
    return frozenset(photo.derivatives[name].key for name in DERIVATIVE_NAMES if name in photo.derivatives)


def _last_key(photo: Photo) -> bytes:
    """The last key of a photo, in the order of listings."""
    return max(key.encode() for key in _keys(photo))
