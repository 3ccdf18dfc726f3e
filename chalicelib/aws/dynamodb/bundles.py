"""Bundles in DynamoDB: a partition for each, with its head and a row for each volume, so that one query reads it whole.

The owner's list is a partition of its own, written in the same transaction as the head. All rows carry the time at
which the table may forget them, a while after the bundle's own end, which is checked and not left to the table.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import Item, Wire, format_timestamp, from_wire, to_wire
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.bundles.models import Bundle, Volume
from chalicelib.bundles.zip import Skipped
from chalicelib.errors import Conflict

HEAD = "head"
FORGOTTEN_AFTER = timedelta(days=1)
REFUSED = "ConditionalCheckFailedException"
_PLAIN = ("number", "photos", "bytes", "photos_done", "bytes_done", "worker", "attempts", "size", "reason", "version")
_TEXT = frozenset({"worker", "reason"})


@dataclass(frozen=True, slots=True)
class DynamoBundleStore:
    """`bundles.Jobs` over DynamoDB."""

    client: Any
    table: str

    def add(self, bundle: Bundle) -> None:
        """Keep a new bundle: its volumes first, so that whoever finds the head finds them all."""
        forgotten = _forgotten(bundle)
        for volume in bundle.volumes:
            with translate_transient_errors():
                self.client.put_item(TableName=self.table, Item=to_wire(_volume_item(volume) | forgotten))
        head = {
            "bundle_id": bundle.bundle_id,
            "part": HEAD,
            "owner": bundle.owner,
            "created_at": format_timestamp(bundle.created_at),
            "ends_at": format_timestamp(bundle.expires_at),
            "notify": bundle.notify,
        }
        puts = [{"Put": {"TableName": self.table, "Item": to_wire(i | forgotten)}} for i in (head, _listed(bundle))]
        with translate_transient_errors():
            self.client.transact_write_items(TransactItems=puts)

    def get(self, bundle_id: str) -> Bundle | None:
        """The bundle with its volumes, or None."""
        if not bundle_id or "#" in bundle_id:
            return None
        items = list(self._query(bundle_id))
        head = next((item for item in items if item["part"] == HEAD), None)
        if head is None:
            return None
        return Bundle(
            bundle_id=bundle_id,
            owner=head["owner"],
            created_at=datetime.fromisoformat(head["created_at"]),
            expires_at=datetime.fromisoformat(head["ends_at"]),
            notify=head["notify"],
            volumes=tuple(_volume(item) for item in items if item["part"] != HEAD),
        )

    def list_by_owner(self, owner: str) -> list[Bundle]:
        """The owner's bundles, the newest first."""
        listed = [item["part"].rpartition("#")[2] for item in self._query(_list_of(owner))]
        return [bundle for bundle_id in reversed(listed) if (bundle := self.get(bundle_id))]

    def save_volume(self, before: Volume, after: Volume) -> Volume:
        """Replace the row of a volume; raises Conflict where it has changed, or is gone."""
        stored = replace(after, version=before.version + 1)
        item = {name: value for name, value in _volume_item(stored).items() if name not in _key(stored)}
        gone = [name for name in (*_PLAIN, "lease_expires_at", "skipped") if name not in item and name != "number"]
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=to_wire(_key(stored)),
                    UpdateExpression="SET "
                    + ", ".join(f"#{name} = :{name}" for name in item)
                    + (" REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""),
                    ConditionExpression="#version = :read",
                    ExpressionAttributeNames={f"#{name}": name for name in (*item, *gone)},
                    ExpressionAttributeValues=to_wire(
                        {f":{name}": value for name, value in item.items()} | {":read": before.version}
                    ),
                )
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            raise Conflict("This volume was taken away, or is in other hands.") from error
        return stored

    def remove(self, bundle: Bundle) -> None:
        """Take a bundle away: its head and its place in the owner's list first, then its volumes."""
        listed = _listed(bundle)
        keys = [{"bundle_id": bundle.bundle_id, "part": HEAD}, {name: listed[name] for name in ("bundle_id", "part")}]
        with translate_transient_errors():
            self.client.transact_write_items(
                TransactItems=[{"Delete": {"TableName": self.table, "Key": to_wire(key)}} for key in keys]
            )
            for volume in bundle.volumes:
                self.client.delete_item(TableName=self.table, Key=to_wire(_key(volume)))

    def begin_notification(self, bundle_id: str, now: datetime, until: datetime) -> bool:
        """Whether it is for the caller to tell the owner; raises Conflict where somebody else is about to."""
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=_head(bundle_id),
                    UpdateExpression="SET notifying_until = :until",
                    ConditionExpression="attribute_exists(#owner) AND attribute_not_exists(notified)"
                    " AND (attribute_not_exists(notifying_until) OR notifying_until <= :now)",
                    ExpressionAttributeNames={"#owner": "owner"},
                    ExpressionAttributeValues=to_wire(
                        {":until": format_timestamp(until), ":now": format_timestamp(now)}
                    ),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            head = from_wire(error.response.get("Item", {}))
            if head and not head.get("notified"):
                raise Conflict("Somebody else is about to tell the owner.") from error
            return False
        return True

    def end_notification(self, bundle_id: str, *, sent: bool) -> None:
        """Record that the notification was sent, or release the claim."""
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=_head(bundle_id),
                    UpdateExpression="SET notified = :notified" if sent else "REMOVE notifying_until",
                    ConditionExpression="attribute_exists(#owner)",
                    ExpressionAttributeNames={"#owner": "owner"},
                    **({"ExpressionAttributeValues": to_wire({":notified": True})} if sent else {}),
                )
        except ClientError as error:
            if error_code(error) != REFUSED:  # cancelled meanwhile
                raise

    def _query(self, partition: str) -> Iterator[Item]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="bundle_id = :partition",
            ExpressionAttributeValues=to_wire({":partition": partition}),
            ConsistentRead=True,
        )
        with translate_transient_errors():
            for page in pages:
                yield from map(from_wire, page["Items"])


def _key(volume: Volume) -> dict[str, str]:
    return {"bundle_id": volume.bundle_id, "part": f"{volume.number:06d}"}


def _head(bundle_id: str) -> Wire:
    return to_wire({"bundle_id": bundle_id, "part": HEAD})


def _list_of(owner: str) -> str:
    return f"owner#{owner}"


def _listed(bundle: Bundle) -> Item:
    return {"bundle_id": _list_of(bundle.owner), "part": f"{format_timestamp(bundle.created_at)}#{bundle.bundle_id}"}


def _forgotten(bundle: Bundle) -> Item:
    return {"expires_at": int((bundle.expires_at + FORGOTTEN_AFTER).timestamp())}


def _volume_item(volume: Volume) -> Item:
    plain = {name: value for name in _PLAIN if (value := getattr(volume, name)) is not None}
    due = {"lease_expires_at": format_timestamp(volume.lease_expires_at)} if volume.lease_expires_at else {}
    skipped = [{"photo_id": s.photo_id, "name": s.name, "reason": s.reason} for s in volume.skipped]
    return _key(volume) | plain | due | ({"skipped": skipped} if skipped else {})


def _volume(item: Item) -> Volume:
    plain: dict[str, Any] = {n: item[n] if n in _TEXT else int(item[n]) for n in _PLAIN if n in item}
    return Volume(
        bundle_id=item["bundle_id"],
        lease_expires_at=datetime.fromisoformat(item["lease_expires_at"]) if "lease_expires_at" in item else None,
        skipped=tuple(Skipped(**skipped) for skipped in item.get("skipped", [])),
        **plain,
    )
