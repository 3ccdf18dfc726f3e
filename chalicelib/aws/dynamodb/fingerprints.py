"""Fingerprints in DynamoDB: the rows of their collection, and a count of changes per owner among the checkpoints."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.items import format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.requests import pages, trend_rows, update_expression
from chalicelib.aws.dynamodb.transaction import (
    CHECKPOINT_SCOPE,
    FINGERPRINT_COUNTERS,
    Tables,
    collection_id,
    fingerprint_counter,
)
from chalicelib.aws.errors import translate_transient_errors
from chalicelib.library.collections import FINGERPRINTS, owner_scope
from chalicelib.library.fingerprints import Fingerprint, parse_fingerprint
from chalicelib.maintenance.similarity import FingerprintChanges


@dataclass(frozen=True, slots=True)
class DynamoFingerprints:
    """`similarity.FingerprintStore` over DynamoDB."""

    client: Any
    tables: Tables

    def list_changes(self) -> list[FingerprintChanges]:
        """The counts of all owners; consistent read, so that what they count is in the rows that are read next."""
        found = trend_rows(self.client, self.tables.trends, CHECKPOINT_SCOPE, FINGERPRINT_COUNTERS, ConsistentRead=True)
        return [_changes_from(from_wire(wire)) for wire in found]

    def read_fingerprints(self, owner: str) -> Iterator[Fingerprint]:
        """An owner's fingerprints, newest first; consistent reads of 1 MB each."""
        found = pages(
            self.client.query,
            TableName=self.tables.memberships,
            KeyConditionExpression="#collection = :collection",
            ProjectionExpression="photo_id, #position, fingerprint",
            ExpressionAttributeNames={"#collection": "collection", "#position": "position"},
            ExpressionAttributeValues=to_wire({":collection": collection_id(owner_scope(owner), FINGERPRINTS)}),
            ScanIndexForward=False,
            ConsistentRead=True,
        )
        for page in found:
            for wire in page["Items"]:
                yield parse_fingerprint(wire["photo_id"]["S"], wire["position"]["S"], bytes(wire["fingerprint"]["B"]))

    def save_comparison(self, compared: FingerprintChanges) -> None:
        """Record when an owner's fingerprints were compared."""
        sets: dict[str, Any] = {"compared": compared.compared, "rows": compared.rows}
        if compared.compared_at:
            sets["compared_at"] = format_timestamp(compared.compared_at)
        with translate_transient_errors():
            self.client.update_item(
                TableName=self.tables.trends,
                Key=to_wire(fingerprint_counter(owner_scope(compared.owner))),
                **update_expression(sets),
            )


def _changes_from(item: dict[str, Any]) -> FingerprintChanges:
    scope = item["tag"].removeprefix(FINGERPRINT_COUNTERS)
    return FingerprintChanges(
        owner=scope.removeprefix(owner_scope("")),
        changes=int(item.get("changes", 0)),
        compared=int(item.get("compared", 0)),
        compared_at=datetime.fromisoformat(item["compared_at"]) if "compared_at" in item else None,
        rows=int(item.get("rows", 0)),
    )
