"""The end of a user's access: tokens are refused, API keys deleted."""

from typing import Protocol

from chalicelib.accounts.api_keys import ApiKeyStore
from chalicelib.accounts.revocations import RevocationStore


class AccessStore(ApiKeyStore, RevocationStore, Protocol):
    """Stores API keys and revocations: no key can be added with a token that is revoked."""


def end_access(store: AccessStore, owner: str, at: int) -> int:
    """Revoke every token that was issued until then, in seconds since 1970, and delete the owner's API keys.

    Returns the number of keys. Can be repeated.
    """
    store.revoke(owner, at)  # first, so that no key is added to those that are deleted
    return sum(store.remove(owner, key.key_id) for key in store.list_by_owner(owner))
