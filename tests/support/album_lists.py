"""Checks that the pages of albums list their photos: each once, and no other."""

from collections.abc import Iterable, Iterator

from chalicelib.albums.models import Album, AlbumOrder
from chalicelib.albums.pages import AlbumFilter, AlbumPages
from chalicelib.library.collections import position
from chalicelib.library.photo import Photo, State
from tests.fakes.albums import MemoryAlbumStore
from tests.fakes.photos import MemoryPhotoStore
from tests.support.factories import NOON, OWNER

PHOTOS_PER_PAGE = 2


def find_list_violations(store: MemoryPhotoStore, album_ids: Iterable[str]) -> Iterator[str]:
    """Violations in any order of each of these albums, as sentences."""
    for album_id in album_ids:
        members = [p for p in store.records.values() if p.state is State.READY and album_id in p.albums]
        waiting = [p for p in store.records.values() if p.state is State.READY and p.review_album == album_id]
        newest = sorted(members, key=_position, reverse=True)
        # Every other photo by hand, those of other albums among them.
        by_hand = tuple(sorted(store.records))[::2]
        ordered = [photo for photo_id in by_hand for photo in members if photo.photo_id == photo_id]
        expected = {
            AlbumOrder.NEWEST: newest,
            AlbumOrder.OLDEST: newest[::-1],
            AlbumOrder.MANUAL: [*ordered, *(photo for photo in newest if photo not in ordered)],
        }
        for order, photos in expected.items():
            listed = _list(store, album_id, order, by_hand)
            if listed != [photo.photo_id for photo in photos]:
                yield f"{album_id} lists {listed}, {order} first, not {[photo.photo_id for photo in photos]}"
        if _list_to_review(store, album_id) != {photo.photo_id for photo in waiting}:
            yield f"{album_id} does not list the photos to review: {[photo.photo_id for photo in waiting]}"


def _list(store: MemoryPhotoStore, album_id: str, order: AlbumOrder, by_hand: tuple[str, ...]) -> list[str]:
    album = _album(album_id, order)
    albums = MemoryAlbumStore()
    albums.save(albums.add(album, max_albums=1), album, photo_ids=by_hand)
    pages = AlbumPages(store, store, albums)
    found, after = list[str](), None
    while True:
        page = pages.list_photos(album, AlbumFilter(OWNER), after=after, limit=PHOTOS_PER_PAGE)
        found += [photo.photo_id for photo in page.photos]
        after = page.next_position
        if after is None:
            return found


def _list_to_review(store: MemoryPhotoStore, album_id: str) -> set[str]:
    pages = AlbumPages(store, store, MemoryAlbumStore())
    page = pages.list_to_review(_album(album_id, AlbumOrder.NEWEST), after=None, limit=100)
    return {photo.photo_id for photo in page.photos}


def _album(album_id: str, order: AlbumOrder) -> Album:
    return Album(album_id, OWNER, "Album", created_at=NOON, updated_at=NOON, order=order, version=1)


def _position(photo: Photo) -> str:
    return position(photo.sort_time, photo.photo_id)
