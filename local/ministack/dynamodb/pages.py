"""Query and Scan read the rows of their page instead of a whole table.

MiniStack's handlers still check the request, apply the conditions, cut the page and project. For the time of a call,
the table's items are replaced by an object that has only the rows that the page can need, in their order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha1
from typing import Any

from ministack.services import dynamodb

from local.ministack.dynamodb.indexes import BASE, Item
from local.ministack.dynamodb.key_conditions import EVERYTHING, sort_bounds
from local.ministack.dynamodb.key_encoding import encode_key
from local.ministack.dynamodb.store import Bounds, Row, TableStore

type Request = Mapping[str, Any]
type Response = tuple[int, dict[str, str], bytes]
type Handler = Callable[[Request], Response]

PAGE_BYTES = 1_048_576


class PageItem(dict[str, Any]):
    """An item that is known to meet the key condition, with a size that its size as DynamoDB counts it is not above."""

    max_bytes = 0


class QueryRows:
    """What MiniStack's Query sees as the items of a table and as the members of an index: one partition."""

    def __init__(self, store: TableStore, table: Mapping[str, Any], request: Request) -> None:
        self.store = store
        self._table = table
        self._request = request
        self._rows: dict[int, Item] = {}

    def get(self, hash_value: str | tuple[str, ...] | int, _default: object = None) -> Any:
        """For a hash value the partition's rows; MiniStack looks up each row of an index again, here under 0."""
        if hash_value != 0:
            hash_values = hash_value if isinstance(hash_value, tuple) else (str(hash_value),)
            self._rows = dict(enumerate(self._read(hash_values)))
            if self._request.get("IndexName"):
                return [(0, number) for number in self._rows]
        return self._rows

    def __getitem__(self, _zero: int) -> dict[int, Item]:
        return self._rows

    def _read(self, hash_values: tuple[str, ...]) -> list[Item]:
        index = self.store.indexes[self._request.get("IndexName") or BASE]
        start = self._request.get("ExclusiveStartKey")
        position = index.entry(start) if start else None
        if start and position is None:
            return []
        bounds = self._bounds()
        rows: Iterator[Row] = self.store.query(
            index.name,
            encode_key([{index.types[name]: text} for name, text in zip(index.hash_names, hash_values, strict=True)]),
            bounds or EVERYTHING,
            forward=self._request.get("ScanIndexForward", True),
            after=position[1] if position else None,
        )
        rows = _as_projected(rows, self._request, self._table)
        if bounds is None:  # MiniStack filters
            return [item for _, item in rows]
        return list(items_of_page(rows, self._request, self._table))

    def _bounds(self) -> Bounds | None:
        expression = self._request.get("KeyConditionExpression")
        if not expression:
            return None
        index = dynamodb._index_def(self._table, self._request.get("IndexName")) or self._table
        _, sort_names = dynamodb._index_key_lists(index)
        if len(sort_names) > 1:
            return None
        return sort_bounds(
            dynamodb._key_condition_clauses(dynamodb._tokenize(expression)),
            self._request.get("ExpressionAttributeNames") or {},
            self._request.get("ExpressionAttributeValues") or {},
            sort_names[0] if sort_names else "",
        )


def items_of_page(rows: Iterable[Row], request: Request, table: Mapping[str, Any]) -> Iterator[PageItem]:
    """The first items, up to the request's limit, and one more than a page of 1 MB can hold."""
    limit, max_bytes, page_bytes = request.get("Limit"), 0, 0
    unmeasured: list[Item] = []
    for number, (size, stored) in enumerate(rows, start=1):
        item = PageItem(stored)
        item.max_bytes = size
        yield item
        if limit is not None and number >= int(limit):
            return
        max_bytes += size
        unmeasured.append(item)
        if max_bytes > PAGE_BYTES:  # before that, the page cannot be full
            page_bytes += sum(_entry_size(each, request, table) for each in unmeasured)
            unmeasured.clear()
            if page_bytes > PAGE_BYTES:
                return


def patch_paginate(paginate: Callable[..., tuple[list[Item], bool]]) -> Callable[..., tuple[list[Item], bool]]:
    """MiniStack's cut of a page and whether it was cut, without measuring items that cannot fill a page."""

    def patched(items: list[Item], limit: int | None, *rest: Any) -> tuple[list[Item], bool]:
        if sum(item.max_bytes if isinstance(item, PageItem) else PAGE_BYTES for item in items) >= PAGE_BYTES:
            return paginate(items, limit, *rest)
        return items[:limit], limit is not None and len(items) >= limit

    return patched


def _entry_size(item: Item, request: Request, table: Mapping[str, Any]) -> int:
    entry = dynamodb._apply_index_projection(item, table, request.get("IndexName"))
    return int(dynamodb._item_size_bytes(entry))


def patch_query(query: Handler) -> Handler:
    """MiniStack's Query, over the rows of its page."""

    def patched(request: Request) -> Response:
        table = _table(request)
        if table is None:
            return query(request)
        items = table["items"]
        table["items"] = QueryRows(items.store, table, request)
        try:
            return query(request)
        finally:
            table["items"] = items

    return patched


def patch_index_members(table: Mapping[str, Any]) -> dict[str, Any]:
    """Each index of the table that a Query reads."""
    return dict.fromkeys(table["items"].store.indexes, table["items"])


def patch_evaluate_condition(evaluate: Callable[..., bool]) -> Callable[..., bool]:
    """MiniStack's evaluation of conditions, which are not evaluated again for rows found by their key."""

    def patched(expression: str, item: Item, *rest: Any, **more: Any) -> bool:
        if isinstance(item, PageItem) and more.get("slot") == "KeyConditionExpression":
            return True
        return evaluate(expression, item, *rest, **more)

    return patched


def patch_scan(scan: Handler) -> Handler:
    """MiniStack's Scan, over the rows of its page."""

    def patched(request: Request) -> Response:
        table = _table(request)
        store = table["items"].store if table else None
        name = request.get("IndexName") or BASE
        if table is None or store is None or name not in store.indexes:
            return scan(request)
        start = request.get("ExclusiveStartKey")
        position = store.indexes[name].entry(start) if isinstance(start, dict) and start else None
        rows = _as_projected(store.scan(name, position) if position or not start else iter(()), request, table)
        items = table["items"]
        table["items"] = {0: dict(enumerate(items_of_page(_in_segment(rows, request, store), request, table)))}
        try:
            return scan(request)
        finally:
            table["items"] = items

    return patched


def _as_projected(rows: Iterator[Row], request: Request, table: Mapping[str, Any]) -> Iterator[Row]:
    """The rows with what the global index has of their items: a filter does not see the rest, either.

    MiniStack projects only after the filter. A local index fetches the rest from the table.
    """
    name = request.get("IndexName")
    if not any(each["IndexName"] == name for each in table.get("GlobalSecondaryIndexes") or ()):
        return rows
    return ((size, dynamodb._apply_index_projection(item, table, name)) for size, item in rows)


def _in_segment(rows: Iterator[Row], request: Request, store: TableStore) -> Iterator[Row]:
    """The rows that MiniStack counts to the segment of a parallel scan."""
    segment, segments = request.get("Segment"), request.get("TotalSegments")
    if segment is None or not segments:
        return rows
    name = store.indexes[request.get("IndexName") or BASE].hash_names[0]

    def is_in(item: Item) -> bool:
        digest = sha1(dynamodb._extract_key_val(item[name]).encode(), usedforsecurity=False).digest()
        return int.from_bytes(digest[:4], "big") % int(segments) == int(segment)

    return (row for row in rows if is_in(row[1]))


def _table(request: Request) -> dict[str, Any] | None:
    table: dict[str, Any] | None = dynamodb._tables.get(dynamodb._normalize_table_name(request.get("TableName")))
    return table
