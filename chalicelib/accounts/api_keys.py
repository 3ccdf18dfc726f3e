"""API keys: a script acts for its owner, with limited permissions, until the owner revokes the key.

A key is returned once, as `tt_{key_id}_{secret}`. Only the SHA-256 of the secret is stored: the secret has 256 random
bits, so a slow hash would add nothing. Every request reads the key again, so revocation takes effect immediately.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Invalid, NotFound, Unauthenticated
from chalicelib.observability import logger
from chalicelib.util.text import clean_line

PREFIX = "tt_"
TOKEN = re.compile(r"tt_(?P<key_id>[0-9a-z]{1,64})_(?P<secret>[0-9a-f]{64})")
SECRET_SIZE = 32
MAX_NAME_CHARACTERS = 64
MAX_KEYS = 50
# `last_used_at` is updated at most this often, so that not every read causes a write.
LAST_USED_INTERVAL = timedelta(minutes=10)
# What a key may be granted, in the order in which the API lists it.
GRANTABLE_PERMISSIONS = (Permission.READ, Permission.UPLOAD, Permission.MANAGE, Permission.SHARE)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key. Times are in UTC; `secret_hash` is the SHA-256 of the secret in hexadecimal."""

    key_id: str
    owner: str
    name: str
    permissions: frozenset[Permission]
    secret_hash: str
    created_at: datetime
    last_used_at: datetime | None = None


class ApiKeyStore(Protocol):
    """Stores API keys; all reads are strongly consistent."""

    def add(self, key: ApiKey, *, max_keys: int, issued_at: int) -> None:
        """Add a key that was requested with a token of this time, in seconds since 1970.

        Raises Conflict if its owner already has `max_keys`, and Unauthenticated if such tokens are revoked.
        """

    def get(self, key_id: str) -> ApiKey | None:
        """The key, or None."""

    def list_by_owner(self, owner: str) -> list[ApiKey]:
        """The owner's keys, newest first."""

    def remove(self, owner: str, key_id: str) -> bool:
        """Remove the owner's key; returns whether it existed."""

    def record_use(self, key_id: str, at: datetime, *, before: datetime) -> None:
        """Set `last_used_at`, unless the key was removed or was used at or after `before`."""


@dataclass(frozen=True, slots=True)
class ApiKeyService:
    """Creates, lists, revokes and authenticates API keys. `random_bytes` is cryptographically secure."""

    store: ApiKeyStore
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]

    def create(self, owner: str, name: str, can: frozenset[Permission], *, issued_at: int) -> tuple[ApiKey, str]:
        """A new key and its token, which cannot be recovered later; raises Conflict if the owner has 50 keys.

        The request's token was issued at `issued_at`; raises Unauthenticated if such tokens are revoked.
        """
        secret = self.random_bytes(SECRET_SIZE).hex()
        key = ApiKey(self.new_id(), owner, name, can, _hash(secret), self.now())
        self.store.add(key, max_keys=MAX_KEYS, issued_at=issued_at)
        return key, f"{PREFIX}{key.key_id}_{secret}"

    def list_by_owner(self, owner: str) -> list[ApiKey]:
        """The owner's keys, newest first."""
        return self.store.list_by_owner(owner)

    def revoke(self, owner: str, key_id: str) -> None:
        """Revoke a key permanently; raises NotFound, also for another owner's key."""
        if not self.store.remove(owner, key_id):
            raise NotFound("API key not found.")

    def authenticate(self, token: str) -> Caller:
        """The caller this token identifies, with its permissions; raises Unauthenticated."""
        match = TOKEN.fullmatch(token)
        key = self.store.get(match["key_id"]) if match else None
        if match is None or key is None or not hmac.compare_digest(_hash(match["secret"]), key.secret_hash):
            raise Unauthenticated("This API key is invalid or was revoked.", code="token_invalid")
        self._record_use(key)
        return Caller(key.owner, "key", {}, key.permissions, key.key_id)

    def is_active(self, key_id: str) -> bool:
        """Whether this key exists, so that it has not been revoked."""
        return self.store.get(key_id) is not None

    def _record_use(self, key: ApiKey) -> None:
        now = self.now()
        before = now - LAST_USED_INTERVAL
        if key.last_used_at is not None and key.last_used_at >= before:
            return
        try:
            self.store.record_use(key.key_id, now, before=before)
        except Exception:  # noqa: BLE001 - the request itself is valid
            logger().warning("Could not record the use of an API key", exc_info=True, extra={"key_id": key.key_id})


def is_api_key(token: str) -> bool:
    """Whether this token has the form of an API key."""
    return token.startswith(PREFIX)


def parse_name(name: object) -> str:
    """A key's name: NFC, single spaces, no invisible characters, 1 to 64 characters; raises Invalid. Idempotent."""
    invalid = Invalid(f"name is required: text of 1 to {MAX_NAME_CHARACTERS} characters.", field="name")
    if not isinstance(name, str):
        raise invalid
    clean = clean_line(name)
    if not 0 < len(clean) <= MAX_NAME_CHARACTERS:
        raise invalid
    return clean


def parse_permissions(can: object) -> frozenset[Permission]:
    """The permissions of a new key; raises Invalid if there are none, or if one is repeated or unknown."""
    if not isinstance(can, list) or not can or any(word not in GRANTABLE_PERMISSIONS for word in can):
        raise Invalid(f"can must be a list of one or more of {', '.join(GRANTABLE_PERMISSIONS)}.", field="can")
    if len(set(can)) != len(can):
        raise Invalid("can must not contain a permission twice.", field="can")
    return frozenset(map(Permission, can))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
