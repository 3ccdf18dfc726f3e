"""Consumed capacity of reads by size: half a unit for each started 4 KB, twice that if consistent.

MiniStack counts each read as one of at most 4 KB, and reports nothing for BatchGetItem.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.services import dynamodb

from local.ministack.dynamodb.indexes import Item
from local.ministack.dynamodb.pages import Handler, Request, Response

type Paginate = Callable[..., tuple[list[Item], bool]]

UNIT_BYTES = 4096


class PageCapacity:
    """Remembers the page that was read last, and measures it if the request asks for its capacity."""

    def __init__(self) -> None:
        self._page: list[tuple[Item, Any, str | None]] = []

    def patch_paginate(self, paginate: Paginate) -> Paginate:
        """MiniStack's cut of a page."""

        def patched(items: list[Item], limit: int | None, table: Any, index_name: str | None = None) -> Any:
            page, cut = paginate(items, limit, table, index_name)
            self._page = [(item, table, index_name) for item in page]
            return page, cut

        return patched

    def patch_add_consumed_capacity(self, add: Callable[..., None]) -> Callable[..., None]:
        """MiniStack's report, with the units of a read multiplied by its size."""

        def patched(result: dict[str, Any], request: Request, table_name: str, *rest: Any, **more: Any) -> None:
            add(result, request, table_name, *rest, **more)
            if rest or more.get("write") or "ConsumedCapacity" not in result:
                return
            if "Key" in request:
                sizes = [_size(dynamodb._get_item_by_key(dynamodb._tables[table_name], request["Key"]))]
            else:
                sizes = [_size(dynamodb._apply_index_projection(*each)) for each in self._page]
            _multiply(result["ConsumedCapacity"], _started_units([sum(sizes)]))

        return patched


def patch_batch_get_item(batch_get_item: Handler) -> Handler:
    """MiniStack's BatchGetItem, with the capacity of each table."""

    def patched(request: Request) -> Response:
        response = batch_get_item(request)
        if response[0] >= 400 or request.get("ReturnConsumedCapacity", "NONE") == "NONE":
            return response
        capacity = [
            {"TableName": name, "CapacityUnits": _batch_units(name, keys)}
            for name, keys in request["RequestItems"].items()
        ]
        body = json.dumps(json.loads(response[2]) | {"ConsumedCapacity": capacity}).encode()
        return response[0], response[1], body

    return patched


def _batch_units(table_name: str, keys: Mapping[str, Any]) -> float:
    table = dynamodb._tables[dynamodb._normalize_table_name(table_name)]
    sizes = [_size(dynamodb._get_item_by_key(table, key)) for key in keys["Keys"]]
    return _started_units(sizes) * (1.0 if keys.get("ConsistentRead") else 0.5)


def _size(item: Item | None) -> int:
    return int(dynamodb._item_size_bytes(item)) if item else 0


def _started_units(sizes: Iterable[int]) -> int:
    return sum(max(1, -(-size // UNIT_BYTES)) for size in sizes)


def _multiply(report: dict[str, Any], factor: int) -> None:
    """Multiply each number of a report, also those of indexes."""
    for name, value in report.items():
        if isinstance(value, dict):
            _multiply(value, factor)
        elif name != "TableName":
            report[name] = value * factor
