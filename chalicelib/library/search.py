"""Search: queries over several tags, answered from the rows of their collections.

A photo has the same position in all of its collections. So the collections of a query are read side by side, newest
first: the rows in all of them (or any) and in none of the excluded ones are the result. Where one collection has no
row for a while, the others skip to its next one. A search reads at most MAX_ROWS_READ rows and what is left of its
last pages; its page may therefore be short and still have a cursor.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.library.photo import Photo

MAX_ROWS_READ = 1000
MAX_PAGE_ROWS = 500


class Match(StrEnum):
    """Whether a photo must have all of the tags, or any of them."""

    ALL = "all"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Row:
    """The position and photo id of one membership."""

    position: str
    photo_id: str


class RowReader(Protocol):
    """Reads the rows of collections."""

    def list_rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        """Rows after this position, newest first; consistent read."""


def iterate_photo_ids(collections: RowReader, scope: str, tag: str, *, page_size: int) -> Iterator[str]:
    """The photo ids of a whole collection, newest first, read page by page."""
    after = None
    while rows := collections.list_rows(scope, tag, after=after, limit=page_size):
        yield from (row.photo_id for row in rows)
        after = rows[-1].position


@dataclass(frozen=True, slots=True)
class TagQuery:
    """Tags a photo must have (all or any of them), and tags it must not have."""

    tags: tuple[str, ...]
    match: Match = Match.ALL
    excluded: tuple[str, ...] = ()

    @property
    def is_single_tag(self) -> bool:
        """Whether one collection is the whole result."""
        return len(self.tags) == 1 and not self.excluded

    def matches(self, photo: Photo) -> bool:
        """Whether the photo matches the query."""
        tags = set(photo.tags)
        included = tags.issuperset(self.tags) if self.match is Match.ALL else not tags.isdisjoint(self.tags)
        return included and tags.isdisjoint(self.excluded)


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Rows that match, newest first; `next_position` is where to go on, or None at the end."""

    rows: list[Row]
    next_position: str | None


class CollectionRows:
    """The rows of one collection after a position, newest first, read in pages that grow from `page_rows`."""

    def __init__(self, reader: RowReader, scope: str, tag: str, after: str | None, page_rows: int) -> None:
        self._reader = reader
        self._scope = scope
        self._tag = tag
        self._after = after
        self._page_rows = page_rows
        self._rows: deque[Row] = deque()
        self._ended = False
        self.rows_read = 0

    def first(self) -> Row | None:
        """The newest row that was not skipped, or None after the last one."""
        if not self._rows and not self._ended:
            page = self._reader.list_rows(self._scope, self._tag, after=self._after, limit=self._page_rows)
            self._rows.extend(page)
            self.rows_read += len(page)
            self._ended = len(page) < self._page_rows
            self._page_rows = min(2 * self._page_rows, MAX_PAGE_ROWS)
        return self._rows[0] if self._rows else None

    def skip_to(self, position: str) -> None:
        """Skip the rows that are newer than this position."""
        while self._rows and self._rows[0].position > position:
            self._rows.popleft()
        self._after = f"{position}\0"  # just newer: the next page begins with the row at this position

    def skip_past(self, position: str) -> None:
        """Skip the rows that are newer than this position, and the row at it."""
        self.skip_to(position)
        if self._rows and self._rows[0].position == position:
            self._rows.popleft()
        self._after = position


def find_rows(
    reader: RowReader, scope: str, query: TagQuery, *, after: str | None, limit: int, max_rows: int = MAX_ROWS_READ
) -> FoundRows:
    """The rows of photos that match the query, newest first, after a position; fewer than `limit` if many are read."""
    page_rows = 2 * limit if query.match is Match.ALL else limit + 1
    search = Search(reader, scope, query, after=after, page_rows=page_rows)
    found: list[Row] = []
    steps = search.steps()
    for position, row in steps:
        if row:
            found.append(row)
        if len(found) == limit or search.rows_read >= max_rows:
            return FoundRows(found, position if next(steps, None) else None)
    return FoundRows(found, None)


class Search:
    """Reads the collections of a query side by side, newest first, after a position."""

    def __init__(
        self,
        reader: RowReader,
        scope: str,
        query: TagQuery,
        *,
        after: str | None = None,
        page_rows: int = MAX_PAGE_ROWS,
    ) -> None:
        self._match_all = query.match is Match.ALL
        self._included = [CollectionRows(reader, scope, tag, after, page_rows) for tag in query.tags]
        self._excluded = [CollectionRows(reader, scope, tag, after, page_rows) for tag in query.excluded]

    @property
    def rows_read(self) -> int:
        """The rows read so far."""
        return sum(collection.rows_read for collection in (*self._included, *self._excluded))

    def rows(self) -> Iterator[Row]:
        """The rows of all photos that match."""
        return (row for _, row in self.steps() if row)

    def steps(self) -> Iterator[tuple[str, Row | None]]:
        """The positions down to which all rows are known, each with the row at it if that photo matches."""
        while True:
            rows = [row for row in (collection.first() for collection in self._included) if row]
            if not rows or (self._match_all and len(rows) < len(self._included)):
                return
            newest, oldest = max(rows, key=_position), min(rows, key=_position)
            position = newest.position
            if self._match_all and newest != oldest:
                for collection in self._included:
                    collection.skip_to(oldest.position)
                yield position, None
            else:
                is_excluded = any(_has_row_at(position, collection) for collection in self._excluded)
                for collection in self._included:
                    collection.skip_past(position)
                yield position, None if is_excluded else newest


def _has_row_at(position: str, collection: CollectionRows) -> bool:
    collection.skip_to(position)
    row = collection.first()
    return row is not None and row.position == position


def _position(row: Row) -> str:
    return row.position
