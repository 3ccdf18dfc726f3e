"""The collections and their totals in DynamoDB, to read: one query a page."""

from dataclasses import dataclass
from typing import Any

from chalicelib.aws.dynamodb.items import from_wire, to_wire, trend_of
from chalicelib.aws.dynamodb.transaction import Tables, collection_id
from chalicelib.aws.faults import passing_as_unavailable
from chalicelib.gallery import Order, Place, Row
from chalicelib.trends import Trend


@dataclass(frozen=True, slots=True)
class DynamoShelves:
    """`gallery.Shelves` over DynamoDB."""

    client: Any
    tables: Tables

    def rows(self, scope: str, tag: str, *, after: str | None, limit: int) -> list[Row]:
        """Newest first, strictly behind the position `after`; consistent."""
        values = {":collection": collection_id(scope, tag)} | ({":after": after} if after else {})
        with passing_as_unavailable():
            answer = self.client.query(
                TableName=self.tables.memberships,
                KeyConditionExpression="#collection = :collection" + (" AND #position < :after" if after else ""),
                ExpressionAttributeNames={"#collection": "collection", "#position": "position"}
                if after
                else {"#collection": "collection"},
                ExpressionAttributeValues=to_wire(values),
                ScanIndexForward=False,
                ConsistentRead=True,
                Limit=limit,
            )
        items = map(from_wire, answer["Items"])
        return [Row(position=item["position"], photo_id=item["photo_id"]) for item in items]

    def ranking(self, scope: str, order: Order, *, after: Place | None, limit: int) -> list[Trend]:
        """Tags in use, the highest first; those out of use stay behind the key condition."""
        start = {"scope": scope, "tag": after.tag, "ranked": scope, str(order): after.figure} if after else None
        with passing_as_unavailable():
            answer = self.client.query(
                TableName=self.tables.trends,
                IndexName=f"by_{order}",
                KeyConditionExpression="ranked = :scope AND #figure > :none",
                ExpressionAttributeNames={"#figure": str(order)},
                ExpressionAttributeValues=to_wire({":scope": scope, ":none": 0}),
                ScanIndexForward=False,
                Limit=limit,
                **({"ExclusiveStartKey": to_wire(start)} if start else {}),
            )
        return [trend_of(from_wire(wire)) for wire in answer["Items"]]

    def trend(self, scope: str, tag: str) -> Trend | None:
        """One collection's totals; consistent."""
        with passing_as_unavailable():
            answer = self.client.get_item(
                TableName=self.tables.trends, Key=to_wire({"scope": scope, "tag": tag}), ConsistentRead=True
            )
        return trend_of(from_wire(answer["Item"])) if "Item" in answer else None
