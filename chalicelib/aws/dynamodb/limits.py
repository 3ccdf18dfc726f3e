"""Limits that hold exactly under concurrency: at most so many unexpired entries in a set.

A set is one row of the bundles table. An entry is added with the condition that there is room, so two requests can't
take the last place. Expired entries are removed only when a set is full.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import Wire, format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.requests import CONDITION_FAILED
from chalicelib.aws.errors import error_code, translate_transient_errors

PART = "entries"
MESSAGE_PERIOD = timedelta(hours=1)
TTL_AFTER_EXPIRY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LimitedSet:
    """The set of one owner and purpose, with at most `max_entries` unexpired entries."""

    client: Any
    table: str
    name: str
    max_entries: int

    def addition(self, entry_id: str, expires_at: datetime) -> Mapping[str, Any]:
        """The update that adds an entry; its condition fails if there is no room."""
        return self._update("ADD entries :entries SET expires_at = :ttl") | {
            "ConditionExpression": "attribute_not_exists(entries) OR size(entries) < :max_entries",
            "ExpressionAttributeValues": to_wire(
                {
                    ":entries": {_entry(entry_id, expires_at)},
                    ":max_entries": self.max_entries,
                    ":ttl": int((expires_at + TTL_AFTER_EXPIRY).timestamp()),
                }
            ),
        }

    def removal(self, *entries: str) -> Mapping[str, Any]:
        """The update that removes entries, whether they exist or not."""
        values = {"ExpressionAttributeValues": to_wire({":entries": set(entries)})}
        return self._update("DELETE entries :entries") | values

    def removal_of(self, entry_id: str, expires_at: datetime) -> Mapping[str, Any]:
        """The update that removes the entry with this id and expiry."""
        return self.removal(_entry(entry_id, expires_at))

    def make_room(self, now: datetime) -> bool:
        """Remove the expired entries; returns False if the set is full all the same. Consistent read."""
        entries = self._entries()
        active = {entry for entry in entries if entry.partition("#")[0] > format_timestamp(now)}
        if len(active) >= self.max_entries:
            return False
        if expired := entries - active:
            with translate_transient_errors():
                self.client.update_item(**self.removal(*expired))
        return True

    def _entries(self) -> set[str]:
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.table, Key=self._key, ConsistentRead=True)
        return set(from_wire(response.get("Item", {})).get(PART, ()))

    @property
    def _key(self) -> Wire:
        return to_wire({"bundle_id": self.name, "part": PART})

    def _update(self, expression: str) -> dict[str, Any]:
        return {"TableName": self.table, "Key": self._key, "UpdateExpression": expression}


@dataclass(frozen=True, slots=True)
class DynamoMessageLimit:
    """`notifications.MessageLimit` over DynamoDB."""

    client: Any
    table: str
    max_messages: int

    def take(self, owner: str, message_id: str, now: datetime) -> bool:
        """Count a message; returns False if the owner has had `max_messages` within an hour."""
        messages = LimitedSet(self.client, self.table, f"messages#{owner}", self.max_messages)
        addition = messages.addition(message_id, now + MESSAGE_PERIOD)
        while messages.make_room(now):
            try:
                with translate_transient_errors():
                    self.client.update_item(**addition)
            except ClientError as error:
                if error_code(error) != CONDITION_FAILED:
                    raise
            else:
                return True
        return False


def _entry(entry_id: str, expires_at: datetime) -> str:
    """An entry; text order is the order of expiry."""
    return f"{format_timestamp(expires_at)}#{entry_id}"
