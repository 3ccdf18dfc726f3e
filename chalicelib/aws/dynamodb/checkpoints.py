"""The places where the walks of the schedule stopped: rows of their own in the trends table."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.aws.dynamodb.items import format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.transaction import Tables
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.maintenance.pacing import PassProgress

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

CHECKPOINT_SCOPE = "!checkpoint"  # no scope of a library looks like this


@dataclass(frozen=True, slots=True)
class DynamoCheckpoints:
    """Bookmarks by the name of their walk, as JSON."""

    client: Any
    tables: Tables

    def load(self, walk: str) -> dict[str, Any] | None:
        """What was kept of this walk, as plain values; consistent."""
        key = to_wire({"scope": CHECKPOINT_SCOPE, "tag": walk})
        with translate_transient_errors():
            answer = self.client.get_item(TableName=self.tables.trends, Key=key, ConsistentRead=True)
        return dict(json.loads(from_wire(answer["Item"])["checkpoint"])) if "Item" in answer else None

    def save(self, walk: str, bookmark: "DataclassInstance") -> None:
        """Keep this in the place of what was kept before."""
        place = json.dumps(asdict(bookmark), default=format_timestamp)
        with translate_transient_errors():
            item = to_wire({"scope": CHECKPOINT_SCOPE, "tag": walk, "checkpoint": place})
            self.client.put_item(TableName=self.tables.trends, Item=item)


def progress_from(kept: dict[str, Any]) -> PassProgress:
    """The pace within a bookmark that was kept; those from before there was one have none."""
    pace = kept.get("progress", {})
    until = pace.get("paused_until")
    return PassProgress(pace.get("rows", 0), datetime.fromisoformat(until) if until else None)
