"""A fake store of API keys; it passes the same contract tests as the one in DynamoDB."""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.accounts.api_keys import ApiKey
from chalicelib.accounts.revocations import check_token_time
from chalicelib.errors import Conflict


@dataclass
class MemoryApiKeyStore:
    """`ApiKeyStore` and `RevocationStore` over dictionaries."""

    keys: dict[str, ApiKey] = field(default_factory=dict)
    revocations: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, key: ApiKey, *, max_keys: int, issued_at: int) -> None:
        with self.lock:
            check_token_time(issued_at, self.revocations.get(key.owner))
            if len(self.list_by_owner(key.owner)) >= max_keys or key.key_id in self.keys:
                raise Conflict(f"You already have {max_keys} API keys. Revoke one first.")
            self.keys[key.key_id] = key

    def get(self, key_id: str) -> ApiKey | None:
        return self.keys.get(key_id)

    def list_by_owner(self, owner: str) -> list[ApiKey]:
        own = (key for key in self.keys.values() if key.owner == owner)
        return sorted(own, key=lambda key: (key.created_at, key.key_id), reverse=True)

    def remove(self, owner: str, key_id: str) -> bool:
        key = self.keys.get(key_id)
        if key is None or key.owner != owner:
            return False
        del self.keys[key_id]
        return True

    def revoked_at(self, owner: str) -> int | None:
        return self.revocations.get(owner)

    def revoke(self, owner: str, at: int) -> None:
        self.revocations[owner] = at

    def record_use(self, key_id: str, at: datetime, *, before: datetime) -> None:
        key = self.keys.get(key_id)
        if key is not None and (key.last_used_at is None or key.last_used_at < before):
            self.keys[key_id] = replace(key, last_used_at=at)
