"""Relabelings, one row of each owner among the checkpoints in the trends table."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import Wire, format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.requests import CONDITION_FAILED, trend_rows
from chalicelib.aws.dynamodb.transaction import CHECKPOINT_SCOPE, Tables
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.errors import Conflict
from chalicelib.maintenance.relabeling import Relabeling, Walk

PREFIX = "relabeling#"
_TIMES = ("started_at", "progressed_at", "finished_at")


@dataclass(frozen=True, slots=True)
class DynamoRelabelingStore:
    """`relabeling.RelabelingStore` over DynamoDB."""

    client: Any
    tables: Tables

    def get(self, owner: str) -> Relabeling | None:
        """The last relabeling of this owner, or None; consistent read."""
        with translate_transient_errors():
            response = self.client.get_item(TableName=self.tables.trends, Key=_key(owner), ConsistentRead=True)
        return _from_item(response["Item"]) if "Item" in response else None

    def list_running(self) -> list[Relabeling]:
        """All relabelings that are running; consistent read."""
        found = trend_rows(self.client, self.tables.trends, CHECKPOINT_SCOPE, PREFIX, ConsistentRead=True)
        return [relabeling for relabeling in map(_from_item, found) if relabeling.is_running]

    def save(self, relabeling: Relabeling) -> Relabeling:
        """Store a relabeling in place of the version that it has; raises Conflict if another version is stored."""
        stored = replace(relabeling, version=relabeling.version + 1)
        item = {
            "relabeling": json.dumps(asdict(stored), default=format_timestamp),
            "version": stored.version,
        }
        is_new = relabeling.version == 0
        condition = "attribute_not_exists(#version)" if is_new else "#version = :before"
        values = {} if is_new else {"ExpressionAttributeValues": to_wire({":before": relabeling.version})}
        try:
            with translate_transient_errors():
                self.client.put_item(
                    TableName=self.tables.trends,
                    Item=_key(relabeling.owner) | to_wire(item),
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#version": "version"},
                    **values,
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            raise Conflict("The relabeling has changed since it was read.") from error
        return stored

    def remove(self, owner: str) -> None:
        """Forget this owner's relabeling, if there is one."""
        with translate_transient_errors():
            self.client.delete_item(TableName=self.tables.trends, Key=_key(owner))


def _key(owner: str) -> Wire:
    return to_wire({"scope": CHECKPOINT_SCOPE, "tag": f"{PREFIX}{owner}"})


def _from_item(wire: Wire) -> Relabeling:
    values = json.loads(from_wire(wire)["relabeling"])
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values[name] else None
    walk = Walk(**values["walk"] | {"waiting": tuple(values["walk"]["waiting"])})
    return Relabeling(**values | {"walk": walk, "tags": tuple(values["tags"])})
