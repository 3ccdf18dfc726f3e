"""Selects the photos of a bundle by tags and photo ids."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched

from chalicelib.errors import Invalid, NotFound, PhotoNotFound
from chalicelib.library.collections import owner_scope, position
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.photo_query import Match, TagQuery
from chalicelib.library.search import iterate_rows
from chalicelib.library.sorted_rows import RowReader

PHOTO_BATCH_SIZE = 100


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """The photos to bundle: those that match all or any of these tags, and these photo ids; `may_be_empty` if none."""

    tags: tuple[str, ...] = ()
    match: Match = Match.ANY
    photo_ids: tuple[str, ...] = ()
    notify: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class PhotoSelector:
    """Selects at most `max_photos` photos."""

    photos: PhotoStore
    collections: RowReader
    max_photos: int

    def select(self, owner: str, request: BundleRequest) -> list[Photo]:
        """The photos of a request, each once, oldest first; raises NotFound, PhotoNotFound, Invalid."""
        selected = {photo.photo_id: photo for photo in self._by_id(owner, request.photo_ids)}
        selected |= {photo.photo_id: photo for photo in self._by_tags(owner, request)}
        if not selected and not request.may_be_empty:
            raise NotFound("None of your photos match these tags.")
        self._check_count(len(selected))
        return sorted(selected.values(), key=lambda photo: position(photo.sort_time, photo.photo_id))

    def _by_id(self, owner: str, photo_ids: Iterable[str]) -> Iterator[Photo]:
        for batch in batched(photo_ids, PHOTO_BATCH_SIZE):
            photos = self.photos.get_many(batch)
            for photo_id in batch:
                photo = photos.get(photo_id)
                if photo is None or photo.owner != owner or photo.state is not State.READY:
                    raise PhotoNotFound(photo_id)
                yield photo

    def _by_tags(self, owner: str, request: BundleRequest) -> Iterator[Photo]:
        if not request.tags:
            return
        query = TagQuery(request.tags, request.match)
        for batch in batched(self._matching_ids(owner_scope(owner), query), PHOTO_BATCH_SIZE):
            for photo in self.photos.get_many(batch).values():
                if photo.owner == owner and photo.state is State.READY and query.matches(photo):
                    yield photo

    def _matching_ids(self, scope: str, query: TagQuery) -> list[str]:
        """The ids of photos that match; reads only memberships, and no photo if there are too many."""
        found: list[str] = []
        for row in iterate_rows(self.collections, scope, query):
            found.append(row.photo_id)
            self._check_count(len(found))
        return found

    def _check_count(self, photos: int) -> None:
        if photos > self.max_photos:
            message = f"A bundle can contain at most {self.max_photos:,} photos. Choose fewer tags or photos."
            raise Invalid(message, code="too_many_photos")
