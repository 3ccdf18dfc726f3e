"""Albums of the folders in inboxes: each is created when the first file of its folder arrives."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from chalicelib.albums.lookup import AlbumLookup
from chalicelib.albums.models import MAX_ALBUMS, Album, AlbumStore, Role, clean_title, role_of
from chalicelib.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class FolderAlbums:
    """Finds and creates albums that stand for folders. A folder keeps its album when its owner renames the album."""

    store: AlbumStore
    lookup: AlbumLookup
    now: Callable[[], datetime]
    id_secret: str

    def find_or_create(self, owner: str, folder: str) -> str | None:
        """The id of the album of a folder, an own album of the same title if there is one.

        None if the folder's name cannot be a title, or if the owner can have no more albums.
        """
        try:
            title = clean_title(folder)
        except Invalid:
            return None
        album_id = folder_album_id(owner, title, self.id_secret)
        if self._is_own(album_id, owner):
            return album_id
        if found := self.lookup.find(owner, title):
            return found
        now = self.now()
        try:
            self.store.add(Album(album_id, owner, title, created_at=now, updated_at=now), max_albums=MAX_ALBUMS)
        except Conflict:  # another worker has created it, it is being deleted, or there are too many
            return album_id if self._is_own(album_id, owner) else None
        return album_id

    def _is_own(self, album_id: str, owner: str) -> bool:
        stored = self.store.get_many([album_id], owner).get(album_id)
        return stored is not None and role_of(stored, owner) is Role.OWNER


def folder_album_id(owner: str, title: str, id_secret: str) -> str:
    """The id of the album of a folder, HMAC-SHA256 of owner and title, 32 hex digits.

    Workers that create it at the same time create one album.
    """
    return hmac.digest(id_secret.encode(), f"album:{owner}:{title}".encode(), sha256).hex()[:32]
