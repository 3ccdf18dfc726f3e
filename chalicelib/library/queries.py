"""The gallery: what a viewer may see, page by page, at a cost that grows with what is returned.

Every listing is one query of a collection and then one consistent look at the photos themselves: a
row that stands where its photo no longer belongs shows nothing to anybody.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.errors import NotFound, PhotoNotFound, Unauthenticated
from chalicelib.library.collections import EVERYTHING, PUBLIC, Span, collections_of, library_of
from chalicelib.library.photo import Catalogue, Derivative, Photo, State
from chalicelib.library.search import MAX_ROWS_READ, Match, Row, Wanted, merged
from chalicelib.library.totals import Trend

LABELS_AT_ONCE = 100


class Order(StrEnum):
    """What a ranking of tags goes by."""

    COUNT = "count"
    HEAT = "heat"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a ranking: the figure it goes by, and the tag that breaks ties."""

    figure: int
    tag: str


class Shelves(Protocol):
    """The collections and their totals, to read."""

    def rows(self, scope: str, tag: str, *, after: str | None, limit: int, within: Span | None = None) -> list[Row]:
        """Newest first, strictly behind the position `after`, and within the span where one is given."""

    def ranking(self, scope: str, order: Order, *, after: Place | None, limit: int) -> list[Trend]:
        """Tags in use, the highest first, strictly behind the place `after`."""

    def trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals; strongly consistent."""

    def starting(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, in alphabetical order."""


@dataclass(frozen=True, slots=True)
class Page[T]:
    """Some of a listing; `end` is the last one looked at where there is more, else None."""

    items: tuple[T, ...]
    end: str | None


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag with its totals, and the photo on its cover where one may be shown."""

    trend: Trend
    cover: Photo | None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Everything that is read, for one viewer at a time (`None`: anonymous)."""

    catalogue: Catalogue
    shelves: Shelves

    def photo(self, photo_id: str, viewer: str | None) -> Photo:
        """One photo; raises PhotoNotFound where there is none for this viewer."""
        photo = self.catalogue.get(photo_id)
        if photo is None or not photo.seen_by(viewer):
            raise PhotoNotFound(photo_id)
        return photo

    def collection(
        self,
        scope: str,
        tag: str,
        *,
        viewer: str | None,
        after: str | None,
        limit: int,
        within: Span | None = None,
    ) -> Page[Photo]:
        """A page of one collection, newest first; `*` is the timeline. At most `limit` photos."""
        # One more than asked for tells whether this page is the last, in the same query.
        found = self.shelves.rows(scope, tag, after=after, limit=limit + 1, within=within)
        rows = found[:limit]
        photos = self.catalogue.get_many([row.photo_id for row in rows])
        shown = (photos[row.photo_id] for row in rows if row.photo_id in photos)
        items = tuple(p for p in shown if p.seen_by(viewer) and (scope, tag) in collections_of(p))
        return Page(items, rows[-1].position if len(found) > limit else None)

    def search(self, scope: str, wanted: Wanted, *, viewer: str | None, after: str | None, limit: int) -> Page[Photo]:
        """A page of the photos that are wanted, newest first; perhaps short, with more behind its cursor."""
        if wanted.simple:
            return self.collection(scope, wanted.tags[0], viewer=viewer, after=after, limit=limit)
        walked = self._walked(scope, wanted)
        items: list[Photo] = []
        place, read = after, 0
        while walked and read < MAX_ROWS_READ:
            found = merged((self.shelves.rows(scope, tag, after=place, limit=limit + 1) for tag in walked), limit + 1)
            photos = self.catalogue.get_many([row.photo_id for row in found[:limit]])
            for seen, row in enumerate(found[:limit], start=1):
                place, photo = row.position, photos.get(row.photo_id)
                if photo and photo.seen_by(viewer) and _stands_in(photo, scope) and wanted.fits(photo):
                    items.append(photo)
                if len(items) == limit:
                    return Page(tuple(items), place if len(found) > seen else None)
            if len(found) <= limit:
                return Page(tuple(items), None)
            read += len(found)
        return Page(tuple(items), place if walked else None)

    def starting(self, scope: str, prefix: str, limit: int) -> list[Trend]:
        """Tags in use that begin with the prefix, in alphabetical order."""
        return self.shelves.starting(scope, prefix, limit)

    def trending(
        self, scope: str, order: Order, *, viewer: str | None, after: Place | None, limit: int
    ) -> tuple[list[Tagged], Place | None]:
        """The tags most used or most alive, each with a cover that this viewer may see, and where they end."""
        found = self.shelves.ranking(scope, order, after=after, limit=limit + 1)
        ranked = found[:limit]
        covers = self.catalogue.get_many({trend.cover for trend in ranked if trend.cover})
        items = [Tagged(trend, self._cover(trend, covers, viewer)) for trend in ranked]
        return items, place_of(ranked[-1], order) if len(found) > limit else None

    def everything(self, scope: str) -> Trend | None:
        """The totals of a whole scope, its tags in use among them; None where there never was a photo."""
        return self.shelves.trend(scope, EVERYTHING)

    def total_tags(self, scope: str) -> int:
        """How many tags are in use in this scope."""
        trend = self.everything(scope)
        return trend.tags if trend else 0

    def labels(self, owner: str) -> list[Trend]:
        """Every tag in use in this owner's library, the most used first."""
        found: list[Trend] = []
        while True:
            page = self.shelves.ranking(
                library_of(owner),
                Order.COUNT,
                after=place_of(found[-1], Order.COUNT) if found else None,
                limit=LABELS_AT_ONCE,
            )
            found.extend(page)
            if len(page) < LABELS_AT_ONCE:
                return found

    def derivative(self, photo_id: str, name: str, viewer: str | None) -> Derivative:
        """One image of a photo; raises NotFound while there is none, or not for this viewer."""
        photo = self.photo(photo_id, viewer)
        if name not in photo.derivatives:
            raise NotFound("This photo has no such image; it may still be under way.")
        return photo.derivatives[name]

    def original(self, photo_id: str, viewer: str | None) -> str:
        """The key of a photo's original, for its owner only; raises PhotoNotFound for anybody else."""
        photo = self.photo(photo_id, viewer)
        if photo.owner != viewer or photo.state is State.UPLOADING:
            raise PhotoNotFound(photo_id)
        return photo.key

    def _walked(self, scope: str, wanted: Wanted) -> tuple[str, ...]:
        """The collections to walk: all of them for any, the smallest for all, none where one of all is empty."""
        if wanted.match is Match.ANY:
            return wanted.tags
        trends = {tag: self.shelves.trend(scope, tag) for tag in wanted.tags}
        counts = {tag: trend.totals.count if trend else 0 for tag, trend in trends.items()}
        smallest = min(counts, key=lambda tag: counts[tag])
        return (smallest,) if counts[smallest] else ()

    def _cover(self, trend: Trend, covers: dict[str, Photo], viewer: str | None) -> Photo | None:
        """The cover kept with the trend; the newest photo of the collection where that one has left it."""
        photo = covers.get(trend.cover or "")
        if photo and photo.seen_by(viewer) and (trend.scope, trend.tag) in collections_of(photo):
            return photo
        newest = self.collection(trend.scope, trend.tag, viewer=viewer, after=None, limit=1)
        return newest.items[0] if newest.items else None


def _stands_in(photo: Photo, scope: str) -> bool:
    return (scope, EVERYTHING) in collections_of(photo)


def place_of(trend: Trend, order: Order) -> Place:
    """Where a trend stands in the ranking of this order."""
    return Place(trend.totals.count if order is Order.COUNT else trend.totals.heat, trend.tag)


def scope_for(asked: str | None, viewer: str | None) -> str:
    """The scope a viewer means: their own library when signed in, else the public one."""
    if asked == "public" or (asked is None and viewer is None):
        return PUBLIC
    if viewer is None:
        raise Unauthenticated("Sign in to see your own library.")
    return library_of(viewer)
