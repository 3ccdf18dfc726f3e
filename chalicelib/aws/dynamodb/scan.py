"""Scans the photo records in DynamoDB; only the scheduled reconciliation does."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.checkpoints import DynamoCheckpoints, progress_from
from chalicelib.aws.dynamodb.items import from_wire, photo_from_item, to_wire
from chalicelib.aws.dynamodb.transaction import Tables, is_claim
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.library.photo import Photo
from chalicelib.maintenance.sources import Checkpoint, Page


@dataclass(frozen=True, slots=True)
class DynamoPhotoScanner:
    """`reconciliation.PhotoScanner` over DynamoDB."""

    client: Any
    tables: Tables

    def scan(self, after: str | None, limit: int) -> Page[Photo]:
        """Records after this id in the order of the table; eventually consistent, which costs half."""
        start = {"ExclusiveStartKey": to_wire({"photo_id": after})} if after else {}
        with translate_transient_errors():
            response = self.client.scan(TableName=self.tables.photos, Limit=limit, **start)
        items = map(from_wire, response["Items"])
        rows = [photo_from_item(item) for item in items if not is_claim(item["photo_id"])]
        last = response.get("LastEvaluatedKey")
        return Page(rows, from_wire(last)["photo_id"] if last else None)

    def load_checkpoint(self, pass_name: str) -> Checkpoint:
        """The checkpoint of this pass; an empty one at first."""
        stored = DynamoCheckpoints(self.client, self.tables).load(pass_name)
        if stored is None:
            return Checkpoint()
        times = {name: stored.get(name) for name in ("started_at", "derivatives_at")}
        return Checkpoint(
            after=stored["after"],
            progress=progress_from(stored),
            photos=stored.get("photos", 0),
            missing=stored.get("missing", 0),
            revision=stored.get("revision", 0),
            **{name: datetime.fromisoformat(time) for name, time in times.items() if time},
        )

    def save_checkpoint(self, pass_name: str, checkpoint: Checkpoint) -> None:
        """Save the checkpoint for the next run."""
        DynamoCheckpoints(self.client, self.tables).save(pass_name, checkpoint)
