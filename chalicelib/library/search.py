"""Search: finds the photos of a query in the rows of their collections.

The rows of all conditions are intersected first, photos are read last. Every photo is checked before it counts, because
its rows may be out of date, or not say all. A search reads a bounded number of rows and photos; its page may therefore
be short and still have a position to go on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from chalicelib.library.collections import (
    ALL_PHOTOS,
    PUBLIC_SCOPE,
    RECENTLY_ADDED,
    album_of,
    collections_for,
    owner_of,
    photo_id_at,
)
from chalicelib.library.facets import facet_of
from chalicelib.library.photo import Photo, PhotoStore, State, Visibility
from chalicelib.library.photo_query import PhotoQuery, TagQuery
from chalicelib.library.query_lists import IndexReader, QueryLists, dates_of, lists_for, lists_for_tags
from chalicelib.library.sorted_rows import NEWEST, CollectionRows, Row, RowReader, intersect

# At most 10 MB, since a row has 100 to 400 bytes; the last pages may exceed it.
MAX_ROWS_READ = 24_000
MAX_PHOTOS_READ = 1000
PHOTOS_PER_READ = 100


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Rows that match, newest first; `next_position` is where to go on, or None at the end."""

    rows: list[Row]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class FoundPhotos:
    """Photos that match, newest first; `next_position` is where the next page begins, or None at the end.

    The page is the first `limit` of the photos. `count` is how many match, or at least that many unless `is_complete`.
    """

    photos: tuple[Photo, ...]
    next_position: str | None
    count: int
    is_complete: bool


def iterate_photo_ids(collections: RowReader, scope: str, tag: str, *, page_size: int) -> Iterator[str]:
    """The photo ids of a whole collection, newest first, read page by page."""
    after = None
    while rows := collections.list_rows(scope, tag, after=after, limit=page_size):
        yield from (row.photo_id for row in rows)
        after = rows[-1].position


def iterate_rows(collections: RowReader, scope: str, tags: TagQuery) -> Iterator[Row]:
    """The rows of all photos with these tags, newest first, however many are read."""
    lists = lists_for_tags(collections, scope, tags)
    return (_row(step.match) for step in intersect(lists.included, lists.excluded, None) if step.match)


def find_rows(collections: RowReader, scope: str, tags: TagQuery, *, after: str | None, limit: int) -> FoundRows:
    """The rows of a page of photos with these tags; fewer than `limit` if many are read."""
    candidates = Candidates(lists_for_tags(collections, scope, tags, limit + 1), after)
    rows = [_row(position) for position in islice(candidates, limit)]
    bound = candidates.bound
    has_more = next(candidates, None) is not None or not candidates.has_ended
    return FoundRows(rows, bound if has_more else None)


def is_member(photo: Photo, scope: str, tag: str) -> bool:
    """Whether the photo belongs to a collection; for those of tags, the others need not be known."""
    if tag.startswith("!") or facet_of(scope) or album_of(scope):
        return (scope, tag) in collections_for(photo)
    if photo.state is not State.READY or (tag != ALL_PHOTOS and tag not in photo.tags):
        return False
    return photo.visibility is Visibility.PUBLIC if scope == PUBLIC_SCOPE else photo.owner == owner_of(scope)


class Candidates:
    """The positions in all lists of a query below `after`, newest first.

    After the iteration, `bound` is where to go on, unless it `has_ended`.
    """

    def __init__(self, lists: QueryLists, after: str | None) -> None:
        self._lists = lists
        self._steps = intersect(lists.included, lists.excluded, after)
        self.bound = after or NEWEST
        self.has_ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while not self.has_ended and self._lists.rows_read < MAX_ROWS_READ:
            step = next(self._steps, None)
            if step is None:
                self.has_ended = True
            else:
                self.bound = step.bound
                if step.match:
                    return step.match
        raise StopIteration


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for: photos of a scope that this viewer may see, in a collection, that match a query."""

    scope: str
    query: PhotoQuery
    viewer: str | None
    collection: str = ALL_PHOTOS

    def accepts(self, photo: Photo) -> bool:
        """Whether the photo is found by this search."""
        return (
            photo.visible_to(self.viewer)
            and is_member(photo, self.scope, self.collection)
            and self.query.matches(photo, self.scope)
        )


@dataclass(frozen=True, slots=True)
class PhotoSearch:
    """Finds photos in the collections of a scope."""

    photos: PhotoStore
    collections: IndexReader

    def find(
        self, search: Search, *, after: str | None, limit: int, read_at_least: int = 0, count_to: int = 0
    ) -> FoundPhotos:
        """The photos that match: a page of them, or `read_at_least` if there are so many; counted up to `count_to`."""
        lists = self._lists(search, limit).without_long_lists(after)
        candidates = Candidates(lists, after)
        wanted = max(limit, read_at_least, 0 if lists.are_exact else count_to)
        found: list[tuple[str, Photo]] = []
        examined, last = 0, ""
        while len(found) < wanted and examined < MAX_PHOTOS_READ:
            missing = wanted - len(found) if lists.are_exact else PHOTOS_PER_READ
            batch = list(islice(candidates, min(missing, PHOTOS_PER_READ)))
            if not batch:
                break
            found += self._matches(search, batch)
            examined, last = examined + len(batch), batch[-1]
        has_more = next(candidates, None) is not None
        if len(found) > limit:
            next_position: str | None = found[limit - 1][0]
        elif has_more:
            next_position = last
        else:
            next_position = None if candidates.has_ended else candidates.bound
        count = len(found)
        if lists.are_exact and has_more:
            count += 1 + sum(1 for _ in islice(candidates, max(0, count_to - count - 1)))
        is_complete = candidates.has_ended and (lists.are_exact or not has_more)
        return FoundPhotos(tuple(photo for _, photo in found), next_position, count, is_complete)

    def _lists(self, search: Search, limit: int) -> QueryLists:
        """The lists to search: in a collection other than all photos, each photo is read and checked."""
        if search.collection == ALL_PHOTOS:
            return lists_for(self.collections, search.scope, search.query, limit=limit)
        rows = CollectionRows(self.collections, search.scope, search.collection, limit + 1)
        is_by_time = search.collection != RECENTLY_ADDED
        dates = dates_of(search.query) if is_by_time else ()
        return QueryLists((*dates, rows), are_exact=search.query.is_empty)

    def _matches(self, search: Search, positions: list[str]) -> list[tuple[str, Photo]]:
        photos = self.photos.get_many(map(photo_id_at, positions))
        read = ((position, photos.get(photo_id_at(position))) for position in positions)
        return [(position, photo) for position, photo in read if photo and search.accepts(photo)]


def _row(position: str) -> Row:
    return Row(position, photo_id_at(position))
