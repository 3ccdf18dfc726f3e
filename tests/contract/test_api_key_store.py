from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts.api_keys import ApiKey, ApiKeyStore
from chalicelib.accounts.identity import Permission
from chalicelib.errors import Conflict
from tests.support.factories import NOON

LATER = NOON + timedelta(minutes=1)


def key(key_id: str = "k1", owner: str = "alice", minutes: int = 0) -> ApiKey:
    made = NOON + timedelta(minutes=minutes, microseconds=7)
    return ApiKey(key_id, owner, "The garage, ö 🚲", frozenset({Permission.READ, Permission.UPLOAD}), "f" * 64, made)


def test_a_key_comes_back_as_it_was_kept(keyring: ApiKeyStore) -> None:
    used = replace(key("k2"), last_used_at=LATER)
    for kept in (key(), used):
        keyring.add(kept, max_keys=2)
        assert keyring.get(kept.key_id) == kept


def test_what_was_never_kept_is_not_found(keyring: ApiKeyStore) -> None:
    keyring.add(key(), max_keys=1)
    for key_id in ("k2", "", "alice", "owner#alice", "k" * 3000):
        assert keyring.get(key_id) is None
        assert not keyring.remove("alice", key_id)


def test_an_owners_keys_are_listed_newest_first_and_nobody_elses(keyring: ApiKeyStore) -> None:
    assert keyring.list_by_owner("alice") == []
    for minutes, key_id in ((1, "k1"), (3, "k2"), (2, "k3")):
        keyring.add(key(key_id, minutes=minutes), max_keys=3)
    keyring.add(key("k4", owner="bob"), max_keys=3)
    assert [k.key_id for k in keyring.list_by_owner("alice")] == ["k2", "k3", "k1"]
    assert keyring.list_by_owner("bob") == [key("k4", owner="bob")]


def test_an_owner_has_at_most_so_many_keys_and_a_key_that_went_makes_room(keyring: ApiKeyStore) -> None:
    for key_id in ("k1", "k2"):
        keyring.add(key(key_id), max_keys=2)
    with pytest.raises(Conflict):
        keyring.add(key("k3"), max_keys=2)
    assert keyring.get("k3") is None
    keyring.add(key("k4", owner="bob"), max_keys=2)
    assert keyring.remove("alice", "k1")
    keyring.add(key("k3"), max_keys=2)
    assert {k.key_id for k in keyring.list_by_owner("alice")} == {"k2", "k3"}


def test_a_key_is_never_kept_over_another(keyring: ApiKeyStore) -> None:
    keyring.add(key(), max_keys=5)
    with pytest.raises(Conflict):
        keyring.add(key(owner="bob"), max_keys=5)
    assert keyring.get("k1") == key()
    assert keyring.list_by_owner("bob") == []


def test_a_key_that_was_taken_away_is_gone_at_once_and_can_go_only_once(keyring: ApiKeyStore) -> None:
    for key_id in ("k1", "k2"):
        keyring.add(key(key_id), max_keys=5)
    assert keyring.remove("alice", "k1")
    assert keyring.get("k1") is None
    assert [k.key_id for k in keyring.list_by_owner("alice")] == ["k2"]
    assert not keyring.remove("alice", "k1")
    assert keyring.remove("alice", "k2")
    assert keyring.list_by_owner("alice") == []


def test_nobody_takes_away_somebody_elses_key(keyring: ApiKeyStore) -> None:
    keyring.add(key(), max_keys=5)
    for key_id in ("k1", "owner#alice", "owner#bob"):
        assert not keyring.remove("bob", key_id)
    assert keyring.list_by_owner("alice") == [key()]


def test_a_use_is_noted_unless_there_was_one_since(keyring: ApiKeyStore) -> None:
    keyring.add(key(), max_keys=5)
    keyring.record_use("k1", NOON, before=NOON - timedelta(minutes=10))
    keyring.record_use("k1", LATER, before=NOON)
    assert keyring.get("k1") == replace(key(), last_used_at=NOON)
    keyring.record_use("k1", LATER, before=NOON + timedelta(seconds=1))
    assert keyring.list_by_owner("alice") == [replace(key(), last_used_at=LATER)]


def test_the_use_of_a_key_that_has_gone_brings_nothing_back(keyring: ApiKeyStore) -> None:
    keyring.add(key(), max_keys=5)
    keyring.remove("alice", "k1")
    keyring.record_use("k1", NOON, before=NOON)
    assert keyring.get("k1") is None
