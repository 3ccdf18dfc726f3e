from chalicelib.accounts.access import end_access
from chalicelib.accounts.api_keys import ApiKey
from tests.fakes.api_keys import MemoryApiKeyStore
from tests.support.factories import NOON


def test_tokens_are_revoked_and_keys_deleted() -> None:
    store = MemoryApiKeyStore()
    for owner in ("alice", "bob"):
        for name in ("garage", "phone"):
            key = ApiKey(f"{owner}-{name}", owner, name, frozenset(), "f" * 64, NOON)
            store.add(key, max_keys=5, issued_at=1)
    assert end_access(store, "alice", 5) == 2
    assert (store.revoked_at("alice"), store.revoked_at("bob")) == (5, None)
    assert [key.owner for key in store.keys.values()] == ["bob", "bob"]
    assert end_access(store, "alice", 7) == 0
    assert store.revoked_at("alice") == 7
