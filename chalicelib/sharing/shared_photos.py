"""The photos that a link shows: those of its album, or those of its selection that are still there.

Whatever a guest asks for is looked up here, so that nothing else of the library can be reached. Photos of an album are
visible whether they are private or public; those of a selection as long as they are ready and their owner's.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.albums.models import Album, AlbumStore, Role
from chalicelib.albums.pages import AlbumFilter, AlbumPages
from chalicelib.albums.summaries import AlbumSummaries, TotalsReader, ViewedAlbum
from chalicelib.errors import NotFound, PhotoNotFound
from chalicelib.library.collections import ALL_PHOTOS, album_scope
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.queries import PhotoPage
from chalicelib.library.search import is_member
from chalicelib.sharing.models import Share

NOBODY = ""  # no owner has this id: a guest sees of every photo what strangers see


@dataclass(frozen=True, slots=True)
class SharedContent:
    """What a link shows; the days of its first and last photo are as in 2026-11-27, and None without photos."""

    title: str
    description: str
    photos: int
    cover: Photo | None
    first_day: str | None
    last_day: str | None


@dataclass(frozen=True, slots=True)
class SharedPhotos:
    """Reads what links show."""

    albums: AlbumStore
    pages: AlbumPages
    summaries: AlbumSummaries
    photos: PhotoStore
    collections: TotalsReader

    def check(self, share: Share) -> None:
        """Raise NotFound if the link's album is gone."""
        if share.album_id is not None:
            self._album(share)

    def describe(self, share: Share) -> SharedContent:
        """What the link shows; raises NotFound if its album is gone."""
        if share.album_id is None:
            found = self._selection(share, share.contents.photo_ids)
            days = [photo.sort_time.local.date().isoformat() for photo in found]
            first, last = min(days, default=None), max(days, default=None)
            return SharedContent(share.contents.title, "", len(found), next(iter(found), None), first, last)
        album = self._album(share)
        [summary] = self.summaries.summarize([ViewedAlbum(album, Role.VIEWER)])
        period = self.summaries.period(album)
        photos = summary.photos or 0
        return SharedContent(album.title, album.description, photos, summary.cover, period.first, period.last)

    def title(self, share: Share) -> str:
        """The title of the album or the selection; raises NotFound if the album is gone."""
        return share.contents.title if share.album_id is None else self._album(share).title

    def cover(self, share: Share) -> Photo | None:
        """The photo that stands for the link, or None if it shows none; raises NotFound if its album is gone."""
        if share.album_id is None:
            return next(iter(self._selection(share, share.contents.photo_ids)), None)
        [summary] = self.summaries.summarize([ViewedAlbum(self._album(share), Role.VIEWER)])
        return summary.cover

    def page(self, share: Share, *, after: str | None, limit: int) -> PhotoPage:
        """A page of the photos, in the order of the album or the selection; raises NotFound if the album is gone."""
        if share.album_id is not None:
            page = self.pages.list_photos(self._album(share), AlbumFilter(NOBODY), after=after, limit=limit)
            return PhotoPage(tuple(photo for photo in page.photos if _shows(share, photo)), page.next_position)
        photo_ids, start = share.contents.photo_ids, int(after or 0)
        end = start + limit
        photos = self._selection(share, photo_ids[start:end])
        return PhotoPage(tuple(photos), str(end) if end < len(photo_ids) else None)

    def contents(self, share: Share) -> str:
        """A text that changes whenever a photo or an original does; raises NotFound if the album is gone."""
        if share.album_id is None:
            selected = self._selection(share, share.contents.photo_ids)
            return hashlib.sha256("\n".join(f"{p.photo_id} {p.object_version}" for p in selected).encode()).hexdigest()
        self._album(share)
        trend = self.collections.get_trend(album_scope(share.album_id), ALL_PHOTOS)
        return str(trend.version if trend else 0)

    def get(self, share: Share, photo_id: str) -> Photo:
        """One photo of the link; raises PhotoNotFound for any other, NotFound if the album is gone."""
        self.check(share)
        photo = self.photos.get(photo_id)
        if photo is None or not _shows(share, photo):
            raise PhotoNotFound(photo_id)
        return photo

    def _album(self, share: Share) -> Album:
        """The album of the link, which must still be its owner's."""
        stored = self.albums.get_many([share.album_id or ""], NOBODY).get(share.album_id or "")
        if stored is None or stored.album.owner != share.owner:
            raise NotFound("This link does not exist.")
        return stored.album

    def _selection(self, share: Share, photo_ids: Iterable[str]) -> list[Photo]:
        ids = list(photo_ids)
        found = self.photos.get_many(ids)
        return [found[photo_id] for photo_id in ids if photo_id in found and _shows(share, found[photo_id])]


def _shows(share: Share, photo: Photo) -> bool:
    """Whether the link shows this photo."""
    if share.album_id is not None:
        return is_member(photo, album_scope(share.album_id), ALL_PHOTOS)
    is_waiting = photo.review_album is not None  # a guest has stored another file, which the owner has not seen
    is_own = photo.owner == share.owner and photo.state is State.READY
    return photo.photo_id in share.contents.photo_ids and is_own and not is_waiting
