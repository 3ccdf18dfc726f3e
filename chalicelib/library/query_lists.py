"""The sorted lists that a query is answered from: the rows of its tags, words and facets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from chalicelib.library.collections import ALL_PHOTOS, TimeRange, owner_of, word_tag
from chalicelib.library.facets import FAVORITE, MAX_RATING, Facet, facet_scope, rating_key
from chalicelib.library.map_cells import Bounds, cells_covering, covering_level
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery, WordTerm
from chalicelib.library.sorted_rows import (
    NEWEST,
    CalendarDays,
    CollectionRows,
    ListedRows,
    Row,
    RowReader,
    SortedRows,
    TimeRangeRows,
    UnionRows,
)

# Several lists are read in pages of this many rows, then more. One that ends in its first page is short.
FIRST_PAGE_ROWS = 256
# All rows of the words with one beginning are read at once, if there are no more than these.
MAX_PREFIX_ROWS = 4000
MAX_CELLS = 16


class IndexReader(RowReader, Protocol):
    """Reads the rows of collections, and those of all words with one beginning."""

    def list_word_rows(self, scope: str, prefix: str, limit: int) -> list[Row]:
        """Rows of all words that begin with the prefix, word by word; consistent read."""


@dataclass(frozen=True, slots=True)
class QueryLists:
    """Lists whose intersection, without those that are excluded, has all photos of a query.

    They have no others if `are_exact`; else each photo must be checked.
    """

    included: tuple[SortedRows, ...]
    excluded: tuple[SortedRows, ...] = ()
    are_exact: bool = True

    @property
    def rows_read(self) -> int:
        """The rows read so far."""
        return sum(rows.rows_read for rows in (*self.included, *self.excluded))

    def without_long_lists(self, after: str | None) -> "QueryLists":
        """Only the short lists, if there are any: to check their photos is less than to read the long ones."""
        for rows in self.included:
            rows.latest_before(after or NEWEST)
        short = [rows for rows in self.included if rows.size is not None and rows.size <= FIRST_PAGE_ROWS]
        if not short:
            return self
        dates = (TimeRangeRows, CalendarDays)
        lists = tuple(rows for rows in self.included if rows in short or isinstance(rows, dates))
        leaves_out = bool(self.excluded) or len(lists) < len(self.included)
        return QueryLists(lists, are_exact=self.are_exact and not leaves_out)


def lists_for_tags(reader: RowReader, scope: str, tags: TagQuery, page_rows: int = FIRST_PAGE_ROWS) -> QueryLists:
    """The lists of a query for tags, which must have some."""
    included = [CollectionRows(reader, scope, tag, page_rows) for tag in tags.tags]
    excluded = tuple(CollectionRows(reader, scope, tag, page_rows) for tag in tags.excluded)
    if tags.match is Match.ANY and len(included) > 1:
        return QueryLists((UnionRows(included),), excluded)
    return QueryLists(tuple(included), excluded)


def lists_for(reader: IndexReader, scope: str, query: PhotoQuery, *, limit: int) -> QueryLists:
    """The lists of a query, which are read as far as a page of this many photos needs."""
    builder = _Builder(reader, scope, limit + 1 if _conditions(query) == 1 else FIRST_PAGE_ROWS)
    return builder.lists(query)


def dates_of(query: PhotoQuery) -> tuple[SortedRows, ...]:
    """The lists of all positions at the dates of a query. They come first, so that others are read within them only."""
    ranges = (TimeRangeRows(query.time_range),) if query.time_range != TimeRange() else ()
    return (*query.dates, *ranges)


def _conditions(query: PhotoQuery) -> int:
    """The number of lists that a query needs, at least one."""
    single = (query.camera, query.place, query.favorite, query.min_rating, query.bounds)
    tags = 1 if query.tags.match is Match.ANY and query.tags.tags else len(query.tags.tags)
    return len(query.words) + tags + len(query.tags.excluded) + sum(map(bool, single)) or 1


@dataclass(slots=True)
class _Builder:
    """Makes the lists of a query."""

    reader: IndexReader
    scope: str
    page_rows: int
    are_exact: bool = True

    def lists(self, query: PhotoQuery) -> QueryLists:
        tags = lists_for_tags(self.reader, self.scope, query.tags, self.page_rows)
        rows: list[SortedRows] = [*tags.included, *self._words(query.words), *self._facets(query)]
        if not any(_is_of_photos(each) for each in rows):
            rows.append(self._collection(self.scope, ALL_PHOTOS))
        return QueryLists((*dates_of(query), *rows), tags.excluded, self.are_exact)

    def _words(self, terms: Iterable[WordTerm]) -> Iterator[SortedRows]:
        for term in terms:
            rows = self._word(term)
            if rows is None:
                self.are_exact = False
            else:
                yield UnionRows((rows, *term.days)) if term.days else rows

    def _word(self, term: WordTerm) -> SortedRows | None:
        """The rows of the words of a term, or None if there are too many."""
        if not term.is_prefix:
            return self._collection(self.scope, word_tag(term.word))
        found = self.reader.list_word_rows(self.scope, term.word, MAX_PREFIX_ROWS + 1)
        return ListedRows([row.position for row in found]) if len(found) <= MAX_PREFIX_ROWS else None

    def _facets(self, query: PhotoQuery) -> Iterator[SortedRows]:
        if query.camera is not None:
            yield self._facet(Facet.CAMERA, query.camera)
        if query.place is not None:
            yield self._facet(Facet.PLACE, query.place)
        if query.favorite:
            yield self._facet(Facet.MARK, FAVORITE)
        if query.min_rating:
            ratings = range(query.min_rating, MAX_RATING + 1)
            yield UnionRows([self._facet(Facet.MARK, rating_key(rating)) for rating in ratings])
        if query.bounds:
            yield self._cells(query.bounds)

    def _cells(self, bounds: Bounds) -> SortedRows:
        self.are_exact = False  # cells reach beyond the bounds
        cells = cells_covering(bounds, covering_level(bounds, MAX_CELLS))
        return UnionRows([self._facet(Facet.CELL, cell) for cell in cells])

    def _facet(self, facet: Facet, key: str) -> SortedRows:
        return self._collection(facet_scope(facet, owner_of(self.scope)), key)

    def _collection(self, scope: str, tag: str) -> SortedRows:
        return CollectionRows(self.reader, scope, tag, self.page_rows)


def _is_of_photos(rows: SortedRows) -> bool:
    """Whether each of the positions is that of a photo; a term that names days has all positions on them."""
    return not isinstance(rows, UnionRows) or not rows.has_days
