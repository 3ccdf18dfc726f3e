"""Finds the album that an upload names."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.albums.models import MAX_ALBUMS, AlbumStore, Role, StoredAlbum, clean_title, role_of
from chalicelib.errors import Invalid


@dataclass(frozen=True, slots=True)
class AlbumLookup:
    """Finds albums that an owner or contributor can add photos to."""

    store: AlbumStore

    def find(self, owner: str, name: str) -> str | None:
        """The id of an album by its id, or by the exact title of an own one, of several the latest; None if none is."""
        stored = self.store.get_many([name], owner)
        return name if name in stored and _can_add(stored[name], owner) else self._find_title(owner, name)

    def find_ids(self, owner: str, album_ids: Iterable[str]) -> frozenset[str]:
        """Those of these albums, by id, that exist and that the owner can add to; one read for each 50."""
        stored = self.store.get_many(album_ids, owner)
        return frozenset(album_id for album_id, each in stored.items() if _can_add(each, owner))

    def _find_title(self, owner: str, name: str) -> str | None:
        try:
            title = clean_title(name)
        except Invalid:
            return None
        listed = self.store.list_own(owner, after=None, limit=MAX_ALBUMS)
        titled = [each.album_id for each in listed if each.title == title]
        stored = self.store.get_many(titled, owner)
        return next((each for each in titled if each in stored and _can_add(stored[each], owner)), None)


def _can_add(stored: StoredAlbum, owner: str) -> bool:
    return role_of(stored, owner) in {Role.OWNER, Role.CONTRIBUTOR} and not stored.album.is_smart
