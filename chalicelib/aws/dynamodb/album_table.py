"""The table of albums: requests and keys that its stores share."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.aws.dynamodb.items import Item, from_wire, plain_values, to_wire
from chalicelib.aws.dynamodb.requests import backoff_seconds, get_items, pages, transact
from chalicelib.library.collections import album_scope

SHARED, MEMBER, INVITATION = "shared/", "member/", "invitation/"
# Of an album that exists and is not being deleted.
EXISTS = "attribute_exists(#partition) AND attribute_not_exists(deleted_at)"
LAST_CHARACTER = "\U0010ffff"

type Write = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AlbumTable:
    """The table; all reads are strongly consistent. `jitter` returns a number in [0, 1); `sleep` takes seconds."""

    client: Any
    name: str
    sleep: Callable[[float], None]
    jitter: Callable[[], float]

    def get(self, *keys: Item) -> list[Item]:
        """The items with these keys that exist, in any order; one read."""
        return list(get_items(self.client, self.name, keys, self._pause))

    def query(
        self, partition: str, first: str, last: str, *, limit: int, after: str | None = None, newest_first: bool = False
    ) -> Iterator[Item]:
        """The rows of a partition whose entries lie in this range, in their order; `limit` for each read."""
        start = {"ExclusiveStartKey": to_wire({"partition": partition, "entry": after})} if after else {}
        found = pages(
            self.client.query,
            TableName=self.name,
            KeyConditionExpression="#partition = :partition AND #entry BETWEEN :first AND :last",
            ExpressionAttributeNames={"#partition": "partition", "#entry": "entry"},
            ExpressionAttributeValues=to_wire({":partition": partition, ":first": first, ":last": last}),
            ScanIndexForward=not newest_first,
            ConsistentRead=True,
            Limit=limit,
            **start,
        )
        return (from_wire(wire) for page in found for wire in page["Items"])

    def scan(self) -> Iterator[Item]:
        """All items as plain values, in any order; eventually consistent, which costs half."""
        found = pages(self.client.scan, TableName=self.name)
        return (plain_values(from_wire(wire)) for page in found for wire in page["Items"])

    def put(self, item: Item, condition: str = "", **values: Any) -> Write:
        """The write of an item, under a condition."""
        return {"Put": {"TableName": self.name, "Item": to_wire(item), **_condition(condition, values)}}

    def delete(self, key: Item, condition: str = "", **values: Any) -> Write:
        """The removal of an item, under a condition."""
        return {"Delete": {"TableName": self.name, "Key": to_wire(key), **_condition(condition, values)}}

    def check(self, key: Item, condition: str, **values: Any) -> Write:
        """A condition on an item that is not changed."""
        return {"ConditionCheck": {"TableName": self.name, "Key": to_wire(key), **_condition(condition, values)}}

    def update(self, key: Item, expression: str, condition: str, **values: Any) -> Write:
        """The update of an item, under a condition; each of the values is named in one of both."""
        parts = _condition(condition, values, expression)
        return {"Update": {"TableName": self.name, "Key": to_wire(key), "UpdateExpression": expression, **parts}}

    def transact(self, *writes: Write) -> frozenset[int]:
        """Make all these writes; returns the indexes of those whose condition failed: nothing is written then."""
        return transact(self.client, writes, self._pause)

    def _pause(self, attempt: int) -> None:
        self.sleep(backoff_seconds(attempt, self.jitter()))


def owner_partition(owner: str) -> str:
    """The partition of an owner's lists."""
    return f"owner/{owner}"


def invitation_partition(email_hash: str) -> str:
    """The partition of the albums that an address is invited to."""
    return f"{INVITATION}{email_hash}"


def member_key(album_id: str, owner: str) -> Item:
    """The key of a membership."""
    return {"partition": album_scope(album_id), "entry": f"{MEMBER}{owner}"}


def invitation_key(album_id: str, email_hash: str) -> Item:
    """The key of an invitation among the rows of its album."""
    return {"partition": album_scope(album_id), "entry": f"{INVITATION}{email_hash}"}


def shared_key(album_id: str, owner: str, added_at: str) -> Item:
    """The key of an album in the list of a member."""
    return {"partition": owner_partition(owner), "entry": f"{SHARED}{added_at}#{album_id}"}


def is_id(value: str) -> bool:
    """Whether this can be the id of an album or of a person; above all, it has no separator of keys."""
    return re.fullmatch(r"[\w-]{1,64}", value, re.ASCII) is not None


def _condition(condition: str, values: dict[str, Any], expression: str = "") -> Write:
    """The parameters of a condition; names that are reserved words are written as `#name`."""
    parameters: Write = {"ConditionExpression": condition} if condition else {}
    if names := re.findall(r"#(\w+)", f"{condition} {expression}"):
        parameters["ExpressionAttributeNames"] = {f"#{name}": name for name in names}
    if values:
        parameters["ExpressionAttributeValues"] = to_wire({f":{name}": value for name, value in values.items()})
    return parameters
