"""Fakes of shared links: the store, which passes the same contract tests as the one in DynamoDB, and its limits."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.errors import Conflict, NotFound
from chalicelib.sharing.models import MAX_SHARES_PER_ALBUM, MAX_SHARES_PER_OWNER, Share, SharePage


@dataclass
class MemoryShareStore:
    """`ShareStore` over a dictionary; `has_album` says which albums exist."""

    has_album: Callable[[str], bool]
    shares: dict[str, Share] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def add(self, share: Share) -> None:
        with self.lock:
            if share.share_id in self.shares:
                raise Conflict("There is such a share.")
            if len([each for each in self.shares.values() if each.owner == share.owner]) >= MAX_SHARES_PER_OWNER:
                raise Conflict(f"You already have {MAX_SHARES_PER_OWNER} shared links. Revoke one first.")
            if share.album_id is not None and not self.has_album(share.album_id):
                raise NotFound("Album not found.")
            if share.album_id and len(self.list_by_album(share.album_id)) >= MAX_SHARES_PER_ALBUM:
                raise Conflict(f"This album already has {MAX_SHARES_PER_ALBUM} shared links. Revoke one first.")
            self.shares[share.share_id] = share

    def get(self, share_id: str) -> Share | None:
        return self.shares.get(share_id)

    def list_by_owner(self, owner: str, after: str | None, limit: int) -> SharePage:
        own = {_position(share): share for share in self.shares.values() if share.owner == owner}
        positions = sorted((each for each in own if after is None or each < after), reverse=True)
        page = positions[:limit]
        return SharePage(tuple(own[each] for each in page), page[-1] if len(positions) > limit else None)

    def list_by_album(self, album_id: str) -> list[Share]:
        found = [share for share in self.shares.values() if share.album_id == album_id]
        return sorted(found, key=_position, reverse=True)

    def save(self, before: Share, after: Share) -> Share:
        with self.lock:
            stored = self._check(before)
            version = before.version + 1
            self.shares[before.share_id] = replace(stored, terms=after.terms, revision=after.revision, version=version)
            return replace(after, version=before.version + 1)

    def remove(self, share: Share) -> bool:
        return self.shares.pop(share.share_id, None) is not None

    def count_pass(self, share_id: str) -> None:
        with self.lock:
            if share := self.shares.get(share_id):
                self.shares[share_id] = replace(share, passes=share.passes + 1)

    def count_wrong_password(self, share_id: str, at: datetime) -> None:
        with self.lock:
            if share := self.shares.get(share_id):
                count = share.wrong_passwords + 1
                self.shares[share_id] = replace(share, wrong_passwords=count, last_wrong_password_at=at)

    def reserve_upload(self, share: Share, size: int) -> bool:
        with self.lock:
            stored = self._check(share)
            photos, total = stored.uploaded_photos + 1, stored.uploaded_bytes + size
            if photos > share.terms.max_photos or total > share.terms.max_bytes:
                return False
            self.shares[share.share_id] = replace(stored, uploaded_photos=photos, uploaded_bytes=total)
            return True

    def release_upload(self, share_id: str, size: int) -> None:
        with self.lock:
            if share := self.shares.get(share_id):
                photos, total = share.uploaded_photos - 1, share.uploaded_bytes - size
                self.shares[share_id] = replace(share, uploaded_photos=photos, uploaded_bytes=total)

    def _check(self, share: Share) -> Share:
        stored = self.shares.get(share.share_id)
        if stored is None or stored.version != share.version:
            raise Conflict("The share has changed.")
        return stored


@dataclass
class MemoryPasswordLimit:
    """`PasswordLimit` over a list of times for each share."""

    max_attempts: int
    period: timedelta = timedelta(minutes=15)
    attempts: dict[str, dict[str, datetime]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, share_id: str, attempt_id: str, now: datetime) -> datetime | None:
        with self.lock:
            attempts = self.attempts.setdefault(share_id, {})
            active = {each: at for each, at in attempts.items() if at > now - self.period}
            if len(active) >= self.max_attempts:
                is_checking = max(active.values()) > now - timedelta(seconds=5)
                return now + timedelta(seconds=5) if is_checking else min(active.values()) + self.period
            self.attempts[share_id] = active | {attempt_id: now}
            return None

    def give_back(self, share_id: str, attempt_id: str, now: datetime) -> None:
        self.attempts[share_id].pop(attempt_id, None)


def _position(share: Share) -> str:
    return f"{share.created_at.isoformat(timespec='microseconds')}#{share.share_id}"
