import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.api_keys import (
    MAX_KEYS,
    SECRET_SIZE,
    ApiKeyService,
    is_api_key,
    parse_name,
    parse_permissions,
)
from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Conflict, Invalid, NotFound, Unauthenticated, Unavailable
from tests.fakes.api_keys import MemoryApiKeyStore
from tests.fakes.library import Clock
from tests.support.factories import NOON

READ = frozenset({Permission.READ})


@dataclass
class ApiKeyFixture:
    """An API key service with sequential secrets."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryApiKeyStore = field(default_factory=MemoryApiKeyStore)

    def __post_init__(self) -> None:
        ids, secrets = itertools.count(1), itertools.count(1)
        self.keys = ApiKeyService(
            self.store,
            now=self.clock,
            new_id=lambda: f"{next(ids):032x}",
            random_bytes=lambda size: next(secrets).to_bytes(size),
        )


def test_key_authenticates_its_owner_with_its_permissions() -> None:
    fixture = ApiKeyFixture()
    key, token = fixture.keys.create("alice", "garage", frozenset({Permission.READ, Permission.UPLOAD}), issued_at=1)
    assert token == f"tt_{1:032x}_{1:064x}"
    assert is_api_key(token)
    assert fixture.keys.authenticate(token) == Caller(
        "alice", "key", {}, frozenset({Permission.READ, Permission.UPLOAD}), key.key_id
    )
    assert (key.name, key.created_at, key.last_used_at) == ("garage", NOON, None)


def test_only_the_hash_of_a_256_bit_secret_is_stored() -> None:
    fixture = ApiKeyFixture()
    key, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    secret = token.rpartition("_")[2]
    assert len(bytes.fromhex(secret)) == SECRET_SIZE == 32
    assert key.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(fixture.store.keys)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("0" if token[-1] != "0" else "1"),
        lambda token: token[:-1],
        lambda token: token + "0",
        lambda token: token + "\n",
        lambda token: token.upper(),
        lambda token: token.replace("_", "-"),
        lambda token: f"tt_{2:032x}_{token.rpartition('_')[2]}",
        lambda token: f"tt_owner#alice_{token.rpartition('_')[2]}",
        lambda token: f"tt__{token.rpartition('_')[2]}",
        lambda token: token.replace("0", "٠"),
        lambda _: "tt_",
        lambda _: "tt_" + "x" * 100_000,
    ],
)
def test_altered_token_raises_unauthenticated(change: Any) -> None:
    fixture = ApiKeyFixture()
    _, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    fixture.keys.authenticate(token)
    with pytest.raises(Unauthenticated) as raised:
        fixture.keys.authenticate(change(token))
    assert raised.value.code == "token_invalid"


def test_secret_of_another_key_raises_unauthenticated() -> None:
    fixture = ApiKeyFixture()
    (_, first), (second, _) = (fixture.keys.create("alice", name, READ, issued_at=1) for name in ("one", "two"))
    with pytest.raises(Unauthenticated):
        fixture.keys.authenticate(f"tt_{second.key_id}_{first.rpartition('_')[2]}")


def test_revoked_key_raises_unauthenticated() -> None:
    fixture = ApiKeyFixture()
    key, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    fixture.keys.revoke("alice", key.key_id)
    with pytest.raises(Unauthenticated):
        fixture.keys.authenticate(token)
    with pytest.raises(NotFound):
        fixture.keys.revoke("alice", key.key_id)


def test_revoking_another_owners_key_raises_not_found() -> None:
    fixture = ApiKeyFixture()
    key, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    with pytest.raises(NotFound):
        fixture.keys.revoke("bob", key.key_id)
    assert fixture.keys.authenticate(token).owner == "alice"
    assert (fixture.keys.list_by_owner("bob"), fixture.keys.list_by_owner("alice")) == (
        [],
        [fixture.store.keys[key.key_id]],
    )


def test_51st_key_raises_conflict() -> None:
    fixture = ApiKeyFixture()
    for number in range(MAX_KEYS):
        fixture.keys.create("alice", str(number), READ, issued_at=1)
    with pytest.raises(Conflict):
        fixture.keys.create("alice", "one more", READ, issued_at=1)
    fixture.keys.create("bob", "the first", READ, issued_at=1)


def test_last_use_is_recorded_at_intervals() -> None:
    fixture = ApiKeyFixture()
    key, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    recorded = []
    for _ in range(5):
        fixture.keys.authenticate(token)
        recorded.append((fixture.store.keys[key.key_id].last_used_at or NOON) - NOON)
        fixture.clock.advance(timedelta(minutes=6))
    assert recorded == [timedelta(minutes=minutes) for minutes in (0, 0, 12, 12, 24)]


@pytest.mark.parametrize("error", [Unavailable("No answer."), KeyError("permission")])
def test_failure_to_record_last_use_is_ignored(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    class FailingRecordUse(MemoryApiKeyStore):
        def record_use(self, key_id: str, at: datetime, *, before: datetime) -> None:
            raise error

    fixture = ApiKeyFixture(store=FailingRecordUse())
    _, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    assert fixture.keys.authenticate(token).owner == "alice"
    assert "Could not record" in caplog.text


def test_outage_of_the_key_store_raises_unavailable() -> None:
    class UnavailableStore(MemoryApiKeyStore):
        def get(self, key_id: str) -> None:
            raise Unavailable("No answer.")

    fixture = ApiKeyFixture(store=UnavailableStore())
    _, token = fixture.keys.create("alice", "garage", READ, issued_at=1)
    with pytest.raises(Unavailable):
        fixture.keys.authenticate(token)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("garage", "garage"),
        ("  the \t garage\n", "the garage"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\x00b\u202e", "ab"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("a \x00 b\u200b", "a b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x" * 64, "x" * 64),
    ],
)
def test_parse_name_normalizes(name: str, clean: str) -> None:
    assert parse_name(name) == clean


@pytest.mark.parametrize(
    "name", [None, "", "  ", "\x00", "\u200b", "\u200d \u200d", "\u3164", "\u2800", "x" * 65, 7, ["garage"], True]
)
def test_parse_name_rejects_invalid_names(name: object) -> None:
    with pytest.raises(Invalid) as raised:
        parse_name(name)
    assert raised.value.field == "name"


def test_parse_permissions_accepts_known_permissions() -> None:
    assert parse_permissions(["upload", "read"]) == {Permission.READ, Permission.UPLOAD}
    assert parse_permissions(["manage"]) == {Permission.MANAGE}


@pytest.mark.parametrize(
    "can",
    [None, [], "read", ["read", "read"], ["account"], ["read", "all"], [None], [["read"]], {"read": True}, ["Read"]],
)
def test_parse_permissions_rejects_invalid_values(can: object) -> None:
    with pytest.raises(Invalid) as raised:
        parse_permissions(can)
    assert raised.value.field == "can"
