"""Bundles in DynamoDB: one partition per bundle, with a head row and a row per volume, so that one query reads it.

The list of an owner's bundles is another partition, written in the same transaction as the head, and so is the set that
limits their number. Its rows hold what the head holds and the number of volumes, so that the volumes of all bundles are
read in batches. All rows have a TTL that ends some time after the bundle expires; the expiry itself is checked by the
application.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.aws.dynamodb.items import Item, format_timestamp, from_wire, to_wire
from chalicelib.aws.dynamodb.limits import LimitedSet
from chalicelib.aws.dynamodb.requests import (
    CONDITION_FAILED,
    CONDITION_REASON,
    MAX_TRIES,
    TRANSIENT_REASONS,
    backoff_seconds,
    get_items,
    pages,
    update_expression,
)
from chalicelib.aws.errors import error_code, translate_transient_errors
from chalicelib.bundles.models import Bundle, Volume
from chalicelib.bundles.zip import Skipped
from chalicelib.errors import Conflict, Unavailable

HEAD = "head"
TTL_AFTER_EXPIRY = timedelta(days=1)
_NUMBER_FIELDS = ("number", "photos", "bytes", "photos_done", "bytes_done", "attempts", "size", "version")
_TEXT_FIELDS = ("worker", "reason")
_PLAIN_FIELDS = (*_NUMBER_FIELDS, *_TEXT_FIELDS)


@dataclass(frozen=True, slots=True)
class DynamoBundleStore:
    """`models.BundleStore` over DynamoDB. `jitter` returns a number in [0, 1); `sleep` takes seconds."""

    client: Any
    table: str
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def has_room(self, owner: str, max_bundles: int, now: datetime) -> bool:
        """Whether the owner has fewer than `max_bundles` bundles that have not expired."""
        return self._active(owner, max_bundles).make_room(now)

    def add(self, bundle: Bundle, *, max_bundles: int) -> None:
        """Add a bundle: its volumes first, so that a reader who finds the head finds them all."""
        ttl = _ttl(bundle)
        for volume in bundle.volumes:
            with translate_transient_errors():
                self.client.put_item(TableName=self.table, Item=to_wire(_volume_to_item(volume) | ttl))
        rows = (_head_to_item(bundle), _list_entry(bundle))
        puts = [{"Put": {"TableName": self.table, "Item": to_wire(row | ttl)}} for row in rows]
        active = self._active(bundle.owner, max_bundles)
        limited = {"Update": active.addition(bundle.bundle_id, bundle.expires_at)}
        while not self._transact([*puts, limited]):
            if not active.make_room(bundle.created_at):
                self._remove_volumes(bundle)
                raise Conflict(f"You already have {max_bundles} bundles. Delete one first.")

    def get(self, bundle_id: str) -> Bundle | None:
        """The bundle with its volumes, or None."""
        if not bundle_id or "#" in bundle_id:
            return None
        items = list(self._query(bundle_id))
        head = next((item for item in items if item["part"] == HEAD), None)
        if head is None:
            return None
        return _bundle_from_items(bundle_id, head, [item for item in items if item["part"] != HEAD])

    def list_by_owner(self, owner: str) -> list[Bundle]:
        """The owner's bundles, newest first; a query, and a read of 100 volumes each. Raises Unavailable."""
        entries = {item["part"].rpartition("#")[2]: item for item in self._query(_owner_partition(owner))}
        keys = [
            _volume_key(bundle_id, number + 1)
            for bundle_id, entry in entries.items()
            for number in range(int(entry.get("volumes", 0)))
        ]
        volumes: dict[str, list[Item]] = {bundle_id: [] for bundle_id in entries}
        for item in get_items(self.client, self.table, keys, self._pause):
            volumes[item["bundle_id"]].append(item)
        found = (self._listed(bundle_id, entry, volumes[bundle_id]) for bundle_id, entry in reversed(entries.items()))
        return [bundle for bundle in found if bundle]

    def save_volume(self, before: Volume, after: Volume) -> Volume:
        """Replace the row of a volume; raises Conflict if it has changed or was deleted."""
        stored = replace(after, version=before.version + 1)
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=to_wire(_volume_key(stored.bundle_id, stored.number)),
                    ConditionExpression="#version = :read_version",
                    **_volume_update(stored, read_version=before.version),
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            raise Conflict("This volume was deleted, or another worker is building it.") from error
        return stored

    def remove(self, bundle: Bundle) -> None:
        """Delete a bundle: its head and its entry in the owner's list first, then its volumes."""
        keys = (_head_key(bundle.bundle_id), _list_key(bundle))
        deletes = [{"Delete": {"TableName": self.table, "Key": to_wire(key)}} for key in keys]
        active = self._active(bundle.owner)
        self._transact([*deletes, {"Update": active.removal_of(bundle.bundle_id, bundle.expires_at)}])
        self._remove_volumes(bundle)

    def begin_notification(self, bundle_id: str, now: datetime, until: datetime) -> bool:
        """Whether the caller may notify the owner; raises Conflict if another worker is doing so."""
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=to_wire(_head_key(bundle_id)),
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
            if error_code(error) != CONDITION_FAILED:
                raise
            head = from_wire(error.response.get("Item", {}))
            if head and not head.get("notified"):
                raise Conflict("Another worker is notifying the owner.") from error
            return False
        return True

    def end_notification(self, bundle_id: str, *, sent: bool) -> None:
        """Record that the notification was sent, or release the claim."""
        try:
            with translate_transient_errors():
                self.client.update_item(
                    TableName=self.table,
                    Key=to_wire(_head_key(bundle_id)),
                    UpdateExpression="SET notified = :notified" if sent else "REMOVE notifying_until",
                    ConditionExpression="attribute_exists(#owner)",
                    ExpressionAttributeNames={"#owner": "owner"},
                    **({"ExpressionAttributeValues": to_wire({":notified": True})} if sent else {}),
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:  # deleted meanwhile
                raise

    def _active(self, owner: str, max_bundles: int = 0) -> LimitedSet:
        return LimitedSet(self.client, self.table, f"active#{owner}", max_bundles)

    def _remove_volumes(self, bundle: Bundle) -> None:
        with translate_transient_errors():
            for volume in bundle.volumes:
                key = _volume_key(volume.bundle_id, volume.number)
                self.client.delete_item(TableName=self.table, Key=to_wire(key))

    def _transact(self, writes: list[dict[str, Any]]) -> bool:
        """Make all these writes, or none if a condition fails: then it returns False. Raises Unavailable."""
        for attempt in range(1, MAX_TRIES + 1):
            try:
                with translate_transient_errors():
                    self.client.transact_write_items(TransactItems=writes)
            except ClientError as error:
                reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
                if CONDITION_REASON in reasons:
                    return False
                if not reasons & TRANSIENT_REASONS:
                    raise
                self._pause(attempt)
            else:
                return True
        raise Unavailable("Several bundles were changed at the same time. Try again.")

    def _pause(self, attempt: int) -> None:
        self.sleep(backoff_seconds(attempt, self.jitter()))

    def _listed(self, bundle_id: str, entry: Item, volumes: list[Item]) -> Bundle | None:
        """The bundle of an entry in the list; None if it was deleted after the query, and some volumes with it."""
        if "volumes" not in entry:  # an earlier version wrote the key only; such bundles expire within a day
            return self.get(bundle_id)
        if len(volumes) < entry["volumes"]:
            return None
        return _bundle_from_items(bundle_id, entry, sorted(volumes, key=itemgetter("part")))

    def _query(self, partition: str) -> Iterator[Item]:
        for page in pages(
            self.client.query,
            TableName=self.table,
            KeyConditionExpression="bundle_id = :partition",
            ExpressionAttributeValues=to_wire({":partition": partition}),
            ConsistentRead=True,
        ):
            yield from map(from_wire, page["Items"])


def _volume_key(bundle_id: str, number: int) -> Item:
    return {"bundle_id": bundle_id, "part": f"{number:06d}"}


def _head_key(bundle_id: str) -> Item:
    return {"bundle_id": bundle_id, "part": HEAD}


def _owner_partition(owner: str) -> str:
    return f"owner#{owner}"


def _list_key(bundle: Bundle) -> Item:
    part = f"{format_timestamp(bundle.created_at)}#{bundle.bundle_id}"
    return {"bundle_id": _owner_partition(bundle.owner), "part": part}


def _head_to_item(bundle: Bundle) -> Item:
    return _head_key(bundle.bundle_id) | _head_fields(bundle)


def _list_entry(bundle: Bundle) -> Item:
    return _list_key(bundle) | _head_fields(bundle) | {"volumes": len(bundle.volumes)}


def _head_fields(bundle: Bundle) -> Item:
    return {
        "owner": bundle.owner,
        "created_at": format_timestamp(bundle.created_at),
        "ends_at": format_timestamp(bundle.expires_at),
        "notify": bundle.notify,
        "title": bundle.title,
        "contents": bundle.contents,
    }


def _bundle_from_items(bundle_id: str, head: Item, volumes: Iterable[Item]) -> Bundle:
    """The bundle of a head, or of an entry in the list, and of its volumes in order."""
    return Bundle(
        bundle_id=bundle_id,
        owner=head["owner"],
        created_at=datetime.fromisoformat(head["created_at"]),
        expires_at=datetime.fromisoformat(head["ends_at"]),
        notify=head["notify"],
        volumes=tuple(map(_volume_from_item, volumes)),
        # Bundles of an earlier version, which expire within a day, have none.
        title=head.get("title", ""),
        contents=head.get("contents", ""),
    )


def _ttl(bundle: Bundle) -> Item:
    return {"expires_at": int((bundle.expires_at + TTL_AFTER_EXPIRY).timestamp())}


def _volume_to_item(volume: Volume) -> Item:
    plain = {name: value for name in _PLAIN_FIELDS if (value := getattr(volume, name)) is not None}
    due = {"lease_expires_at": format_timestamp(volume.lease_expires_at)} if volume.lease_expires_at else {}
    skipped = [{"photo_id": s.photo_id, "name": s.name, "reason": s.reason} for s in volume.skipped]
    return _volume_key(volume.bundle_id, volume.number) | plain | due | ({"skipped": skipped} if skipped else {})


def _volume_update(volume: Volume, *, read_version: int) -> dict[str, Any]:
    """The update that makes the stored row equal to this volume."""
    item = _volume_to_item(volume)
    key = _volume_key(volume.bundle_id, volume.number)
    removes = {*_PLAIN_FIELDS, "lease_expires_at", "skipped"} - item.keys()
    sets = {name: value for name, value in item.items() if name not in key}
    return update_expression(sets, removes=sorted(removes), condition_values={":read_version": read_version})


def _volume_from_item(item: Item) -> Volume:
    plain: dict[str, Any] = {
        name: item[name] if name in _TEXT_FIELDS else int(item[name]) for name in _PLAIN_FIELDS if name in item
    }
    return Volume(
        bundle_id=item["bundle_id"],
        lease_expires_at=datetime.fromisoformat(item["lease_expires_at"]) if "lease_expires_at" in item else None,
        skipped=tuple(Skipped(**skipped) for skipped in item.get("skipped", [])),
        **plain,
    )
