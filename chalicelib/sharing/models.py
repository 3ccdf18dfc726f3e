"""Shares: the records of shared links, their limits, and the port to the store of shares."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

MAX_SHARES_PER_ALBUM = 50
MAX_SHARES_PER_OWNER = 500
MAX_SHARED_PHOTOS = 500
# No id of an API key begins like this.
LINK_KEY_PREFIX = "share."


class Download(StrEnum):
    """What guests may save: nothing, resized images without what files say, or also the owner's original files."""

    NONE = "none"
    RESIZED = "resized"
    ORIGINAL = "original"


@dataclass(frozen=True, slots=True)
class ShareTerms:
    """What a link allows, as its owner sets it. Without `password_hash` it has no password.

    With `add`, guests may add up to `max_photos` photos of `max_bytes` in all to the album; with `review`, each of
    them waits for the owner of the album to let it in.
    """

    name: str = ""
    download: Download = Download.RESIZED
    add: bool = False
    review: bool = False
    expires_at: datetime | None = None
    password_hash: str | None = None
    max_photos: int = 200
    max_bytes: int = 5_000_000_000


@dataclass(frozen=True, slots=True)
class Contents:
    """What a link is for: an album, or else a selection, `photo_ids`, with a title."""

    album_id: str | None = None
    title: str = ""
    photo_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """The record of a shared link.

    `secret_hash` is the SHA-256 of the secret in the token. `revision` changes with the terms that a guest's pass is
    bound to. The last five fields are counted by the store, without a new version.
    """

    share_id: str
    owner: str
    contents: Contents
    terms: ShareTerms
    secret_hash: str
    created_at: datetime
    revision: int = 1
    version: int = 1
    passes: int = 0
    wrong_passwords: int = 0
    last_wrong_password_at: datetime | None = None
    uploaded_photos: int = 0
    uploaded_bytes: int = 0

    def has_expired(self, now: datetime) -> bool:
        """Whether the link has ended."""
        return self.terms.expires_at is not None and now >= self.terms.expires_at

    @property
    def album_id(self) -> str | None:
        """The album that it shows; None for a selection."""
        return self.contents.album_id

    @property
    def bundle_owner(self) -> str:
        """Whose the bundles of its guests are: nobody's who has an account. Those of an old revision are lost."""
        return f"share/{self.share_id}/{self.revision}"

    @property
    def link_key(self) -> str:
        """What links to the volumes of these bundles depend on, in the place of an API key's id."""
        return f"{LINK_KEY_PREFIX}{self.share_id}.{self.revision}"


@dataclass(frozen=True, slots=True)
class SharePage:
    """One page of shares; `next_position` is the position of the last one if there are more, else None."""

    shares: tuple[Share, ...]
    next_position: str | None


class ShareStore(Protocol):
    """Stores shares; all reads are strongly consistent."""

    def add(self, share: Share) -> None:
        """Add a share; raises Conflict if its owner or its album has as many as allowed, NotFound without its album."""

    def get(self, share_id: str) -> Share | None:
        """The share, or None."""

    def list_by_owner(self, owner: str, after: str | None, limit: int) -> SharePage:
        """The owner's shares, newest first, after a position."""

    def list_by_album(self, album_id: str) -> list[Share]:
        """The shares of an album, newest first."""

    def save(self, before: Share, after: Share) -> Share:
        """Replace the terms of a share; returns it with its new version. Raises Conflict if it was changed or removed.

        Its counts stay what they are.
        """

    def remove(self, share: Share) -> bool:
        """Remove a share; returns whether it existed."""

    def count_pass(self, share_id: str) -> None:
        """Count a pass that was given to a guest."""

    def count_wrong_password(self, share_id: str, at: datetime) -> None:
        """Count a wrong password."""

    def reserve_upload(self, share: Share, size: int) -> bool:
        """Count a guest's upload of this size, if the share is unchanged and its limits allow it; else returns False.

        Raises Conflict if the share was changed or removed.
        """

    def release_upload(self, share_id: str, size: int) -> None:
        """Uncount an upload of this size that never came."""
