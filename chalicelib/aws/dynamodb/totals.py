"""The totals in DynamoDB, to count again; it scans, but only on the schedule."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.checkpoints import CHECKPOINT_SCOPE, DynamoCheckpoints, progress_from
from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.items import WEIGHT_CLASSES, format_timestamp, from_wire, to_wire, trend_from_item
from chalicelib.aws.dynamodb.transaction import Tables, collection_id
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.library.collections import ALL_PHOTOS, Membership
from chalicelib.library.totals import Totals, Trend
from chalicelib.maintenance.recount import Count, RecountCheckpoint

RECOUNT = "recount"


@dataclass(frozen=True, slots=True)
class DynamoTotalsStore:
    """`recount.Ledger` over DynamoDB."""

    client: Any
    tables: Tables

    def next_trend(self, after: tuple[str, str] | None) -> Trend | None:
        """The trend behind (scope, tag) in the table's own order, or None at the end."""
        start = after
        while True:
            extra: dict[str, Any] = (
                {"ExclusiveStartKey": to_wire({"scope": start[0], "tag": start[1]})} if start else {}
            )
            with translate_transient_errors():
                answer = self.client.scan(TableName=self.tables.trends, Limit=1, ConsistentRead=True, **extra)
            for item in map(from_wire, answer["Items"]):
                start = (item["scope"], item["tag"])
                if item["scope"] != CHECKPOINT_SCOPE:
                    return trend_from_item(item)
            if "LastEvaluatedKey" not in answer:
                return None
            last = from_wire(answer["LastEvaluatedKey"])
            start = (last["scope"], last["tag"])

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """One trend as it is now; consistent."""
        return DynamoCollectionReader(self.client, self.tables).get_trend(scope, tag)

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        """The rows of a collection behind a position, newest first; consistent."""
        values = {":collection": collection_id(scope, tag)} | ({":after": after} if after else {})
        names = {"#collection": "collection"} | ({"#position": "position"} if after else {})
        with translate_transient_errors():
            answer = self.client.query(
                TableName=self.tables.memberships,
                KeyConditionExpression="#collection = :collection" + (" AND #position < :after" if after else ""),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=to_wire(values),
                ScanIndexForward=False,
                ConsistentRead=True,
                Limit=limit,
            )
        return [
            Membership(
                scope=scope,
                tag=tag,
                photo_id=item["photo_id"],
                position=item["position"],
                weight=int(item["weight"]),
                heat=int(item["heat"]),
                bytes=int(item["bytes"]),
            )
            for item in map(from_wire, answer["Items"])
        ]

    def tags_in_use(self, scope: str) -> int:
        """How many tags of this scope have a photo; consistent."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.tables.trends,
            KeyConditionExpression="#scope = :scope",
            FilterExpression="#count > :none AND #tag <> :everything",
            ExpressionAttributeNames={"#scope": "scope", "#count": "count", "#tag": "tag"},
            ExpressionAttributeValues=to_wire({":scope": scope, ":none": 0, ":everything": ALL_PHOTOS}),
            Select="COUNT",
            ConsistentRead=True,
        )
        with translate_transient_errors():
            return sum(page["Count"] for page in pages)

    def correct(self, trend: Trend) -> bool:
        """Store these figures if the stored version is still this trend's; else answer False."""
        figures = {"count": trend.totals.count, "bytes": trend.totals.bytes, "heat": trend.totals.heat}
        for octave in range(WEIGHT_CLASSES):
            figures |= {f"n{octave:02d}": 0, f"w{octave:02d}": 0}
        for octave, photos, weight in trend.totals.classes:
            figures |= {f"n{octave:02d}": photos, f"w{octave:02d}": weight}
        values: dict[str, Any] = {**figures, "tag_count": trend.tag_count, "version": trend.version + 1}
        if trend.counted_at:
            values |= {"months": dict(trend.months), "counted_at": format_timestamp(trend.counted_at)}
        if trend.cover:
            values["cover"] = trend.cover
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.tables.trends,
                    Key=to_wire({"scope": trend.scope, "tag": trend.tag}),
                    UpdateExpression="SET "
                    + ", ".join(f"#{name} = :{name}" for name in values)
                    + ("" if trend.cover else " REMOVE cover"),
                    ConditionExpression="#version = :counted",
                    ExpressionAttributeNames={f"#{name}": name for name in values},
                    ExpressionAttributeValues=to_wire(
                        {f":{name}": value for name, value in values.items()} | {":counted": trend.version}
                    ),
                )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def load_checkpoint(self) -> RecountCheckpoint:
        """The place that was kept; a new one at first."""
        kept = DynamoCheckpoints(self.client, self.tables).load(RECOUNT)
        return _bookmark(kept) if kept else RecountCheckpoint()

    def save_checkpoint(self, checkpoint: RecountCheckpoint) -> None:
        """Keep this place for the next run."""
        DynamoCheckpoints(self.client, self.tables).save(RECOUNT, checkpoint)


def _bookmark(kept: dict[str, Any]) -> RecountCheckpoint:
    count = kept["count"]
    if count:
        classes = tuple((c, n, w) for c, n, w in count["totals"]["classes"])
        count = Count(**{**count, "totals": Totals(**{**count["totals"], "classes": classes})})
    return RecountCheckpoint(
        done=tuple(kept["done"]) if kept["done"] else None, count=count, progress=progress_from(kept)
    )
