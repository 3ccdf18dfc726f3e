from dataclasses import dataclass, field

import pytest

from chalicelib.accounts.identity import Caller
from chalicelib.accounts.revocations import MAX_AGE_SECONDS, MAX_CACHED_OWNERS, Revocations
from chalicelib.errors import Unauthenticated, Unavailable


@dataclass
class Store:
    """A `RevocationStore` that counts reads."""

    times: dict[str, int] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)
    is_available: bool = True

    def revoked_at(self, owner: str) -> int | None:
        self.reads.append(owner)
        if not self.is_available:
            raise Unavailable("The table is unavailable.")
        return self.times.get(owner)

    def revoke(self, owner: str, at: int) -> None:
        self.times[owner] = at


@dataclass
class RevocationFixture:
    """Revocations with a clock in seconds."""

    seconds: float = 0
    store: Store = field(default_factory=Store)

    def __post_init__(self) -> None:
        self.revocations = Revocations(self.store, lambda: self.seconds)

    def accepts(self, owner: str, issued_at: int) -> bool:
        try:
            self.revocations.check(Caller(owner, "id", {}, issued_at=issued_at))
        except Unauthenticated:
            return False
        return True


def test_revoked_token_is_refused_within_a_minute() -> None:
    fixture = RevocationFixture()
    assert fixture.accepts("alice", 100)
    fixture.store.revoke("alice", 100)
    fixture.seconds = MAX_AGE_SECONDS
    assert MAX_AGE_SECONDS < 60
    assert not fixture.accepts("alice", 100)
    assert not fixture.accepts("alice", 99)


def test_token_of_a_later_sign_in_and_of_others_is_accepted() -> None:
    fixture = RevocationFixture()
    fixture.store.revoke("alice", 100)
    assert fixture.accepts("alice", 101)
    assert fixture.accepts("bob", 100)


def test_record_is_read_once_in_half_a_minute_per_owner() -> None:
    fixture = RevocationFixture()
    for fixture.seconds in (0, 1, MAX_AGE_SECONDS - 0.1):
        fixture.accepts("alice", 1)
        fixture.accepts("bob", 1)
    assert fixture.store.reads == ["alice", "bob"]
    fixture.seconds = MAX_AGE_SECONDS
    fixture.accepts("alice", 1)
    assert fixture.store.reads == ["alice", "bob", "alice"]


def test_token_is_not_accepted_if_the_record_cannot_be_read() -> None:
    fixture = RevocationFixture()
    fixture.store.is_available = False
    with pytest.raises(Unavailable):
        fixture.accepts("alice", 1)
    fixture.store.is_available = True
    assert fixture.accepts("alice", 1)


def test_cache_is_bounded() -> None:
    fixture = RevocationFixture()
    for number in range(2 * MAX_CACHED_OWNERS + 1):
        fixture.accepts(f"owner-{number}", 1)
    assert len(fixture.revocations._cache) <= MAX_CACHED_OWNERS
