from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts.api_keys import ApiKey, ApiKeyStore
from chalicelib.accounts.identity import Permission
from chalicelib.accounts.revocations import RevocationStore
from chalicelib.aws.dynamodb.api_keys import DynamoApiKeyStore
from chalicelib.errors import Conflict, Unauthenticated, Unavailable
from tests.fakes.api_keys import MemoryApiKeyStore
from tests.support.factories import NOON

LATER = NOON + timedelta(minutes=1)


def key(key_id: str = "k1", owner: str = "alice", minutes: int = 0) -> ApiKey:
    created_at = NOON + timedelta(minutes=minutes, microseconds=7)
    return ApiKey(
        key_id, owner, "The garage, ö 🚲", frozenset({Permission.READ, Permission.UPLOAD}), "f" * 64, created_at
    )


def test_stored_key_is_returned_unchanged(api_key_store: ApiKeyStore) -> None:
    used = replace(key("k2"), last_used_at=LATER)
    for stored in (key(), used):
        api_key_store.add(stored, max_keys=2, issued_at=1)
        assert api_key_store.get(stored.key_id) == stored


def test_unknown_key_is_not_found(api_key_store: ApiKeyStore) -> None:
    api_key_store.add(key(), max_keys=1, issued_at=1)
    for key_id in ("k2", "", "alice", "owner#alice", "k" * 3000):
        assert api_key_store.get(key_id) is None
        assert not api_key_store.remove("alice", key_id)


def test_keys_of_an_owner_are_listed_newest_first(api_key_store: ApiKeyStore) -> None:
    assert api_key_store.list_by_owner("alice") == []
    for minutes, key_id in ((1, "k1"), (3, "k2"), (2, "k3")):
        api_key_store.add(key(key_id, minutes=minutes), max_keys=3, issued_at=1)
    api_key_store.add(key("k4", owner="bob"), max_keys=3, issued_at=1)
    assert [k.key_id for k in api_key_store.list_by_owner("alice")] == ["k2", "k3", "k1"]
    assert api_key_store.list_by_owner("bob") == [key("k4", owner="bob")]


def test_add_raises_conflict_at_the_limit_until_a_key_is_removed(api_key_store: ApiKeyStore) -> None:
    for key_id in ("k1", "k2"):
        api_key_store.add(key(key_id), max_keys=2, issued_at=1)
    with pytest.raises(Conflict, match=r"You already have 2 API keys\. Revoke one first\."):
        api_key_store.add(key("k3"), max_keys=2, issued_at=1)
    assert api_key_store.get("k3") is None
    api_key_store.add(key("k4", owner="bob"), max_keys=2, issued_at=1)
    assert api_key_store.remove("alice", "k1")
    api_key_store.add(key("k3"), max_keys=2, issued_at=1)
    assert {k.key_id for k in api_key_store.list_by_owner("alice")} == {"k2", "k3"}


def test_limit_of_keys_is_exact_under_concurrency(api_key_store: ApiKeyStore) -> None:
    def add(number: int) -> bool:
        while True:
            try:
                api_key_store.add(key(f"k{number}"), max_keys=3, issued_at=1)
            except Unavailable:  # as a client does, which gets 503
                continue
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(add, range(8)))
    assert sum(added) == len(api_key_store.list_by_owner("alice")) == 3


def test_adding_an_existing_key_id_raises_conflict(api_key_store: ApiKeyStore) -> None:
    api_key_store.add(key(), max_keys=5, issued_at=1)
    with pytest.raises(Conflict):
        api_key_store.add(key(owner="bob"), max_keys=5, issued_at=1)
    assert api_key_store.get("k1") == key()
    assert api_key_store.list_by_owner("bob") == []


def test_removed_key_disappears_at_once(api_key_store: ApiKeyStore) -> None:
    for key_id in ("k1", "k2"):
        api_key_store.add(key(key_id), max_keys=5, issued_at=1)
    assert api_key_store.remove("alice", "k1")
    assert api_key_store.get("k1") is None
    assert [k.key_id for k in api_key_store.list_by_owner("alice")] == ["k2"]
    assert not api_key_store.remove("alice", "k1")
    assert api_key_store.remove("alice", "k2")
    assert api_key_store.list_by_owner("alice") == []


def test_key_of_another_owner_is_not_removed(api_key_store: ApiKeyStore) -> None:
    api_key_store.add(key(), max_keys=5, issued_at=1)
    for key_id in ("k1", "owner#alice", "owner#bob"):
        assert not api_key_store.remove("bob", key_id)
    assert api_key_store.list_by_owner("alice") == [key()]


def test_last_use_is_recorded_only_if_older(api_key_store: ApiKeyStore) -> None:
    api_key_store.add(key(), max_keys=5, issued_at=1)
    api_key_store.record_use("k1", NOON, before=NOON - timedelta(minutes=10))
    api_key_store.record_use("k1", LATER, before=NOON)
    assert api_key_store.get("k1") == replace(key(), last_used_at=NOON)
    api_key_store.record_use("k1", LATER, before=NOON + timedelta(seconds=1))
    assert api_key_store.list_by_owner("alice") == [replace(key(), last_used_at=LATER)]


def test_recording_use_of_a_removed_key_does_nothing(api_key_store: ApiKeyStore) -> None:
    api_key_store.add(key(), max_keys=5, issued_at=1)
    api_key_store.remove("alice", "k1")
    api_key_store.record_use("k1", NOON, before=NOON)
    assert api_key_store.get("k1") is None


def test_revocation_is_the_owners_and_can_be_repeated(api_key_store: ApiKeyStore) -> None:
    assert isinstance(api_key_store, MemoryApiKeyStore | DynamoApiKeyStore)
    revocation_store: RevocationStore = api_key_store
    assert revocation_store.revoked_at("alice") is None
    for at in (1_795_000_000, 1_795_000_060):
        revocation_store.revoke("alice", at)
        assert revocation_store.revoked_at("alice") == at
    assert revocation_store.revoked_at("bob") is None


def test_revoked_token_adds_no_key_and_a_newer_one_does(api_key_store: ApiKeyStore) -> None:
    api_key_store.add(key("k1"), max_keys=5, issued_at=10)
    assert isinstance(api_key_store, MemoryApiKeyStore | DynamoApiKeyStore)  # a RevocationStore, too
    api_key_store.revoke("alice", 20)
    for issued_at in (10, 20):
        with pytest.raises(Unauthenticated) as raised:
            api_key_store.add(key("k2"), max_keys=5, issued_at=issued_at)
        assert raised.value.code == "token_invalid"
    assert api_key_store.remove("alice", "k1")
    assert api_key_store.revoked_at("alice") == 20
    api_key_store.add(key("k2"), max_keys=5, issued_at=21)
    api_key_store.add(key("k3", owner="bob"), max_keys=5, issued_at=10)
    assert [k.key_id for k in api_key_store.list_by_owner("alice")] == ["k2"]
