"""Deletion of albums: once one is marked as deleted, its photos are taken out one by one, then its rest is removed.

No photo can join it any more (the photo store checks that in the photo's own transaction), so that none is missed. A
worker that dies leaves the album on the list of those to remove.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from chalicelib.albums.models import AlbumStore
from chalicelib.errors import TintypeError
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.library.collections import ALL_PHOTOS, REVIEW, album_scope
from chalicelib.library.photo import PhotoStore
from chalicelib.library.search import iterate_photo_ids
from chalicelib.library.sorted_rows import RowReader
from chalicelib.library.transitions import remove_from_album

ROWS_PER_PAGE = 100
# What the request itself does: a photo takes a read and a transaction.
FIRST_PHOTOS = 25


class AlbumLinks(Protocol):
    """The shared links of albums."""

    def remove_album_links(self, album_id: str) -> None:
        """Remove all links of an album."""


@dataclass(frozen=True, slots=True)
class AlbumDeletion:
    """Removes deleted albums."""

    store: AlbumStore
    photos: PhotoStore
    collections: RowReader
    editor: PhotoEditor
    links: AlbumLinks

    def start(self, album_id: str) -> None:
        """Remove the links of a deleted album and take its first photos out; what fails, the schedule repeats."""
        with suppress(TintypeError):
            photos_left = iter(range(FIRST_PHOTOS))
            self.resume(album_id, lambda: next(photos_left, None) is not None)

    def resume(self, album_id: str, time_left: Callable[[], bool]) -> tuple[int, bool]:
        """Remove links, and take photos out while there is time; returns how many, and whether the album is removed.

        Raises Conflict, Unavailable, or PhotoNotFound if a photo cannot be changed now, or has just got another owner.
        """
        self.links.remove_album_links(album_id)
        taken_out = 0
        for photo_id in self._photo_ids(album_id):
            if not time_left():
                return taken_out, False
            self._take_out(album_id, photo_id)
            taken_out += 1
        self.store.remove(album_id)
        return taken_out, True

    def _photo_ids(self, album_id: str) -> Iterator[str]:
        """The ids of all photos in the album, and of those that wait for its owner."""
        for tag in (REVIEW, ALL_PHOTOS):
            yield from iterate_photo_ids(self.collections, album_scope(album_id), tag, page_size=ROWS_PER_PAGE)

    def _take_out(self, album_id: str, photo_id: str) -> None:
        if photo := self.photos.get(photo_id):
            self.editor.apply(photo.owner, photo_id, partial(remove_from_album, album_id=album_id))
