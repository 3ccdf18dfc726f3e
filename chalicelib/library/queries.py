"""The gallery: what a viewer may see, page by page, at a cost that grows with what is returned.

Every listing is one query of a collection and then one consistent look at the photos themselves: a
row that stands where its photo no longer belongs shows nothing to anybody.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.errors import NotFound, PhotoNotFound
from chalicelib.library.collections import ALL_PHOTOS, TimeRange, collections_for, owner_scope
from chalicelib.library.photo import Derivative, Photo, PhotoStore, State
from chalicelib.library.search import MAX_ROWS_READ, Match, Row, TagQuery, merge_rows
from chalicelib.library.totals import Trend

TAGS_PER_PAGE = 100


class TrendOrder(StrEnum):
    """What a ranking of tags goes by."""

    COUNT = "count"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class TrendCursor:
    """A place in a ranking: the figure it goes by, and the tag that breaks ties."""

    value: int
    tag: str


class CollectionReader(Protocol):
    """The collections and their totals, to read."""

    def list_rows(
        self, scope: str, tag: str, *, after: str | None, limit: int, time_range: TimeRange | None = None
    ) -> list[Row]:
        """Newest first, strictly behind the position `after`, and within the span where one is given."""

    def list_trends(self, scope: str, order: TrendOrder, *, after: TrendCursor | None, limit: int) -> list[Trend]:
        """Tags in use, the highest first, strictly behind the place `after`."""

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals; strongly consistent."""

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, in alphabetical order."""


@dataclass(frozen=True, slots=True)
class PhotoPage[T]:
    """Some of a listing; `end` is the last one looked at where there is more, else None."""

    photos: tuple[T, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class TrendWithCover:
    """A tag with its totals, and the photo on its cover where one may be shown."""

    trend: Trend
    cover: Photo | None


@dataclass(frozen=True, slots=True)
class PhotoQueries:
    """Everything that is read, for one viewer at a time (`None`: anonymous)."""

    photos: PhotoStore
    collections: CollectionReader

    def get_photo(self, photo_id: str, viewer: str | None) -> Photo:
        """One photo; raises PhotoNotFound where there is none for this viewer."""
        photo = self.photos.get(photo_id)
        if photo is None or not photo.visible_to(viewer):
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
    ) -> PhotoPage[Photo]:
        """A page of one collection, newest first; `*` is the timeline. At most `limit` photos."""
        # One more than asked for tells whether this page is the last, in the same query.
        found = self.collections.list_rows(scope, tag, after=after, limit=limit + 1, time_range=time_range)
        rows = found[:limit]
        photos = self.photos.get_many([row.photo_id for row in rows])
        shown = (photos[row.photo_id] for row in rows if row.photo_id in photos)
        items = tuple(p for p in shown if p.visible_to(viewer) and (scope, tag) in collections_for(p))
        return PhotoPage(items, rows[-1].position if len(found) > limit else None)

    def search(
        self, scope: str, wanted: TagQuery, *, viewer: str | None, after: str | None, limit: int
    ) -> PhotoPage[Photo]:
        """A page of the photos that are wanted, newest first; perhaps short, with more behind its cursor."""
        if wanted.is_single_tag:
            return self.list_collection(scope, wanted.tags[0], viewer=viewer, after=after, limit=limit)
        walked = self._walked(scope, wanted)
        items: list[Photo] = []
        place, read = after, 0
        while walked and read < MAX_ROWS_READ:
            found = merge_rows(
                (self.collections.list_rows(scope, tag, after=place, limit=limit + 1) for tag in walked), limit + 1
            )
            photos = self.photos.get_many([row.photo_id for row in found[:limit]])
            for seen, row in enumerate(found[:limit], start=1):
                place, photo = row.position, photos.get(row.photo_id)
                if photo and photo.visible_to(viewer) and _stands_in(photo, scope) and wanted.matches(photo):
                    items.append(photo)
                if len(items) == limit:
                    return PhotoPage(tuple(items), place if len(found) > seen else None)
            if len(found) <= limit:
                return PhotoPage(tuple(items), None)
            read += len(found)
        return PhotoPage(tuple(items), place if walked else None)

    def list_tags(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, in alphabetical order."""
        return self.collections.list_tags(scope, prefix, limit)

    def list_trends(
        self, scope: str, order: TrendOrder, *, viewer: str | None, after: TrendCursor | None, limit: int
    ) -> tuple[list[TrendWithCover], TrendCursor | None]:
        """The tags most used or most alive, each with a cover that this viewer may see, and where they end."""
        found = self.collections.list_trends(scope, order, after=after, limit=limit + 1)
        ranked = found[:limit]
        covers = self.photos.get_many({trend.cover for trend in ranked if trend.cover})
        items = [TrendWithCover(trend, self._cover(trend, covers, viewer)) for trend in ranked]
        return items, trend_cursor(ranked[-1], order) if len(found) > limit else None

    def get_scope_totals(self, scope: str) -> Trend | None:
        """The totals of a whole scope, its tags in use among them; None where there never was a photo."""
        return self.collections.get_trend(scope, ALL_PHOTOS)

    def count_tags(self, scope: str) -> int:
        """How many tags are in use in this scope."""
        trend = self.get_scope_totals(scope)
        return trend.tag_count if trend else 0

    def list_owner_tags(self, owner: str) -> list[Trend]:
        """Every tag in use in this owner's library, the most used first."""
        found: list[Trend] = []
        while True:
            page = self.collections.list_trends(
                owner_scope(owner),
                TrendOrder.COUNT,
                after=trend_cursor(found[-1], TrendOrder.COUNT) if found else None,
                limit=TAGS_PER_PAGE,
            )
            found.extend(page)
            if len(page) < TAGS_PER_PAGE:
                return found

    def get_derivative(self, photo_id: str, name: str, viewer: str | None) -> Derivative:
        """One image of a photo; raises NotFound while there is none, or not for this viewer."""
        photo = self.get_photo(photo_id, viewer)
        if name not in photo.derivatives:
            raise NotFound("This photo has no such image; it may still be under way.")
        return photo.derivatives[name]

    def get_original_key(self, photo_id: str, viewer: str | None) -> str:
        """The key of a photo's original, for its owner only; raises PhotoNotFound for anybody else."""
        photo = self.get_photo(photo_id, viewer)
        if photo.owner != viewer or photo.state is State.UPLOADING:
            raise PhotoNotFound(photo_id)
        return photo.key

    def _walked(self, scope: str, wanted: TagQuery) -> tuple[str, ...]:
        """The collections to walk: all of them for any, the smallest for all, none where one of all is empty."""
        if wanted.match is Match.ANY:
            return wanted.tags
        trends = {tag: self.collections.get_trend(scope, tag) for tag in wanted.tags}
        counts = {tag: trend.totals.count if trend else 0 for tag, trend in trends.items()}
        smallest = min(counts, key=lambda tag: counts[tag])
        return (smallest,) if counts[smallest] else ()

    def _cover(self, trend: Trend, covers: dict[str, Photo], viewer: str | None) -> Photo | None:
        """The cover kept with the trend; the newest photo of the collection where that one has left it."""
        photo = covers.get(trend.cover or "")
        if photo and photo.visible_to(viewer) and (trend.scope, trend.tag) in collections_for(photo):
            return photo
        newest = self.list_collection(trend.scope, trend.tag, viewer=viewer, after=None, limit=1)
        return newest.photos[0] if newest.photos else None


def _stands_in(photo: Photo, scope: str) -> bool:
    return (scope, ALL_PHOTOS) in collections_for(photo)


def trend_cursor(trend: Trend, order: TrendOrder) -> TrendCursor:
    """Where a trend stands in the ranking of this order."""
    return TrendCursor(trend.totals.count if order is TrendOrder.COUNT else trend.totals.heat, trend.tag)
