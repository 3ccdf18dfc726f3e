"""Queries: photos, collections and tags as one viewer may see them, page by page.

Every listing is one query of a collection, a search several, plus one consistent read of the photos. A membership
whose photo no longer belongs to the collection is skipped.
"""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.errors import NotFound, PhotoNotFound
from chalicelib.library.collections import ALL_PHOTOS, TimeRange, owner_scope
from chalicelib.library.photo import Derivative, Photo, PhotoStore, State
from chalicelib.library.search import Search, is_member
from chalicelib.library.search_results import SearchPage, SearchReader, SearchResults
from chalicelib.library.sorted_rows import Row
from chalicelib.library.totals import Trend, TrendCursor, TrendOrder

TAGS_PER_PAGE = 100


class CollectionReader(SearchReader, Protocol):
    """Reads collections and their totals."""

    def list_rows(
        self,
        scope: str,
        tag: str,
        *,
        after: str | None,
        limit: int,
        time_range: TimeRange | None = None,
        oldest_first: bool = False,
    ) -> list[Row]:
        """Rows of a collection, newest or oldest first, after the position `after` and within the time range."""

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, most used first, then by name."""


class AlbumAccess(Protocol):
    """Knows who may see which albums."""

    def are_visible(self, album_ids: tuple[str, ...], viewer: str) -> bool:
        """Whether the viewer may see any of these albums; one read."""


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """One page of photos; `next_position` is the last position read if there are more, else None."""

    photos: tuple[Photo, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class TrendWithCover:
    """A tag with its totals, and its cover photo if the viewer may see one."""

    trend: Trend
    cover: Photo | None


@dataclass(frozen=True, slots=True)
class PhotoQueries:
    """Reads photos and collections for one viewer at a time; the viewer None is anonymous."""

    photos: PhotoStore
    collections: CollectionReader
    albums: AlbumAccess

    def get_photo(self, photo_id: str, viewer: str | None) -> Photo:
        """One photo; raises PhotoNotFound if it does not exist or the viewer may not see it, also not in an album."""
        photo = self.photos.get(photo_id)
        if photo is None or not (photo.visible_to(viewer) or self._is_in_visible_album(photo, viewer)):
            raise PhotoNotFound(photo_id)
        return photo

    def list_collection(
        self,
        scope: str,
        tag: str,
        *,
        viewer: str | None,
        after: str | None,
        limit: int,
        time_range: TimeRange | None = None,
        oldest_first: bool = False,
    ) -> PhotoPage:
        """A page of one collection, newest or oldest first; may be short if memberships are outdated."""
        found = self.collections.list_rows(
            scope, tag, after=after, limit=limit + 1, time_range=time_range, oldest_first=oldest_first
        )
        rows = found[:limit]
        members = (p for p in self._visible_photos(rows, viewer) if is_member(p, scope, tag))
        return PhotoPage(tuple(members), rows[-1].position if len(found) > limit else None)

    def search(
        self, search: Search, *, after: str | None, limit: int, wants_count: bool = False, wants_facets: bool = False
    ) -> SearchPage:
        """A page of the photos that match, newest first; may be short and still have a next position."""
        return SearchResults(self.photos, self.collections).find(
            search, after=after, limit=limit, wants_count=wants_count, wants_facets=wants_facets
        )

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, most used first, then by name."""
        return self.collections.list_tags(scope, prefix, limit)

    def list_trends(
        self, scope: str, order: TrendOrder, *, viewer: str | None, after: TrendCursor | None, limit: int
    ) -> tuple[list[TrendWithCover], TrendCursor | None]:
        """The highest ranked tags with covers that the viewer may see, and the next cursor."""
        found = self.collections.list_trends(scope, order, after=after, limit=limit + 1)
        trends = found[:limit]
        covers = self.photos.get_many({trend.cover for trend in trends if trend.cover})
        items = [TrendWithCover(trend, self._cover(trend, covers, viewer)) for trend in trends]
        return items, trend_cursor(trends[-1], order) if len(found) > limit else None

    def get_scope_totals(self, scope: str) -> Trend | None:
        """The totals of a whole scope, with its number of tags; None if it never had a photo."""
        return self.collections.get_trend(scope, ALL_PHOTOS)

    def count_tags(self, scope: str) -> int:
        """The number of tags in use in this scope."""
        trend = self.get_scope_totals(scope)
        return trend.tag_count if trend else 0

    def list_owner_tags(self, owner: str) -> list[Trend]:
        """All tags in use in this owner's library, the most used first."""
        trends: list[Trend] = []
        while True:
            page = self.collections.list_trends(
                owner_scope(owner),
                TrendOrder.COUNT,
                after=trend_cursor(trends[-1], TrendOrder.COUNT) if trends else None,
                limit=TAGS_PER_PAGE,
            )
            trends.extend(page)
            if len(page) < TAGS_PER_PAGE:
                return trends

    def get_derivative(self, photo_id: str, name: str, viewer: str | None) -> Derivative:
        """One derivative of a photo; raises NotFound if it does not exist or the viewer may not see it."""
        photo = self.get_photo(photo_id, viewer)
        if name not in photo.derivatives:
            raise NotFound("This photo has no such image; it may still be processing.")
        return photo.derivatives[name]

    def get_uploaded_photo(self, photo_id: str, viewer: str | None) -> Photo:
        """A photo whose original has been uploaded; raises PhotoNotFound unless the viewer owns it."""
        photo = self.get_photo(photo_id, viewer)
        if photo.owner != viewer or photo.state is State.UPLOADING:
            raise PhotoNotFound(photo_id)
        return photo

    def _is_in_visible_album(self, photo: Photo, viewer: str | None) -> bool:
        if viewer is None or photo.state is not State.READY or not photo.albums:
            return False
        return self.albums.are_visible(photo.albums, viewer)

    def _visible_photos(self, rows: list[Row], viewer: str | None) -> list[Photo]:
        """The photos of these rows that exist and that the viewer may see, in the same order."""
        photos = self.photos.get_many([row.photo_id for row in rows])
        return [
            photos[row.photo_id] for row in rows if row.photo_id in photos and photos[row.photo_id].visible_to(viewer)
        ]

    def _cover(self, trend: Trend, covers: dict[str, Photo], viewer: str | None) -> Photo | None:
        """The cover of the trend, or the newest photo of the collection if the cover is not in it any more."""
        photo = covers.get(trend.cover or "")
        if photo and photo.visible_to(viewer) and is_member(photo, trend.scope, trend.tag):
            return photo
        newest = self.list_collection(trend.scope, trend.tag, viewer=viewer, after=None, limit=1)
        return newest.photos[0] if newest.photos else None


def trend_cursor(trend: Trend, order: TrendOrder) -> TrendCursor:
    """The cursor of a trend in the ranking of this order."""
    return TrendCursor(trend.totals.count if order is TrendOrder.COUNT else trend.totals.heat, trend.tag)
