"""The records of photos in DynamoDB, to go through one by one: it scans, but only on the schedule."""

from dataclasses import dataclass
from typing import Any

from chalicelib.aws.dynamodb.checkpoints import DynamoCheckpoints, progress_from
from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, to_wire
from chalicelib.aws.dynamodb.transaction import Tables, is_claim
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.library.photo import Photo
from chalicelib.maintenance.reconciliation import Checkpoint, Page


@dataclass(frozen=True, slots=True)
class DynamoPhotoScanner:
    """`inventory.Register` over DynamoDB."""

    client: Any
    tables: Tables

    def scan(self, after: str | None, limit: int) -> Page[Photo]:
        """Records behind this id in the table's own order; eventually consistent, at half the price."""
        start = {"ExclusiveStartKey": to_wire({"photo_id": after})} if after else {}
        with translate_transient_errors():
            answer = self.client.scan(TableName=self.tables.photos, Limit=limit, **start)
        items = map(from_wire, answer["Items"])
        rows = [photo_from_item(item) for item in items if not is_claim(item["photo_id"])]
        last = answer.get("LastEvaluatedKey")
        return Page(rows, from_wire(last)["photo_id"] if last else None)

    def load_checkpoint(self, pass_name: str) -> Checkpoint:
        """The place that was kept of this walk; a new one at first."""
        kept = DynamoCheckpoints(self.client, self.tables).load(pass_name)
        return Checkpoint(kept["after"], progress_from(kept)) if kept else Checkpoint()

    def save_checkpoint(self, pass_name: str, checkpoint: Checkpoint) -> None:
        """Keep this place for the next run."""
        DynamoCheckpoints(self.client, self.tables).save(pass_name, checkpoint)
