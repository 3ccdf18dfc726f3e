"""Pages of an album's photos, in its order.

With MANUAL the photos that were put in order by hand come first; the others follow, newest first. A position says in
which of the two parts the next page begins. Every photo is read and checked, so that a search within an album is a
filter: it reads a bounded number of photos, and its page may be short and still have a next position.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from chalicelib.albums.models import Album, AlbumOrder, AlbumStore
from chalicelib.library.collections import ALL_PHOTOS, PUBLIC_SCOPE, REVIEW, TimeRange, album_scope, owner_scope
from chalicelib.library.photo import Photo, PhotoStore
from chalicelib.library.photo_query import PhotoQuery
from chalicelib.library.queries import CollectionReader, PhotoPage
from chalicelib.library.search import is_member

MAX_PHOTOS_READ = 1000
PHOTOS_PER_READ = 100
ROWS_PER_READ = 256
# The part of a position.
BY_HAND, BY_TIME = "hand", "time"

type Candidate = tuple[str, str]
"""The position after a photo, and its id."""


@dataclass(frozen=True, slots=True)
class AlbumFilter:
    """The photos of an album that one of its viewers searches for.

    Of the photos of others, only their public words are searched, and nothing that only their owner knows.
    """

    viewer: str
    query: PhotoQuery = field(default_factory=PhotoQuery)

    def accepts(self, photo: Photo) -> bool:
        """Whether the photo is found."""
        if photo.owner == self.viewer:
            return self.query.matches(photo, owner_scope(self.viewer))
        return not self._needs_owner and self.query.matches(photo, PUBLIC_SCOPE)

    @property
    def _needs_owner(self) -> bool:
        query = self.query
        return bool(query.camera or query.place or query.favorite or query.min_rating or query.bounds)


@dataclass(frozen=True, slots=True)
class AlbumPages:
    """Reads the photos of albums."""

    photos: PhotoStore
    collections: CollectionReader
    store: AlbumStore

    def list_photos(self, album: Album, wanted: AlbumFilter, *, after: str | None, limit: int) -> PhotoPage:
        """A page of the photos that the filter accepts, after a position."""
        by_hand = self.store.get_order(album.album_id) if album.order is AlbumOrder.MANUAL else ()
        candidates = self._candidates(album, by_hand, wanted.query.time_range, after, limit)
        return self._page(album, ALL_PHOTOS, candidates, wanted, limit)

    def list_to_review(self, album: Album, *, after: str | None, limit: int) -> PhotoPage:
        """A page of the photos that wait for the album's owner, newest first."""
        candidates = self._by_time(album, REVIEW, TimeRange(), after, limit, oldest_first=False)
        return self._page(album, REVIEW, candidates, AlbumFilter(album.owner), limit)

    def _page(
        self, album: Album, tag: str, candidates: Iterator[Candidate], wanted: AlbumFilter, limit: int
    ) -> PhotoPage:
        found: list[tuple[str, Photo]] = []
        examined, last = 0, ""
        while len(found) < limit and examined < MAX_PHOTOS_READ:
            missing = limit - len(found) if wanted.query.is_empty else PHOTOS_PER_READ
            batch = list(islice(candidates, missing))
            if not batch:
                break
            photos = self.photos.get_many(photo_id for _, photo_id in batch)
            read = ((position, photos.get(photo_id)) for position, photo_id in batch)
            found += [
                (position, photo)
                for position, photo in read
                if photo and is_member(photo, album_scope(album.album_id), tag) and wanted.accepts(photo)
            ]
            examined, last = examined + len(batch), batch[-1][0]
        if len(found) > limit:
            return PhotoPage(tuple(photo for _, photo in found[:limit]), found[limit - 1][0])
        has_more = next(candidates, None) is not None
        return PhotoPage(tuple(photo for _, photo in found), last if has_more else None)

    def _candidates(
        self, album: Album, by_hand: tuple[str, ...], times: TimeRange, after: str | None, limit: int
    ) -> Iterator[Candidate]:
        part, _, place = (after or f"{BY_HAND} 0").partition(" ")
        if part == BY_HAND:
            start, place = int(place), ""
            for index, photo_id in enumerate(by_hand[start:], start + 1):
                yield f"{BY_HAND} {index}", photo_id
        ordered = frozenset(by_hand)
        oldest_first = album.order is AlbumOrder.OLDEST
        for position, photo_id in self._by_time(
            album, ALL_PHOTOS, times, place or None, limit, oldest_first=oldest_first
        ):
            if photo_id not in ordered:
                yield f"{BY_TIME} {position}", photo_id

    def _by_time(
        self, album: Album, tag: str, times: TimeRange, after: str | None, limit: int, *, oldest_first: bool
    ) -> Iterator[Candidate]:
        """The rows of a collection of the album after a position, read page by page."""
        page_size = limit + 1
        while rows := self.collections.list_rows(
            album_scope(album.album_id),
            tag,
            after=after,
            limit=page_size,
            time_range=times,
            oldest_first=oldest_first,
        ):
            yield from ((row.position, row.photo_id) for row in rows)
            if len(rows) < page_size:
                return
            after, page_size = rows[-1].position, ROWS_PER_READ
