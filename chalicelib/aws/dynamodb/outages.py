"""The current outage of the labeler, one row of the trends table among the checkpoints."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.items import format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.transaction import CHECKPOINT_SCOPE, Tables
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.labels.outage import Outage

ROW = {"scope": CHECKPOINT_SCOPE, "tag": "labeler"}


@dataclass(frozen=True, slots=True)
class DynamoOutages:
    """`outage.OutageStore` over DynamoDB."""

    client: Any
    tables: Tables

    def load(self) -> Outage | None:
        """The current outage; eventually consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.tables.trends, Key=to_wire(ROW))
        if "Item" not in response:
            return None
        item = from_wire(response["Item"])
        return Outage(item["reason"], datetime.fromisoformat(item["since"]))

    def record(self, outage: Outage) -> None:
        """Store an outage; one that is stored already keeps its `since`."""
        with translate_transient_errors():
            self.client.update_item(
                TableName=self.tables.trends,
                Key=to_wire(ROW),
                UpdateExpression="SET reason = :reason, since = if_not_exists(since, :since)",
                ExpressionAttributeValues=to_wire({":reason": outage.reason, ":since": format_timestamp(outage.since)}),
            )

    def clear(self) -> None:
        """Delete the row."""
        with translate_transient_errors():
            self.client.delete_item(TableName=self.tables.trends, Key=to_wire(ROW))
