"""DynamoDB's three tables of a library in memory, as a client of them that counts what it reads.

Only what searches ask for: queries of rows and of ranked trends, BatchGetItem of photos and GetItem of a trend. The
rows of a collection are numbers of photos in the order of their positions, so that 100,000 photos with some millions of
rows fit. The store's own functions name the rows, and make the items whose bytes are counted.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from benchmarks.item_size import item_bytes
from benchmarks.trend_items import TrendSums
from chalicelib.aws.dynamodb.items import photo_to_item, to_wire
from chalicelib.aws.dynamodb.transaction import Tables, membership_item, membership_key
from chalicelib.library.collections import RECENTLY_ADDED, memberships_for, position
from chalicelib.library.photo import Photo

TABLES = Tables("photos", "memberships", "trends", "albums")
UNIT_BYTES = 4096  # of a strongly consistent read; an eventually consistent one costs half a unit
MAX_QUERY_BYTES = 2**20

type Wire = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Reads:
    """The calls of a request, the items read by them, their bytes and read units."""

    calls: int
    items: int
    bytes: int
    units: float


class Partition:
    """The sorted keys of a partition: for each beginning of keys, in order, the numbers of photos."""

    def __init__(self, rows: Mapping[str, array[int]], positions: Sequence[str]) -> None:
        self._rows = sorted(rows.items())
        self._prefixes = [prefix for prefix, _ in self._rows]
        self._positions = positions

    def between(self, first: str, last: str, *, newest_first: bool) -> Iterator[tuple[int, str]]:
        """The rows from one key to another, inclusive, with their keys."""
        rows = self._rows[max(0, bisect_left(self._prefixes, first) - 1) : bisect_right(self._prefixes, last)]
        for prefix, numbers in reversed(rows) if newest_first else rows:
            start, end = self._index(first, prefix, numbers), self._index(f"{last}\0", prefix, numbers)
            indexes = range(start, end)
            for index in reversed(indexes) if newest_first else indexes:
                yield numbers[index], prefix + self._positions[numbers[index]]

    def _index(self, key: str, prefix: str, numbers: array[int]) -> int:
        """How many keys that begin like this are lower."""
        if not key.startswith(prefix):
            return len(numbers) if prefix < key else 0
        return bisect_left(numbers, bisect_left(self._positions, key.removeprefix(prefix)))


class SimulatedTables:
    """A client of the tables with these photos."""

    def __init__(self, photos: Iterable[Photo]) -> None:
        self._photos = sorted(photos, key=_position)
        self._positions = [_position(photo) for photo in self._photos]
        self._numbers = {photo.photo_id: number for number, photo in enumerate(self._photos)}
        self._wires: dict[str, Wire] = {}
        self._read: list[tuple[str, Any]] = []
        rows: dict[str, dict[str, array[int]]] = {}
        sums = TrendSums()
        for number, photo in enumerate(self._photos):
            memberships = memberships_for(photo)
            sums.add(memberships)
            for each in memberships:
                if each.tag != RECENTLY_ADDED:  # another order, which no search here has
                    partition, key = membership_key(each.scope, each.tag, "")
                    rows.setdefault(partition, {}).setdefault(key, array("L")).append(number)
        self._partitions = {name: Partition(each, self._positions) for name, each in rows.items()}
        self.rows = sum(len(numbers) for each in rows.values() for numbers in each.values())
        self._trends = {(str(item["scope"]), str(item["tag"])): to_wire(item) for item in sums.items()}

    def query(self, **parameters: Any) -> dict[str, Any]:
        """A page of rows, or of the trends of a scope by their count."""
        values = {name: str(*value.values()) for name, value in parameters["ExpressionAttributeValues"].items()}
        if parameters["TableName"] == TABLES.trends:
            return {"Items": self._ranked(values[":scope"], parameters["Limit"])}
        start = parameters["ExclusiveStartKey"]["position"]["S"] if "ExclusiveStartKey" in parameters else None
        return self._query_rows(
            values[":collection"],
            values[":first"],
            values[":last"],
            start,
            limit=parameters["Limit"],
            newest_first=not parameters["ScanIndexForward"],
        )

    def batch_get_item(self, **parameters: Any) -> dict[str, Any]:
        """The photos with these ids."""
        ids = [key["photo_id"]["S"] for key in parameters["RequestItems"][TABLES.photos]["Keys"]]
        wires = [self._photo(photo_id) for photo_id in ids]
        self._read.append(("get", wires))
        return {"Responses": {TABLES.photos: wires}}

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """One trend."""
        key = parameters["Key"]
        item = self._trends.get((key["scope"]["S"], key["tag"]["S"]))
        self._read.append(("get", [item] if item else []))
        return {"Item": item} if item else {}

    def take_reads(self) -> Reads:
        """What was read since the last call of this function."""
        calls, self._read = self._read, []
        counted = [self._reads(kind, found) for kind, found in calls]
        return Reads(
            len(counted),
            sum(each.items for each in counted),
            sum(each.bytes for each in counted),
            sum(each.units for each in counted),
        )

    def _query_rows(
        self, collection: str, first: str, last: str, start: str | None, *, limit: int, newest_first: bool
    ) -> dict[str, Any]:
        if start is not None:
            first, last = (first, min(last, start)) if newest_first else (max(first, start), last)
        partition = self._partitions.get(collection)
        keys = partition.between(first, last, newest_first=newest_first) if partition else iter(())
        found = list(islice((row for row in keys if row[1] != start), limit))
        self._read.append((collection, found))
        response: dict[str, Any] = {"Items": [{"position": {"S": key}} for _, key in found]}
        if len(found) == limit:
            response["LastEvaluatedKey"] = to_wire({"collection": collection, "position": found[-1][1]})
        return response

    def _ranked(self, scope: str, limit: int) -> list[Wire]:
        ranked = [item for (its_scope, _), item in self._trends.items() if its_scope == scope and "ranking" in item]
        found = sorted(ranked, key=lambda item: (-int(item["count"]["N"]), item["tag"]["S"]))[:limit]
        self._read.append(("index", found))
        return found

    def _photo(self, photo_id: str) -> Wire:
        if photo_id not in self._wires:
            self._wires[photo_id] = to_wire(photo_to_item(self._photos[self._numbers[photo_id]]))
        return self._wires[photo_id]

    def _reads(self, kind: str, found: list[Any]) -> Reads:
        if kind == "get":
            sizes = [item_bytes(item) for item in found]
            return Reads(1, len(sizes), sum(sizes), sum(map(_units, sizes)))
        if kind == "index":
            size = sum(map(item_bytes, found))
            return Reads(1, len(found), size, _units(size) / 2)
        size = sum(self._row_bytes(kind, number, key) for number, key in found)
        assert size <= MAX_QUERY_BYTES, "DynamoDB would answer this query in several pages"
        return Reads(1, len(found), size, _units(size))

    def _row_bytes(self, collection: str, number: int, key: str) -> int:
        rows = memberships_for(self._photos[number])
        row = next(each for each in rows if membership_key(each.scope, each.tag, each.position) == (collection, key))
        return item_bytes(to_wire(membership_item(row)[1]))


def _position(photo: Photo) -> str:
    return position(photo.sort_time, photo.photo_id)


def _units(size: int) -> int:
    return max(1, -(-size // UNIT_BYTES))
