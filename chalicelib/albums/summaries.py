"""Summaries of albums: how many photos and bytes, and their covers. A list of them takes two reads beside its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.albums.models import Album, Role
from chalicelib.library.collections import ALL_PHOTOS, REVIEW, album_scope
from chalicelib.library.memberships import Collection
from chalicelib.library.photo import Photo, PhotoStore, State
from chalicelib.library.queries import CollectionReader
from chalicelib.library.search import is_member
from chalicelib.library.totals import Trend

MAX_TO_REVIEW = 100
# To find one that no guest has added.
MAX_COVERS_READ = 20
DAY_CHARACTERS = len("2026-11-27")


class TotalsReader(CollectionReader, Protocol):
    """Reads the totals of many collections at once."""

    def get_trends(self, collections: Iterable[Collection]) -> dict[Collection, Trend]:
        """The totals of those of these collections that ever had photos; consistent reads."""


@dataclass(frozen=True, slots=True)
class ViewedAlbum:
    """An album with the role of whoever views it."""

    album: Album
    role: Role


@dataclass(frozen=True, slots=True)
class AlbumSummary:
    """An album for its viewer. `photos` and `bytes` are None for a smart one, whose photos are not counted."""

    viewed: ViewedAlbum
    photos: int | None
    bytes: int | None
    cover: Photo | None


@dataclass(frozen=True, slots=True)
class AlbumPeriod:
    """The days of the first and the last photo by the cameras' clocks, as in 2026-11-27; None without photos."""

    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class AlbumSummaries:
    """Reads the totals, covers and days of albums."""

    photos: PhotoStore
    collections: TotalsReader

    def summarize(self, albums: Sequence[ViewedAlbum]) -> list[AlbumSummary]:
        """The summaries of these albums, in their order."""
        own = [each.album for each in albums if not each.album.is_smart]
        trends = self.collections.get_trends([(album_scope(album.album_id), ALL_PHOTOS) for album in own])
        found = {album.album_id: trends.get((album_scope(album.album_id), ALL_PHOTOS)) for album in own}
        automatic = (trend.cover for trend in found.values() if trend and trend.totals.count)
        chosen = (each.album.cover_id for each in albums)
        covers = self.photos.get_many({photo_id for photo_id in (*chosen, *automatic) if photo_id})
        return [self._summary(each, found.get(each.album.album_id), covers) for each in albums]

    def period(self, album: Album) -> AlbumPeriod:
        """The days of the first and the last photo: two queries of one row."""
        first, last = (self._day(album, oldest_first=oldest_first) for oldest_first in (True, False))
        return AlbumPeriod(first, last)

    def count_to_review(self, album: Album) -> int:
        """How many photos wait for the album's owner, counted to 100."""
        rows = self.collections.list_rows(album_scope(album.album_id), REVIEW, after=None, limit=MAX_TO_REVIEW)
        return len(rows)

    def _summary(self, viewed: ViewedAlbum, trend: Trend | None, covers: dict[str, Photo]) -> AlbumSummary:
        album = viewed.album
        chosen = covers.get(album.cover_id or "")
        if album.is_smart:
            return AlbumSummary(viewed, None, None, chosen if chosen and may_cover(album, chosen) else None)
        totals = trend.totals if trend else None
        if not trend or not totals or not totals.count:
            return AlbumSummary(viewed, 0, 0, None)
        latest = covers.get(trend.cover or "")
        if chosen and may_cover(album, chosen):
            cover: Photo | None = chosen
        elif latest and latest.guest is None and may_cover(album, latest):
            cover = latest
        else:
            cover = self._newest(album)
        return AlbumSummary(viewed, totals.count, totals.bytes, cover)

    def _newest(self, album: Album) -> Photo | None:
        """One of the newest photos, for an album whose last cover has left it, or was added by a guest.

        Of a guest only if they are all of guests: whoever has a link could choose what it shows to others.
        """
        rows = self.collections.list_rows(album_scope(album.album_id), ALL_PHOTOS, after=None, limit=MAX_COVERS_READ)
        photos = self.photos.get_many(row.photo_id for row in rows)
        found = [photos[row.photo_id] for row in rows if row.photo_id in photos]
        covers = [photo for photo in found if may_cover(album, photo)]
        return min(covers, key=lambda photo: photo.guest is not None, default=None)

    def _day(self, album: Album, *, oldest_first: bool) -> str | None:
        scope = album_scope(album.album_id)
        rows = self.collections.list_rows(scope, ALL_PHOTOS, after=None, limit=1, oldest_first=oldest_first)
        return rows[0].position[:DAY_CHARACTERS] if rows else None


def may_cover(album: Album, photo: Photo) -> bool:
    """Whether the photo may be the album's cover: one of it, or of the owner's own if the album is smart."""
    if album.is_smart:
        return photo.owner == album.owner and photo.state is State.READY
    return is_member(photo, album_scope(album.album_id), ALL_PHOTOS)
