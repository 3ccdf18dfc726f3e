"""Albums: sets of photos with a title, who may see and change them, and the port to their store.

An album's photos are a collection (`collections.album_scope`). Its record holds the rest. A smart album has no photos
of its own: it is a search in its owner's library.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.errors import Invalid
from chalicelib.library.descriptions import MAX_CAPTION_CHARACTERS, MAX_UNCLEAN_FACTOR, clean_caption
from chalicelib.util.text import clean_line

MAX_ALBUMS = 1000
MAX_TITLE_CHARACTERS = 200
MAX_ORDERED_PHOTOS = 1000


class AlbumOrder(StrEnum):
    """The order of an album's photos; with MANUAL, photos that have no place follow, newest first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    MANUAL = "manual"


class Role(StrEnum):
    """What someone may do with an album: an owner everything, a contributor add photos, a viewer see them."""

    OWNER = "owner"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Album:
    """The record of one album. `cover_id` is the photo that its owner chose as its cover.

    `query` holds the parameters of a smart album's search, each with its values; it is empty for any other album. One
    with `deleted_at` exists only until the schedule has taken its photos out.
    """

    album_id: str
    owner: str
    title: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    order: AlbumOrder = AlbumOrder.NEWEST
    cover_id: str | None = None
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    deleted_at: datetime | None = None
    version: int = 0

    @property
    def is_smart(self) -> bool:
        """Whether its photos are those of a search."""
        return bool(self.query)


@dataclass(frozen=True, slots=True)
class StoredAlbum:
    """An album, and the role that it gives to a certain member, or None if they are no member."""

    album: Album
    membership: Role | None


@dataclass(frozen=True, slots=True)
class ListedAlbum:
    """An entry of an owner's list: an album's id and title; `position` is where the next page begins."""

    album_id: str
    title: str
    position: str


class AlbumStore(Protocol):
    """Stores albums with the lists of their owners and members; all reads are strongly consistent.

    An album and the lists that name it change in one transaction. An album that is being deleted is not found.
    """

    def add(self, album: Album, *, max_albums: int) -> Album:
        """Add an album; returns it with its version. Raises Conflict if its owner has `max_albums`."""

    def get_many(self, album_ids: Iterable[str], member: str) -> dict[str, StoredAlbum]:
        """Those of these albums that exist, by id, with the role of this member; at most 50 in one read."""

    def save(self, before: Album, after: Album, *, photo_ids: tuple[str, ...] | None = None) -> Album:
        """Replace an album's record and, if given, its order by hand; returns it with its new version.

        Its owner and its times of creation and deletion stay. Raises Conflict if `before` is not what is stored.
        """

    def get_order(self, album_id: str) -> tuple[str, ...]:
        """The ids of the photos that were put in order by hand."""

    def list_own(self, owner: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        """The owner's albums after a position, newest first."""

    def list_shared(self, member: str, *, after: str | None, limit: int) -> list[ListedAlbum]:
        """The albums that this member was added to, the last one first; their titles are empty."""

    def hand_over(self, album: Album, new_owner: str) -> None:
        """Change the owner; a membership of the new one ends. Raises Conflict if `album` is not what is stored."""

    def delete(self, album: Album, at: datetime) -> None:
        """Mark an album as deleted, which ends all access to it; does nothing if it is deleted already."""

    def list_deleting(self, limit: int) -> list[str]:
        """The ids of albums that are deleted but not removed yet."""

    def remove(self, album_id: str) -> None:
        """Remove all that is left of a deleted album, also its members, when no photo is in it any more."""


def role_of(stored: StoredAlbum, viewer: str) -> Role | None:
    """The role of a viewer whose membership was read with the album; None if they may not see it."""
    return Role.OWNER if stored.album.owner == viewer else stored.membership


def clean_title(value: object) -> str:
    """A title: NFC, single spaces, no invisible characters, 1 to 200 characters; raises Invalid. Idempotent."""
    error = Invalid(f"title is required: text of 1 to {MAX_TITLE_CHARACTERS} characters.", field="title")
    if not isinstance(value, str) or len(value) > MAX_TITLE_CHARACTERS * MAX_UNCLEAN_FACTOR:
        raise error
    title = clean_line(value)
    if not 0 < len(title) <= MAX_TITLE_CHARACTERS:
        raise error
    return title


def clean_description(value: object) -> str:
    """A description as it is stored: cleaned like a caption, maybe empty; raises Invalid over 2,000 characters."""
    try:
        if isinstance(value, str):
            return clean_caption(value)
    except Invalid:
        pass
    raise Invalid(f"description must be text of at most {MAX_CAPTION_CHARACTERS:,} characters.", field="description")


def check_not_smart(album: Album) -> None:
    """Raise Invalid for a smart album, which cannot be shared: photos would join it unseen."""
    if album.is_smart:
        raise Invalid("A smart album cannot be shared. Add its photos to an album.", code="smart_album")
