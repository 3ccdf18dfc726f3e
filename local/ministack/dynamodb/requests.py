"""One database transaction for each request that writes: on the disk before the answer, undone if that is an error.

A repeated transaction (same client token, which SDKs send again after a lost answer) is recognized for ten minutes,
also after a restart: otherwise its counters would be added twice.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

from local.database import Database
from local.disk_space import FULL_DISK, is_full_disk_error
from local.log_lines import log_line
from local.ministack.dynamodb.bodies import body_error
from local.ministack.dynamodb.tables import StoredTables

type Response = tuple[int, dict[str, str], bytes]
type Handle = Callable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]]

READ_ONLY = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})
TOKEN_SECONDS = 600.0
EXPIRY_INTERVAL_SECONDS = 1.0
MAX_EXPIRED = 100  # items of a table that are deleted in one go


class _Refused(Exception):
    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def patch_handle_request(handle: Handle, tables: StoredTables) -> Handle:
    """MiniStack's handler, with one transaction for each request."""
    next_expiry = 0.0

    async def patched(
        method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any]
    ) -> Response:
        nonlocal next_expiry
        if invalid := body_error(body):
            return invalid
        if time.monotonic() >= next_expiry:
            delete_expired(tables, time.time())
            next_expiry = time.monotonic() + EXPIRY_INTERVAL_SECONDS
        try:
            if headers.get("x-amz-target", "").rpartition(".")[2] in READ_ONLY:
                return await handle(method, path, headers, body, query)
            with tables.database.transaction():
                response = await handle(method, path, headers, body, query)
                if response[0] >= 400:
                    raise _Refused(response)
                return response
        except _Refused as refused:
            return refused.response
        except sqlite3.OperationalError as error:
            return _storage_error(error)
        finally:
            for items in tables.items_of_tables():
                items.forget()

    return patched


def delete_expired(tables: StoredTables, now: float) -> None:
    """Delete items whose time (Unix seconds) has passed."""
    for items in tables.items_of_tables():
        try:
            items.store.delete_expired(now, MAX_EXPIRED)
        except sqlite3.OperationalError as error:
            log_line(f"expired items could not be deleted: {error}")


def _storage_error(error: sqlite3.OperationalError) -> Response:
    log_line(f"a request to DynamoDB failed: {error}")
    response: Response = (
        error_response_json("InsufficientStorage", FULL_DISK, 507)
        if is_full_disk_error(error)
        else error_response_json("InternalServerError", f"The tables could not be changed: {error}", 500)
    )
    return response


class _Signature:
    """The stored digest of a transaction, equal to the transaction itself."""

    def __init__(self, digest: str) -> None:
        self._digest = digest

    def __eq__(self, other: object) -> bool:
        return self._digest == digest(other)

    __hash__ = None  # type: ignore[assignment]


def digest(transaction: object) -> str:
    """A hash of a transaction, whatever the order of its attributes."""
    return hashlib.sha256(json.dumps(transaction, sort_keys=True).encode()).hexdigest()


def patch_token_lookup(database: Database) -> Callable[[str], dict[str, Any] | None]:
    """MiniStack's lookup of an earlier transaction with the same client token."""

    def patched(token: str) -> dict[str, Any] | None:
        found = database.connection.execute(
            "SELECT digest, response FROM transaction_tokens WHERE token = ? AND completed_at > ?",
            (_scoped(token), time.time() - TOKEN_SECONDS),
        ).fetchone()
        return {"signature": _Signature(found[0]), **json.loads(found[1])} if found else None

    return patched


def patch_token_store(database: Database) -> Callable[[str, dict[str, Any]], None]:
    """MiniStack's storing of a client token with its transaction and response; forgets those of ten minutes ago."""

    def patched(token: str, entry: dict[str, Any]) -> None:
        now = time.time()
        response = json.dumps({"response": entry["response"], "sizes": entry["sizes"]})
        with database.transaction() as connection:
            connection.execute("DELETE FROM transaction_tokens WHERE completed_at <= ?", (now - TOKEN_SECONDS,))
            connection.execute(
                "INSERT OR REPLACE INTO transaction_tokens VALUES (?, ?, ?, ?)",
                (_scoped(token), digest(entry["signature"]), response, now),
            )

    return patched


def _scoped(token: str) -> str:
    return f"{dynamodb.get_account_id()}/{dynamodb.get_region()}/{token}"
