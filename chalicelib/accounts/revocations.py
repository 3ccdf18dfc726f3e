"""Revocations: the tokens of a removed user are refused, although Cognito issued them for an hour.

A removal is recorded once, as a time: tokens that were issued until then are refused. A user who is invited again signs
in again, and gets newer ones. API keys need no such record: they are deleted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.accounts.identity import Caller
from chalicelib.errors import Unauthenticated

# How long an owner's record is used before it is read again: after this time, a removal is known everywhere.
MAX_AGE_SECONDS = 30
MAX_CACHED_OWNERS = 1_000


class RevocationStore(Protocol):
    """Stores revocations; all reads are strongly consistent."""

    def revoked_at(self, owner: str) -> int | None:
        """When the owner's tokens were revoked, in whole seconds since 1970; None if they never were."""

    def revoke(self, owner: str, at: int) -> None:
        """Revoke every token of the owner that was issued until then, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class Revocations:
    """Checks tokens. `clock` is monotonic, in seconds."""

    store: RevocationStore
    clock: Callable[[], float]
    _cache: dict[str, tuple[float, int | None]] = field(default_factory=dict)

    def check(self, caller: Caller) -> None:
        """Raise Unauthenticated if the caller's token has been revoked for 30 seconds, or Unavailable."""
        check_token_time(caller.issued_at, self._revoked_at(caller.owner))

    def _revoked_at(self, owner: str) -> int | None:
        now = self.clock()
        expires_at, revoked_at = self._cache.get(owner, (now, None))
        if now >= expires_at:
            revoked_at = self.store.revoked_at(owner)
            if len(self._cache) >= MAX_CACHED_OWNERS:
                self._cache.clear()
            self._cache[owner] = (now + MAX_AGE_SECONDS, revoked_at)
        return revoked_at


def check_token_time(issued_at: int, revoked_at: int | None) -> None:
    """Raise Unauthenticated for a token of an owner whose tokens were revoked then or later; seconds since 1970."""
    if revoked_at is not None and issued_at <= revoked_at:
        raise Unauthenticated("This token has been revoked; sign in again.", code="token_invalid")
