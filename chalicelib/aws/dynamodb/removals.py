"""The count of removals, one row of the trends table among the checkpoints."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.items import format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.transaction import CHECKPOINT_SCOPE, Tables
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.ingest.removal_limit import RemovalCounts

ROW = {"scope": CHECKPOINT_SCOPE, "tag": "removals"}


@dataclass(frozen=True, slots=True)
class DynamoRemovalCounter:
    """`removal_limit.RemovalCounter` over DynamoDB."""

    client: Any
    tables: Tables

    def add(self) -> RemovalCounts:
        """Count one removal; returns the counts with it."""
        return _counts(self._update("ADD removals :one", {":one": 1}))

    def read(self) -> RemovalCounts:
        """The current counts; consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.tables.trends, Key=to_wire(ROW), ConsistentRead=True)
        return _counts(response.get("Item", {}))

    def stop(self, now: datetime) -> None:
        """Record that removals are stopped, unless they are."""
        self._update("SET stopped_at = if_not_exists(stopped_at, :now)", {":now": format_timestamp(now)})

    def set_photos(self, photos: int) -> None:
        """Record how many photos a pass has counted."""
        self._update("SET photos = :photos", {":photos": photos})

    def start_again(self, photos: int) -> None:
        """Count from zero, with removals allowed."""
        self._update("SET photos = :photos, removals = :zero REMOVE stopped_at", {":photos": photos, ":zero": 0})

    def _update(self, expression: str, values: dict[str, Any]) -> Any:
        with translate_transient_errors():
            response = self.client.update_item(
                TableName=self.tables.trends,
                Key=to_wire(ROW),
                UpdateExpression=expression,
                ExpressionAttributeValues=to_wire(values),
                ReturnValues="ALL_NEW",
            )
        return response["Attributes"]


def _counts(wire: Any) -> RemovalCounts:
    item = from_wire(wire)
    stopped_at = item.get("stopped_at")
    return RemovalCounts(
        removals=int(item.get("removals", 0)),
        photos=int(item.get("photos", 0)),
        stopped_at=datetime.fromisoformat(stopped_at) if stopped_at else None,
    )
