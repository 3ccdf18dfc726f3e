"""Ends the leases of the workers of an earlier run, so that what they were working on is continued at once.

On AWS nobody knows whether a worker is dead, so a lease must end first. Here all workers exit with their library, and
the lock of the data directory says that no other library runs.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from chalicelib.aws.dynamodb.items import DUE, format_timestamp, to_wire
from chalicelib.ingest.leases import MAX_REMAINING

type Key = Mapping[str, Any]  # in DynamoDB JSON


def end_leases(dynamodb: Any, photos_table: str, bundles_table: str, now: datetime) -> int:
    """End all leases of photos and volumes of bundles; returns their number. No worker may be running."""
    ended = 0
    for table, attribute, keys in (
        (photos_table, "due_at", _due_soon(dynamodb, photos_table, now)),
        (bundles_table, "lease_expires_at", _leased_volumes(dynamodb, bundles_table, now)),
    ):
        for key in list(keys):
            ended += _end_lease(dynamodb, table, key, attribute, now)
    return ended


def _due_soon(dynamodb: Any, table: str, now: datetime) -> Iterator[Key]:
    """Photos that are due within the duration of a lease; some have no lease."""
    values = {":due": DUE, ":now": format_timestamp(now), ":end": format_timestamp(now + MAX_REMAINING)}
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        IndexName="due",
        KeyConditionExpression="due = :due AND due_at BETWEEN :now AND :end",
        ExpressionAttributeValues=to_wire(values),
    )
    for page in pages:
        yield from ({"photo_id": item["photo_id"]} for item in page["Items"])


def _leased_volumes(dynamodb: Any, table: str, now: datetime) -> Iterator[Key]:
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="attribute_exists(#worker) AND lease_expires_at > :now",
        ExpressionAttributeNames={"#worker": "worker"},
        ExpressionAttributeValues=to_wire({":now": format_timestamp(now)}),
    )
    for page in pages:
        yield from ({name: item[name] for name in ("bundle_id", "part")} for item in page["Items"])


def _end_lease(dynamodb: Any, table: str, key: Key, attribute: str, now: datetime) -> bool:
    try:
        dynamodb.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET #end = :now",
            ConditionExpression="attribute_exists(#worker) AND #end > :now",
            ExpressionAttributeNames={"#end": attribute, "#worker": "worker"},
            ExpressionAttributeValues=to_wire({":now": format_timestamp(now)}),
        )
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True
