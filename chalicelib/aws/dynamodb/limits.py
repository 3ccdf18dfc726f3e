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
PASSWORD_PERIOD = timedelta(minutes=15)
# So long a right password may stay counted.
CHECK_PERIOD = timedelta(seconds=5)
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

    def take(self, entry_id: str, expires_at: datetime, now: datetime) -> bool:
        """Add an entry, or return False if there is no room for it."""
        addition = self.addition(entry_id, expires_at)
        while self.make_room(now):
            try:
                with translate_transient_errors():
                    self.client.update_item(**addition)
            except ClientError as error:
                if error_code(error) != CONDITION_FAILED:
                    raise
            else:
                return True
        return False

    def remove(self, entry_id: str, expires_at: datetime) -> None:
        """Remove the entry with this id and expiry."""
        with translate_transient_errors():
            self.client.update_item(**self.removal_of(entry_id, expires_at))

    def expiries(self) -> list[datetime]:
        """When the entries expire, the first one first. Consistent read."""
        return sorted(datetime.fromisoformat(entry.partition("#")[0]) for entry in self._entries())

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
    """`notifications.MessageLimit` over DynamoDB: at most so many messages to a recipient within a period."""

    client: Any
    table: str
    max_messages: int
    period: timedelta = MESSAGE_PERIOD

    def take(self, recipient: str, message_id: str, now: datetime) -> bool:
        """Count a message; returns False if the recipient has had `max_messages` within the period."""
        messages = LimitedSet(self.client, self.table, f"messages#{recipient}", self.max_messages)
        return messages.take(message_id, now + self.period, now)


@dataclass(frozen=True, slots=True)
class DynamoPasswordLimit:
    """`access.PasswordLimit` over DynamoDB: at most so many wrong passwords for a link within 15 minutes."""

    client: Any
    table: str
    max_attempts: int

    def take(self, share_id: str, attempt_id: str, now: datetime) -> datetime | None:
        """Count an attempt; returns None, or when the next one is possible if there were too many."""
        attempts = self._attempts(share_id)
        if attempts.take(attempt_id, now + PASSWORD_PERIOD, now):
            return None
        expiries = attempts.expiries()
        # The last attempts may be right ones, which are uncounted as soon as they are checked.
        if not expiries or expiries[-1] > now + PASSWORD_PERIOD - CHECK_PERIOD:
            return now + CHECK_PERIOD
        return expiries[0]

    def give_back(self, share_id: str, attempt_id: str, now: datetime) -> None:
        """Uncount an attempt that was taken at this time."""
        self._attempts(share_id).remove(attempt_id, now + PASSWORD_PERIOD)

    def _attempts(self, share_id: str) -> LimitedSet:
        return LimitedSet(self.client, self.table, f"passwords#{share_id}", self.max_attempts)


def _entry(entry_id: str, expires_at: datetime) -> str:
    """An entry; text order is the order of expiry."""
    return f"{format_timestamp(expires_at)}#{entry_id}"
