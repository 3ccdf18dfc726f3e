"""Derivatives: finds finished photos whose derivatives are gone, by as few requests as possible.

A listing returns a thousand keys for the price of 12 HEADs. Uploads have their originals and their derivatives in the
same order, so one listing answers for a page of them. Direct drops don't: of each, one derivative is asked for, and
another one the next day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.ingest.originals import is_upload
from chalicelib.library.photo import Photo, State

INTERVAL = timedelta(days=1)
# A page of uploads has about 400 derivatives. Those of other photos of the same owner may lie between them.
MAX_LISTINGS = 2
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
    """The keys of derivatives that were found, and the position up to which they were listed."""

    lister: DerivativeLister
    found: frozenset[str] = frozenset()
    listed_until: bytes = b""

    def is_incomplete(self, photo: Photo, now: datetime) -> bool:
        """Whether a derivative of this photo is missing, as far as the listing or one request tells."""
        if not _is_checked(photo):
            return False
        keys = _keys(photo)
        if is_upload(photo.key) and _end(keys) <= self.listed_until:
            return not keys <= self.found
        return not self.lister.exists(sorted(keys)[now.toordinal() % len(keys)])


def list_derivatives(photos: Iterable[Photo], lister: DerivativeLister) -> DerivativeListing:
    """List the derivatives of the uploads among these photos, as far as two listings go."""
    uploads = [_keys(photo) for photo in photos if _is_checked(photo) and is_upload(photo.key)]
    if not uploads:
        return DerivativeListing(lister)
    found = set[str]()
    position, end = min(map(_position, uploads)), max(map(_end, uploads))
    for _ in range(MAX_LISTINGS):
        keys, has_more = lister.list_keys(position)
        found.update(keys)
        if not has_more:
            return DerivativeListing(lister, frozenset(found), end)
        position = keys[-1]
        if position.encode() >= end:
            break
    return DerivativeListing(lister, frozenset(found), position.encode())


def _is_checked(photo: Photo) -> bool:
    return photo.state in CHECKED_STATES and bool(photo.derivatives) and photo.worker is None


def _position(keys: frozenset[str]) -> str:
    """The position before the keys of a photo: their folder."""
    return min(keys).rpartition("/")[0]


def _keys(photo: Photo) -> frozenset[str]:
    return frozenset(derivative.key for derivative in photo.derivatives.values())


def _end(keys: frozenset[str]) -> bytes:
    """The last key of a photo, in the order of listings."""
    return max(key.encode() for key in keys)
