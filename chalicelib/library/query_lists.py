"""The sorted lists that a query is answered from: the rows of its tags, words and facets."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from chalicelib.library.collections import ALL_PHOTOS, TimeRange, owner_of, word_tag
from chalicelib.library.facets import FAVORITE, Facet, facet_scope, rating_key
from chalicelib.library.map_cells import Bounds, cells_covering, covering_level
from chalicelib.library.photo import MAX_RATING
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery, WordTerm
from chalicelib.library.sorted_rows import (
    NEWEST,
    CalendarDays,
    CollectionRows,
    ListedRows,
    RowReader,
    SortedRows,
    TimeRangeRows,
    UnionRows,
    WordRow,
)

# Several lists are read in pages of this many rows, then more. One that ends in its first page is short.
FIRST_PAGE_ROWS = 256
# The words with one beginning are read in pages of this many rows. A word with more is left out and read by itself.
WORD_PAGE_ROWS = 512
MAX_WORD_PAGES = 8
MAX_CELLS = 16


class IndexReader(RowReader, Protocol):
    """Reads the rows of collections, and those of all words with one beginning."""

    def list_word_rows(self, scope: str, prefix: str, *, after_word: str | None, limit: int) -> list[WordRow]:
        """Rows of all words that begin with the prefix, word by word, after a word; consistent read.

        Fewer than `limit` only if there are no more.
        """


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
        """The rows of the words of a term, or None if there are too many words."""
        return self._words_with(term.word) if term.is_prefix else self._collection(self.scope, word_tag(term.word))

    def _words_with(self, prefix: str) -> SortedRows | None:
        """The rows of all words with this beginning: those of rare words at once, each frequent one by itself.

        The last word of a page is read by itself, and the next page begins after it.
        """
        positions: list[str] = []
        words: list[str] = []
        for _ in range(MAX_WORD_PAGES):
            after_word = words[-1] if words else None
            page = self.reader.list_word_rows(self.scope, prefix, after_word=after_word, limit=WORD_PAGE_ROWS)
            if len(page) < WORD_PAGE_ROWS:
                listed = ListedRows([*positions, *(row.position for row in page)])
                return UnionRows((listed, *(self._collection(self.scope, word_tag(word)) for word in words)))
            words.append(page[-1].word)
            positions += [row.position for row in page if row.word != words[-1]]
        return None

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
