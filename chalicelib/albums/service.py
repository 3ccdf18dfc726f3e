"""The album service: creates, lists, changes and deletes albums, and adds photos to them and takes them out.

Everything is done for a viewer. Albums that they may not see are reported as missing; what only the owner may do to
those that they see is forbidden.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import batched

from chalicelib.albums.deletion import AlbumDeletion
from chalicelib.albums.models import (
    MAX_ALBUMS,
    MAX_ORDERED_PHOTOS,
    Album,
    AlbumOrder,
    AlbumStore,
    ListedAlbum,
    Role,
    role_of,
)
from chalicelib.albums.summaries import TotalsReader, ViewedAlbum, may_cover
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, Outdated, PhotoNotFound
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.ingest.retries import retry_on_conflict
from chalicelib.library.collections import ALL_PHOTOS, album_scope
from chalicelib.library.photo import HIDDEN_STATES, Photo, PhotoStore, State
from chalicelib.library.search import is_member
from chalicelib.library.transitions import add_to_album, remove_from_album

PHOTOS_PER_READ = 100
BUSY = "This album keeps changing; try again in a moment."
OWNER_ONLY = "Only the owner of the album can do this."


@dataclass(frozen=True, slots=True)
class AlbumEdit:
    """Cleaned new values; None leaves a field unchanged, an empty cover makes it automatic."""

    title: str | None = None
    description: str | None = None
    order: AlbumOrder | None = None
    cover_id: str | None = None
    query: Mapping[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """A page of albums; `next_position` is the last position read if there are more, else None."""

    albums: tuple[ViewedAlbum, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class AlbumService:
    """What viewers do with albums."""

    store: AlbumStore
    photos: PhotoStore
    collections: TotalsReader
    editor: PhotoEditor
    deletion: AlbumDeletion
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def get(self, album_id: str, viewer: str) -> ViewedAlbum:
        """An album with the viewer's role; raises NotFound."""
        stored = self.store.get_many([album_id], viewer).get(album_id)
        role = role_of(stored, viewer) if stored else None
        if stored is None or role is None:
            raise NotFound("Album not found.")
        return ViewedAlbum(stored.album, role)

    def get_own(self, album_id: str, owner: str) -> Album:
        """An album of this owner; raises NotFound, or Forbidden for a member of it."""
        viewed = self.get(album_id, owner)
        if viewed.role is not Role.OWNER:
            raise Forbidden(OWNER_ONLY)
        return viewed.album

    def get_for_adding(self, album_id: str, contributor: str) -> Album:
        """An album that this owner or contributor can add photos to; raises NotFound, Forbidden, or Invalid."""
        viewed = self.get(album_id, contributor)
        if viewed.role is Role.VIEWER:
            raise Forbidden("You can look at this album, but not add photos to it.")
        if viewed.album.is_smart:
            raise Invalid("A smart album finds its photos itself; none can be added to it.", field="album_id")
        return viewed.album

    def list_own(self, owner: str, *, after: str | None, limit: int) -> AlbumPage:
        """A page of the owner's albums, newest first."""
        return self._page(owner, self.store.list_own(owner, after=after, limit=limit + 1), limit)

    def list_shared(self, member: str, *, after: str | None, limit: int) -> AlbumPage:
        """A page of the albums that others have shared with this member, the last one first."""
        return self._page(member, self.store.list_shared(member, after=after, limit=limit + 1), limit)

    def create(self, owner: str, title: str, edit: AlbumEdit) -> Album:
        """A new album; raises Invalid, or Conflict if its owner has 1,000."""
        now = self.now()
        album = Album(self.new_id(), owner, title, created_at=now, updated_at=now, query=edit.query or {})
        return self.store.add(_apply(album, edit), max_albums=MAX_ALBUMS)

    def edit(self, owner: str, album_id: str, edit: AlbumEdit, version: int | None = None) -> Album:
        """Change an album; raises Outdated if its version is not `version` (None: any version), Invalid and others."""

        def read() -> tuple[Album, Album]:
            album = self._get_version(album_id, owner, version)
            if edit.cover_id:
                photo = self.photos.get(edit.cover_id)
                if photo is None or not may_cover(album, photo):
                    raise Invalid("cover_photo_id must be a photo of the album.", field="cover_photo_id")
            return album, _apply(album, edit)

        return retry_on_conflict(read, lambda change: self._save(*change), BUSY)

    def put_in_order(self, owner: str, album_id: str, photo_ids: tuple[str, ...], version: int | None = None) -> Album:
        """Put photos of an album in order by hand; raises Invalid for others, Conflict over 1,000 photos in it."""

        def read() -> Album:
            album = self._get_version(album_id, owner, version)
            if album.is_smart:
                raise Invalid("A smart album is always newest first.", field="photo_ids")
            self._check_order(album, photo_ids)
            return album

        def save(album: Album) -> Album:
            ordered = replace(album, order=AlbumOrder.MANUAL, updated_at=self.now())
            return self.store.save(album, ordered, photo_ids=photo_ids)

        return retry_on_conflict(read, save, BUSY)

    def delete(self, owner: str, album_id: str) -> None:
        """Delete an album: it is gone at once, its photos stay; the schedule takes out those that do not go now."""
        retry_on_conflict(
            lambda: self.get_own(album_id, owner), lambda album: self.store.delete(album, self.now()), BUSY
        )
        self.deletion.start(album_id)

    def add_photo(self, owner: str, album_id: str, photo_id: str) -> Photo:
        """Add one of the owner's photos to an album that they can add to, as `get_for_adding` has checked.

        Raises PhotoNotFound, Invalid over 20 albums, and NotFound if the album is deleted meanwhile.
        """
        photo = self.editor.apply(owner, photo_id, partial(add_to_album, album_id=album_id))
        if album_id not in photo.albums:
            raise NotFound("Album not found.")
        return photo

    def remove_photo(self, viewer: str, album_id: str, photo_id: str) -> Photo:
        """Take a photo out of an album: one's own, or any if the album is one's own.

        Does nothing to an own photo that is not in it. Raises NotFound, PhotoNotFound, and Forbidden for the photo of
        another member.
        """
        photo = self.photos.get(photo_id)
        if photo is None or photo.state in HIDDEN_STATES:
            photo = None
        is_inside = photo is not None and album_id in (*photo.albums, photo.review_album)
        is_own = photo is not None and photo.owner == viewer
        role = Role.OWNER if is_own and is_inside else self.get(album_id, viewer).role
        if photo is None or not (is_own or (is_inside and photo.state is State.READY)):
            raise PhotoNotFound(photo_id)
        if role is not Role.OWNER and not is_own:
            raise Forbidden("Only its owner and the owner of the album can take this photo out.")
        return self.editor.apply(photo.owner, photo_id, partial(remove_from_album, album_id=album_id))

    def _page(self, viewer: str, listed: list[ListedAlbum], limit: int) -> AlbumPage:
        """The albums of a page; those that the viewer has just lost are left out."""
        page = listed[:limit]
        found = self.store.get_many((each.album_id for each in page), viewer)
        stored = (found[each.album_id] for each in page if each.album_id in found)
        viewed = (ViewedAlbum(each.album, role) for each in stored if (role := role_of(each, viewer)))
        return AlbumPage(tuple(viewed), page[-1].position if len(listed) > limit else None)

    def _get_version(self, album_id: str, owner: str, version: int | None) -> Album:
        album = self.get_own(album_id, owner)
        if version is not None and album.version != version:
            raise Outdated(album.version, "album")
        return album

    def _save(self, before: Album, after: Album) -> Album:
        return before if after == before else self.store.save(before, replace(after, updated_at=self.now()))

    def _check_order(self, album: Album, photo_ids: tuple[str, ...]) -> None:
        collection = (album_scope(album.album_id), ALL_PHOTOS)
        trend = self.collections.get_trend(*collection)
        if trend and trend.totals.count > MAX_ORDERED_PHOTOS:
            raise Conflict(
                f"An album can be put in order by hand up to {MAX_ORDERED_PHOTOS:,} photos; "
                f"this one has {trend.totals.count:,}."
            )
        missing = 0
        for ids in batched(photo_ids, PHOTOS_PER_READ):
            photos = self.photos.get_many(ids)
            missing += sum(photo_id not in photos or not is_member(photos[photo_id], *collection) for photo_id in ids)
        if missing:
            raise Invalid(f"photo_ids must be photos of the album; {missing:,} of them are not.", field="photo_ids")


def _apply(album: Album, edit: AlbumEdit) -> Album:
    """The changed album; raises Invalid if a smart one and another would be mixed."""
    if edit.query is not None and not album.is_smart:
        raise Invalid("Only a smart album has a query. Create a new album from the search.", field="query")
    if album.is_smart and edit.order not in (None, AlbumOrder.NEWEST):
        raise Invalid("A smart album is always newest first.", field="order")
    return replace(
        album,
        title=album.title if edit.title is None else edit.title,
        description=album.description if edit.description is None else edit.description,
        order=edit.order or album.order,
        cover_id=album.cover_id if edit.cover_id is None else edit.cover_id or None,
        query=album.query if edit.query is None else edit.query,
    )
