"""API keys in DynamoDB: a row per key, and a row per owner with the ids of their keys and a revocation of their tokens.

Both change in one transaction. Unlike an index, the list is therefore consistent with the keys, and concurrent
requests cannot create more keys than allowed, nor any after a revocation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.accounts.api_keys import ApiKey
from chalicelib.accounts.identity import Permission
from chalicelib.accounts.revocations import check_token_time
from chalicelib.aws.dynamodb.items import Wire, format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.requests import CONDITION_FAILED, CONDITION_REASON, TRANSIENT_REASONS
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Conflict, Unavailable


@dataclass(frozen=True, slots=True)
class DynamoApiKeyStore:
    """`api_keys.ApiKeyStore` and `revocations.RevocationStore` over DynamoDB."""

    client: Any
    table: str

    def add(self, key: ApiKey, *, max_keys: int, issued_at: int) -> None:
        """Add a key that was requested with a token of this time, in seconds since 1970.

        Raises Conflict if its owner already has `max_keys`, and Unauthenticated if such tokens are revoked.
        """
        row = {"Put": {"Item": _key_to_item(key), "ConditionExpression": "attribute_not_exists(key_id)"}}
        list_update = {
            "Update": {
                "Key": _owner_key(key.owner),
                "UpdateExpression": "ADD ids :id",
                "ConditionExpression": "(attribute_not_exists(ids) OR size(ids) < :max_keys)"
                " AND (attribute_not_exists(revoked_at) OR revoked_at < :issued_at)",
                "ExpressionAttributeValues": to_wire(
                    {":id": {key.key_id}, ":max_keys": max_keys, ":issued_at": issued_at}
                ),
            }
        }
        if not self._write(row, list_update):
            check_token_time(issued_at, self.revoked_at(key.owner))
            raise Conflict(f"You already have {max_keys} API keys. Revoke one first.")

    def get(self, key_id: str) -> ApiKey | None:
        """The key, or None; consistent read."""
        if not _is_key_id(key_id):
            return None
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.table, Key=to_wire({"key_id": key_id}), ConsistentRead=True)
        return _key_from_item(response["Item"]) if "Item" in response else None

    def list_by_owner(self, owner: str) -> list[ApiKey]:
        """The owner's keys, newest first: two consistent reads."""
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.table, Key=_owner_key(owner), ConsistentRead=True)
            ids = from_wire(response.get("Item", {})).get("ids", set())
            if not ids:
                return []
            request = {"Keys": [to_wire({"key_id": key_id}) for key_id in ids], "ConsistentRead": True}
            found = self.client.batch_get_item(RequestItems={self.table: request})
        if found.get("UnprocessedKeys"):
            raise Unavailable("The list of API keys could not be read completely.")
        keys = (_key_from_item(wire) for wire in found["Responses"][self.table])
        return sorted(keys, key=lambda key: (key.created_at, key.key_id), reverse=True)

    def remove(self, owner: str, key_id: str) -> bool:
        """Remove the owner's key; returns whether it existed."""
        if not _is_key_id(key_id):
            return False
        row = {
            "Delete": {
                "Key": to_wire({"key_id": key_id}),
                "ConditionExpression": "#owner = :owner",
                "ExpressionAttributeNames": {"#owner": "owner"},
                "ExpressionAttributeValues": to_wire({":owner": owner}),
            }
        }
        list_update = {
            "Update": {
                "Key": _owner_key(owner),
                "UpdateExpression": "DELETE ids :id",
                "ExpressionAttributeValues": to_wire({":id": {key_id}}),
            }
        }
        return self._write(row, list_update)

    def revoked_at(self, owner: str) -> int | None:
        """When the owner's tokens were revoked, in whole seconds since 1970, or None; consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(
                TableName=self.table,
                Key=_owner_key(owner),
                ConsistentRead=True,
                ProjectionExpression="revoked_at",
            )
        revoked_at = from_wire(response.get("Item", {})).get("revoked_at")
        return None if revoked_at is None else int(revoked_at)

    def revoke(self, owner: str, at: int) -> None:
        """Revoke every token of the owner that was issued until then, in seconds since 1970."""
        with translate_transient_errors():
            self.client.update_item(
                TableName=self.table,
                Key=_owner_key(owner),
                UpdateExpression="SET revoked_at = :at",
                ExpressionAttributeValues=to_wire({":at": at}),
            )

    def record_use(self, key_id: str, at: datetime, *, before: datetime) -> None:
        """Set `last_used_at`, unless the key was removed or was used at or after `before`."""
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=to_wire({"key_id": key_id}),
                    UpdateExpression="SET last_used_at = :at",
                    ConditionExpression="attribute_exists(key_id)"
                    " AND (attribute_not_exists(last_used_at) OR last_used_at < :before)",
                    ExpressionAttributeValues=to_wire(
                        {":at": format_timestamp(at), ":before": format_timestamp(before)}
                    ),
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise

    def _write(self, *writes: dict[str, dict[str, Any]]) -> bool:
        """Make all these writes in one transaction; returns False if a condition failed."""
        items = [{verb: {"TableName": self.table, **body} for verb, body in write.items()} for write in writes]
        try:
            with translate_transient_errors():
                self.client.transact_write_items(TransactItems=items)
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if CONDITION_REASON in reasons:
                return False
            if reasons & TRANSIENT_REASONS:
                raise Unavailable("Several API keys were changed at the same time. Try again.") from error
            raise
        return True


def _owner_key(owner: str) -> Wire:
    return to_wire({"key_id": f"owner#{owner}"})


def _is_key_id(key_id: str) -> bool:
    """Whether this can be a key id: not empty, not too long, and without the `#` of the list rows."""
    return bool(key_id) and "#" not in key_id and len(key_id.encode()) <= 2048


def _key_to_item(key: ApiKey) -> Wire:
    item = {
        "key_id": key.key_id,
        "owner": key.owner,
        "name": key.name,
        "permissions": {str(right) for right in key.permissions},
        "secret_hash": key.secret_hash,
        "created_at": format_timestamp(key.created_at),
    }
    return to_wire(item | ({"last_used_at": format_timestamp(key.last_used_at)} if key.last_used_at else {}))


def _key_from_item(wire: Wire) -> ApiKey:
    item = from_wire(wire)
    return ApiKey(
        key_id=item["key_id"],
        owner=item["owner"],
        name=item["name"],
        permissions=frozenset(map(Permission, item["permissions"])),
        secret_hash=item["secret_hash"],
        created_at=datetime.fromisoformat(item["created_at"]),
        last_used_at=datetime.fromisoformat(item["last_used_at"]) if "last_used_at" in item else None,
    )
