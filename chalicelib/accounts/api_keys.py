"""API keys: what lets a script act for its owner, as far as they allowed, until they take it back.

A key is shown once, as `tt_{key_id}_{secret}`. Only a SHA-256 of its secret is kept; the secret is 256 random bits, so
that nothing slower is needed against guessing. Each call looks the key up anew, so what is revoked ends at once.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Invalid, NotFound, Unauthenticated
from chalicelib.observability import logger

PREFIX = "tt_"
TOKEN = re.compile(r"tt_(?P<key_id>[0-9a-z]{1,64})_(?P<secret>[0-9a-f]{64})")
SECRET_SIZE = 32
MAX_NAME_CHARACTERS = 64
# The one character of no width that is kept: emoji are joined with it.
ZERO_WIDTH_JOINER = "\u200d"
MAX_KEYS = 50
# Noted no more often than this: a script that asks all day is not a write for each of its reads.
LAST_USED_INTERVAL = timedelta(minutes=10)
# What a key may be made to do, in the order it is told.
GRANTABLE_PERMISSIONS = (Permission.READ, Permission.UPLOAD, Permission.MANAGE)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key of an owner. Times in UTC; `secret_hash` is the SHA-256 of the secret, in hexadecimal."""

    key_id: str
    owner: str
    name: str
    permissions: frozenset[Permission]
    secret_hash: str
    created_at: datetime
    last_used_at: datetime | None = None


class ApiKeyStore(Protocol):
    """Where keys are kept; every read is strongly consistent."""

    def add(self, key: ApiKey, *, max_keys: int) -> None:
        """Keep a new key; raises Conflict where its owner has `at_most` already."""

    def get(self, key_id: str) -> ApiKey | None:
        """The key, or None."""

    def list_by_owner(self, owner: str) -> list[ApiKey]:
        """The owner's keys, the newest first."""

    def remove(self, owner: str, key_id: str) -> bool:
        """Take the owner's key away; answers whether there was one."""

    def record_use(self, key_id: str, at: datetime, *, before: datetime) -> None:
        """Note that the key was used, if it is still there and its last use lies before that moment."""


@dataclass(frozen=True, slots=True)
class ApiKeyService:
    """Everything that is done with keys. `random_bytes` gives so many unpredictable bytes."""

    store: ApiKeyStore
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    random_bytes: Callable[[int], bytes]

    def create(self, owner: str, name: str, can: frozenset[Permission]) -> tuple[ApiKey, str]:
        """A new key and its token, which nobody can tell again; raises Conflict where the owner has 50."""
        secret = self.random_bytes(SECRET_SIZE).hex()
        key = ApiKey(self.new_id(), owner, name, can, _hash(secret), self.now())
        self.store.add(key, max_keys=MAX_KEYS)
        return key, f"{PREFIX}{key.key_id}_{secret}"

    def list_by_owner(self, owner: str) -> list[ApiKey]:
        """The owner's keys, the newest first."""
        return self.store.list_by_owner(owner)

    def revoke(self, owner: str, key_id: str) -> None:
        """End a key at once and for ever; raises NotFound, also for somebody else's."""
        if not self.store.remove(owner, key_id):
            raise NotFound("There is no such key.")

    def authenticate(self, token: str) -> Caller:
        """Whom this token speaks for, and what it may do; raises Unauthenticated."""
        told = TOKEN.fullmatch(token)
        key = self.store.get(told["key_id"]) if told else None
        if told is None or key is None or not hmac.compare_digest(_hash(told["secret"]), key.secret_hash):
            raise Unauthenticated("This API key is not valid, or was revoked.", code="token_invalid")
        self._record_use(key)
        return Caller(key.owner, "key", {}, key.permissions)

    def _record_use(self, key: ApiKey) -> None:
        now = self.now()
        before = now - LAST_USED_INTERVAL
        if key.last_used_at is not None and key.last_used_at >= before:
            return
        try:
            self.store.record_use(key.key_id, now, before=before)
        except Exception:  # noqa: BLE001 - whatever it is, the call itself is in order
            logger().warning("The use of a key could not be noted", exc_info=True, extra={"key_id": key.key_id})


def is_api_key(token: str) -> bool:
    """Whether this token claims to be one of our keys."""
    return token.startswith(PREFIX)


def parse_name(name: object) -> str:
    """What a person calls a key: NFC, single spaces, no control characters, 1 to 64 characters; raises Invalid."""
    problem = Invalid(f"name is required: text of 1 to {MAX_NAME_CHARACTERS} characters.", field="name")
    if not isinstance(name, str):
        raise problem
    spaced = " ".join(unicodedata.normalize("NFC", name).split())
    clean = "".join(c for c in spaced if unicodedata.category(c)[0] != "C" or c == ZERO_WIDTH_JOINER).strip(
        f" {ZERO_WIDTH_JOINER}"
    )
    if not 0 < len(clean) <= MAX_NAME_CHARACTERS:
        raise problem
    return clean


def parse_permissions(can: object) -> frozenset[Permission]:
    """What a key is to be allowed; raises Invalid for nothing, for anything twice and for what nobody can."""
    if not isinstance(can, list) or not can or any(word not in GRANTABLE_PERMISSIONS for word in can):
        raise Invalid(f"can must be a list of one or more of {', '.join(GRANTABLE_PERMISSIONS)}.", field="can")
    if len(set(can)) != len(can):
        raise Invalid("can names something twice.", field="can")
    return frozenset(map(Permission, can))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
