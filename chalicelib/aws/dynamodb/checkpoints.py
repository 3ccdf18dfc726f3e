"""Checkpoints of the scheduled passes, stored as separate rows in the trends table."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.dynamodb.items import format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.transaction import CHECKPOINT_SCOPE, Tables
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.maintenance.pacing import PassProgress

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class DynamoCheckpoints:
    """Stores checkpoints as JSON, by the name of their pass."""

    client: Any
    tables: Tables

    def load(self, pass_name: str) -> dict[str, Any] | None:
        """The stored checkpoint of this pass as plain values, or None; consistent read."""
        key = to_wire({"scope": CHECKPOINT_SCOPE, "tag": pass_name})
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.tables.trends, Key=key, ConsistentRead=True)
        return dict(json.loads(from_wire(response["Item"])["checkpoint"])) if "Item" in response else None

    def save(self, pass_name: str, checkpoint: "DataclassInstance") -> None:
        """Store this checkpoint in place of the previous one."""
        text = json.dumps(asdict(checkpoint), default=format_timestamp)
        item = to_wire({"scope": CHECKPOINT_SCOPE, "tag": pass_name, "checkpoint": text})
        with translate_transient_errors():
            self.client.put_item(TableName=self.tables.trends, Item=item)


def progress_from(stored: dict[str, Any]) -> PassProgress:
    """The progress in a stored checkpoint."""
    progress = dict(stored["progress"])
    paused_until = progress.pop("paused_until")
    return PassProgress(**progress, paused_until=datetime.fromisoformat(paused_until) if paused_until else None)
