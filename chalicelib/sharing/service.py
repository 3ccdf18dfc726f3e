"""Owners' side of shared links: create, list, change and revoke them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.errors import Conflict, Invalid, NotFound, Outdated, PhotoNotFound
from chalicelib.library.photo import PhotoStore, State
from chalicelib.sharing.models import Contents, Share, SharePage, ShareStore, ShareTerms
from chalicelib.sharing.tokens import create_token, hash_secret

MAX_CONFLICTS = 5
BUSY = "This link keeps changing; try again in a moment."
LIST_LIMIT = 100

type TermsChange = Callable[[ShareTerms], ShareTerms]


@dataclass(frozen=True, slots=True)
class ShareService:
    """Manages the links of owners. `random_bytes` is cryptographically secure."""

    shares: ShareStore
    photos: PhotoStore
    now: Callable[[], datetime]
    random_bytes: Callable[[int], bytes]

    def share_album(self, owner: str, album_id: str, terms: ShareTerms) -> tuple[Share, str]:
        """A new link to an album of this owner, and its token; raises Invalid, Conflict, NotFound."""
        return self._create(Contents(album_id=album_id), owner, terms)

    def share_photos(self, owner: str, photo_ids: tuple[str, ...], title: str, terms: ShareTerms) -> tuple[Share, str]:
        """A new link to these photos, and its token; raises PhotoNotFound unless all are ready and the owner's."""
        found = self.photos.get_many(photo_ids)
        for photo_id in photo_ids:
            photo = found.get(photo_id)
            if photo is None or photo.owner != owner or photo.state is not State.READY:
                raise PhotoNotFound(photo_id)
            if photo.review_album is not None:
                raise Invalid("A photo that waits for a review cannot be shared. Approve it first.", field="photo_ids")
        return self._create(Contents(title=title, photo_ids=photo_ids), owner, terms)

    def list_by_owner(self, owner: str, after: str | None, limit: int) -> SharePage:
        """The owner's links, newest first."""
        return self.shares.list_by_owner(owner, after, limit)

    def list_by_album(self, album_id: str) -> list[Share]:
        """The links of an album, newest first."""
        return self.shares.list_by_album(album_id)

    def get(self, owner: str, share_id: str) -> Share:
        """A link of this owner; raises NotFound."""
        share = self.shares.get(share_id)
        if share is None or share.owner != owner:
            raise NotFound("Shared link not found.")
        return share

    def change(self, owner: str, share_id: str, change: TermsChange, version: int | None = None) -> Share:
        """Change the terms of a link, if it is at this version; raises NotFound, Invalid, Outdated, Conflict.

        Unless only its name or a limit of uploads changes, passes and bundles of its guests end with the old revision.
        """
        for _ in range(MAX_CONFLICTS):
            before = self.get(owner, share_id)
            if version is not None and before.version != version:
                raise Outdated(before.version, "link")
            after = _revise(before, change(before.terms), self.now())
            if after == before:
                return before
            try:
                stored = self.shares.save(before, after)
            except Conflict:
                continue
            return stored
        raise Conflict(BUSY)

    def revoke(self, owner: str, share_id: str) -> None:
        """Remove a link for ever; raises NotFound."""
        self.shares.remove(self.get(owner, share_id))

    def remove_album_links(self, album_id: str) -> None:
        """Remove all links of an album."""
        for share in self.shares.list_by_album(album_id):
            self.shares.remove(share)

    def remove_owner_links(self, owner: str) -> None:
        """Remove all links of an owner."""
        remove_owner_links(self.shares, owner)

    def _create(self, contents: Contents, owner: str, terms: ShareTerms) -> tuple[Share, str]:
        now = self.now()
        _check_expiry(terms, now)
        token = create_token(self.random_bytes)
        share = Share(token.share_id, owner, contents, terms, hash_secret(token.secret), now)
        self.shares.add(share)
        return share, str(token)


def remove_owner_links(shares: ShareStore, owner: str) -> None:
    """Remove all links of an owner."""
    while (page := shares.list_by_owner(owner, None, LIST_LIMIT)).shares:
        for share in page.shares:
            shares.remove(share)


def _revise(share: Share, terms: ShareTerms, now: datetime) -> Share:
    """The share with these terms, and a new revision unless only its name or a limit has changed."""
    if terms.expires_at != share.terms.expires_at:
        _check_expiry(terms, now)
    if terms.add and share.album_id is None:
        raise Invalid("Guests can add photos to an album only.", field="add")
    if _bound(terms) == _bound(share.terms):
        return replace(share, terms=terms)
    return replace(share, terms=terms, revision=share.revision + 1)


def _bound(terms: ShareTerms) -> ShareTerms:
    """The terms that passes are bound to."""
    return replace(terms, name="", max_photos=0, max_bytes=0)


def _check_expiry(terms: ShareTerms, now: datetime) -> None:
    if terms.expires_at is not None and terms.expires_at <= now:
        raise Invalid("expires_at must be in the future.", field="expires_at")
