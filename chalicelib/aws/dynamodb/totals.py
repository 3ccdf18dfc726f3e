"""The stored totals in DynamoDB. It scans, which only the scheduled recount does."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.checkpoints import DynamoCheckpoints, progress_from
from chalicelib.aws.dynamodb.collections import DynamoCollectionReader
from chalicelib.aws.dynamodb.items import WEIGHT_CLASSES, format_timestamp, from_wire, to_wire, trend_from_item
from chalicelib.aws.dynamodb.requests import CONDITION_FAILED, pages, update_expression
from chalicelib.aws.dynamodb.transaction import CHECKPOINT_SCOPE, Tables, collection_id
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.library.collections import ALL_PHOTOS, photo_id_at
from chalicelib.library.memberships import Membership
from chalicelib.library.totals import Totals, Trend
from chalicelib.maintenance.recount import Count, RecountCheckpoint

RECOUNT = "recount"


@dataclass(frozen=True, slots=True)
class DynamoTotalsStore:
    """`recount.TotalsStore` over DynamoDB."""

    client: Any
    tables: Tables

    def next_trend(self, after: tuple[str, str] | None) -> Trend | None:
        """The trend after (scope, tag) in the order of the table; None at the end."""
        start = {"ExclusiveStartKey": to_wire({"scope": after[0], "tag": after[1]})} if after else {}
        for page in pages(self.client.scan, TableName=self.tables.trends, Limit=1, ConsistentRead=True, **start):
            for item in map(from_wire, page["Items"]):
                if item["scope"] != CHECKPOINT_SCOPE:
                    return trend_from_item(item)
        return None

    def get_trend(self, scope: str, tag: str) -> Trend | None:
        """The current trend; consistent read."""
        return DynamoCollectionReader(self.client, self.tables).get_trend(scope, tag)

    def members(self, scope: str, tag: str, after: str | None, limit: int) -> list[Membership]:
        """Rows of a collection after this position, newest first; consistent read."""
        values = {":collection": collection_id(scope, tag)} | ({":after": after} if after else {})
        names = {"#collection": "collection"} | ({"#position": "position"} if after else {})
        with translate_transient_errors():
            response = self.client.query(
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
                photo_id=photo_id_at(item["position"]),
                position=item["position"],
                weight=int(item.get("weight", 0)),
                heat=int(item.get("heat", 0)),
                bytes=int(item.get("bytes", 0)),
            )
            for item in map(from_wire, response["Items"])
        ]

    def tags_in_use(self, scope: str) -> int:
        """The number of tags with a photo in this scope; consistent read."""
        # Two ranges around the timeline, because a filter can't name an attribute of the key.
        return sum(self._count_tags(scope, condition) for condition in ("#tag < :timeline", "#tag > :timeline"))

    def _count_tags(self, scope: str, condition: str) -> int:
        counted = pages(
            self.client.query,
            TableName=self.tables.trends,
            KeyConditionExpression=f"#scope = :scope AND {condition}",
            FilterExpression="#count > :none",
            ExpressionAttributeNames={"#scope": "scope", "#count": "count", "#tag": "tag"},
            ExpressionAttributeValues=to_wire({":scope": scope, ":none": 0, ":timeline": ALL_PHOTOS}),
            Select="COUNT",
            ConsistentRead=True,
        )
        return sum(page["Count"] for page in counted)

    def correct(self, trend: Trend) -> bool:
        """Store these totals if the stored version is unchanged; returns whether it was."""
        update = update_expression(
            _totals_attributes(trend),
            removes=() if trend.cover else ("cover",),
            condition_values={":counted_version": trend.version},
        )
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.tables.trends,
                    Key=to_wire({"scope": trend.scope, "tag": trend.tag}),
                    ConditionExpression="#version = :counted_version",
                    **update,
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return False
        return True

    def load_checkpoint(self) -> RecountCheckpoint:
        """The saved checkpoint; an empty one at first."""
        stored = DynamoCheckpoints(self.client, self.tables).load(RECOUNT)
        return _checkpoint_from(stored) if stored else RecountCheckpoint()

    def save_checkpoint(self, checkpoint: RecountCheckpoint) -> None:
        """Save the checkpoint for the next run."""
        DynamoCheckpoints(self.client, self.tables).save(RECOUNT, checkpoint)


def _totals_attributes(trend: Trend) -> dict[str, Any]:
    """The attributes of a corrected trend, with the next version; weight classes without photos are set to 0."""
    values: dict[str, Any] = {
        "count": trend.totals.count,
        "bytes": trend.totals.bytes,
        "heat": trend.totals.heat,
        "tag_count": trend.tag_count,
        "version": trend.version + 1,
    }
    for weight_class in range(WEIGHT_CLASSES):
        values |= {f"n{weight_class:02d}": 0, f"w{weight_class:02d}": 0}
    for weight_class, photos, weight in trend.totals.classes:
        values |= {f"n{weight_class:02d}": photos, f"w{weight_class:02d}": weight}
    if trend.counted_at:
        values |= {"months": dict(trend.months), "counted_at": format_timestamp(trend.counted_at)}
    if trend.cover:
        values["cover"] = trend.cover
    return values


def _checkpoint_from(stored: dict[str, Any]) -> RecountCheckpoint:
    count = stored["count"]
    if count:
        classes = tuple((c, n, w) for c, n, w in count["totals"]["classes"])
        count = Count(**{**count, "totals": Totals(**{**count["totals"], "classes": classes})})
    return RecountCheckpoint(
        done=tuple(stored["done"]) if stored["done"] else None, count=count, progress=progress_from(stored)
    )
