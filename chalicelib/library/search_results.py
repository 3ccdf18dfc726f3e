"""What a search answers besides its photos: how many there are, their facets, and which condition nothing matches."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.library.collections import ALL_PHOTOS, PUBLIC_SCOPE, RECENTLY_ADDED, owner_of
from chalicelib.library.facet_counts import MAX_VALUES, FacetCount, FacetCounts, count_facets, count_years
from chalicelib.library.facets import Facet, facet_scope
from chalicelib.library.photo import Photo, PhotoStore
from chalicelib.library.photo_query import Match, PhotoQuery, TagQuery
from chalicelib.library.query_lists import IndexReader
from chalicelib.library.search import PhotoSearch, Search
from chalicelib.library.totals import Trend, TrendCursor, TrendOrder

MAX_COUNT = 500
# Of photos of a few kilobytes each: 1,000 are about 4 MB.
MAX_FACET_PHOTOS = 1000


class SearchReader(IndexReader, Protocol):
    """Reads the rows of collections, and their totals."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals, or None; strongly consistent."""

    def list_trends(self, scope: str, order: TrendOrder, *, after: TrendCursor | None, limit: int) -> list[Trend]:
        """Tags in use, the highest value first, after a cursor."""


@dataclass(frozen=True, slots=True)
class PhotoCount:
    """How many photos a search finds, or at least how many."""

    photos: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A condition that no photo of the scope matches: the parameter of the request, and its value."""

    parameter: str
    value: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of photos; `next_position` is where the next one begins, or None at the end."""

    photos: tuple[Photo, ...]
    next_position: str | None
    count: PhotoCount | None = None
    facets: FacetCounts | None = None
    unmatched: tuple[Unmatched, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Answers searches."""

    photos: PhotoStore
    collections: SearchReader

    def find(
        self, search: Search, *, after: str | None, limit: int, wants_count: bool = False, wants_facets: bool = False
    ) -> SearchPage:
        """A page of photos, on request with their count, and with their facets.

        If there are none, the count comes with the conditions that nothing matches.
        """
        totals = self._totals(search) if wants_count else None
        known_facets = self._known_facets(search) if wants_facets else None
        found = PhotoSearch(self.photos, self.collections).find(
            search,
            after=after,
            limit=limit,
            read_at_least=MAX_FACET_PHOTOS if wants_facets and known_facets is None else 0,
            count_to=MAX_COUNT if wants_count and totals is None else 0,
        )
        facets = known_facets
        if wants_facets and known_facets is None:
            is_owner = search.scope != PUBLIC_SCOPE
            facets = count_facets(found.photos, is_complete=found.is_complete, is_owner=is_owner)
        count = PhotoCount(found.count, found.is_complete) if totals is None else PhotoCount(totals, is_exact=True)
        return SearchPage(
            photos=found.photos[:limit],
            next_position=found.next_position,
            count=count if wants_count else None,
            facets=facets,
            unmatched=tuple(self._unmatched(search)) if wants_count and not found.count else (),
        )

    def _totals(self, search: Search) -> int | None:
        """The number of photos by the totals of a collection, if the search is for the whole of it; else None."""
        query, tags = search.query, search.query.tags.tags
        if search.collection == RECENTLY_ADDED and query.is_empty:
            return self._count(search.scope, ALL_PHOTOS)
        if search.collection != ALL_PHOTOS:
            return None
        if query.is_empty or (len(tags) == 1 and query == PhotoQuery(tags=TagQuery(tags, query.tags.match))):
            return self._count(search.scope, tags[0] if tags else ALL_PHOTOS)
        if query.camera and query == PhotoQuery(camera=query.camera):
            return self._count(facet_scope(Facet.CAMERA, owner_of(search.scope)), query.camera)
        if query.place and query == PhotoQuery(place=query.place):
            return self._count(facet_scope(Facet.PLACE, owner_of(search.scope)), query.place)
        return None

    def _count(self, scope: str, tag: str) -> int:
        trend = self.collections.get_trend(scope, tag)
        return trend.totals.count if trend else 0

    def _known_facets(self, search: Search) -> FacetCounts | None:
        """The facets of a whole scope by its totals, or None for any other search."""
        if not search.query.is_empty or search.collection != ALL_PHOTOS:
            return None
        everything = self.collections.get_trend(search.scope, ALL_PHOTOS)
        years: Counter[str] = Counter()
        for month, photos in (everything.months if everything else {}).items():
            years[month[: len("2026")]] += photos
        own = None if search.scope == PUBLIC_SCOPE else owner_of(search.scope)
        return FacetCounts(
            tags=self._ranked(search.scope),
            years=count_years(years),
            cameras=self._ranked(facet_scope(Facet.CAMERA, own)) if own else (),
            places=self._ranked(facet_scope(Facet.PLACE, own)) if own else (),
            photos=everything.totals.count if everything else 0,
            # The schedule counts months.
            is_complete=sum(years.values()) == (everything.totals.count if everything else 0),
        )

    def _ranked(self, scope: str) -> tuple[FacetCount, ...]:
        trends = self.collections.list_trends(scope, TrendOrder.COUNT, after=None, limit=MAX_VALUES)
        return tuple(FacetCount(trend.name or trend.tag, trend.totals.count) for trend in trends)

    def _unmatched(self, search: Search) -> Iterator[Unmatched]:
        """The conditions that nothing in the scope matches, even alone."""
        for unmatched, query in _conditions(search.query):
            alone = replace(search, query=query, collection=ALL_PHOTOS)
            if not PhotoSearch(self.photos, self.collections).find(alone, after=None, limit=1).photos:
                yield unmatched


def _conditions(query: PhotoQuery) -> Iterator[tuple[Unmatched, PhotoQuery]]:
    """Each condition that may have no photos, as a query of its own."""
    for term in query.words:
        yield Unmatched("q", term.word), PhotoQuery(words=(term,))
    if query.tags.match is Match.ALL or len(query.tags.tags) == 1:
        for tag in query.tags.tags:
            yield Unmatched("tag", tag), PhotoQuery(tags=TagQuery((tag,)))
    if query.camera is not None:
        yield Unmatched("camera", query.camera), PhotoQuery(camera=query.camera)
    if query.place is not None:
        yield Unmatched("place", query.place), PhotoQuery(place=query.place)
    if query.favorite:
        yield Unmatched("favorite", "true"), PhotoQuery(favorite=True)
    if query.min_rating:
        yield Unmatched("rating", str(query.min_rating)), PhotoQuery(min_rating=query.min_rating)
