"""Selects the photos of a bundle by ids, tags, album or search, page by page, so that few records are in memory.

Who may download an album is decided before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from chalicelib.errors import Invalid, PhotoNotFound
from chalicelib.library.collections import ALL_PHOTOS, album_scope, owner_scope
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.photo_query import Match, TagQuery
from chalicelib.library.query_lists import IndexReader
from chalicelib.library.search import PhotoSearch, Search, iterate_photo_ids, iterate_rows

PHOTO_BATCH_SIZE = 100
# Of rows, which are read in megabytes.
PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class PhotoSelector:
    """Selects ready photos, at most `max_photos`."""

    photos: PhotoStore
    collections: IndexReader
    max_photos: int

    def by_ids(
        self, photo_ids: Iterable[str], may_include: Callable[[Photo], bool], *, skip_others: bool = False
    ) -> Iterator[Photo]:
        """The photos with these ids. Any that is not ready or not allowed raises PhotoNotFound or is skipped."""
        for batch in batched(photo_ids, PHOTO_BATCH_SIZE):
            photos = self.photos.get_many(batch)
            for photo_id in batch:
                photo = photos.get(photo_id)
                if photo is not None and photo.state is State.READY and may_include(photo):
                    yield photo
                elif not skip_others:
                    raise PhotoNotFound(photo_id)

    def by_tags(self, owner: str, tags: tuple[str, ...], match: Match) -> Iterator[Photo]:
        """The owner's photos with all or any of these tags; raises Invalid if there are too many."""
        if not tags:
            return
        query = TagQuery(tags, match)
        rows = iterate_rows(self.collections, owner_scope(owner), query)
        yield from self._read(
            (row.photo_id for row in rows),
            lambda photo: photo.owner == owner and photo.state is State.READY and query.matches(photo),
        )

    def in_album(self, album_id: str) -> Iterator[Photo]:
        """The photos in an album, newest first; raises Invalid if there are too many."""
        photo_ids = iterate_photo_ids(self.collections, album_scope(album_id), ALL_PHOTOS, page_size=PAGE_SIZE)
        yield from self._read(photo_ids, lambda photo: photo.state is State.READY and album_id in photo.albums)

    def found_by(self, search: Search) -> Iterator[Photo]:
        """The photos that a search in an owner's library finds."""
        finder, after = PhotoSearch(self.photos, self.collections), None
        while True:
            page = finder.find(search, after=after, limit=PHOTO_BATCH_SIZE)
            yield from page.photos[:PHOTO_BATCH_SIZE]  # it may have found some of the next page
            after = page.next_position
            if after is None:
                return

    def _read(self, photo_ids: Iterable[str], is_selected: Callable[[Photo], bool]) -> Iterator[Photo]:
        """Read photos by rows; no photo is read if there are too many rows."""
        found: list[str] = []
        for photo_id in photo_ids:
            found.append(photo_id)
            check_count(len(found), self.max_photos)
        for batch in batched(found, PHOTO_BATCH_SIZE):
            yield from filter(is_selected, self.photos.get_many(batch).values())


def check_count(photos: int, max_photos: int) -> None:
    """Raise Invalid if a bundle would contain too many photos."""
    if photos > max_photos:
        message = f"A bundle can contain at most {max_photos:,} photos. Choose fewer tags or photos."
        raise Invalid(message, code="too_many_photos")
