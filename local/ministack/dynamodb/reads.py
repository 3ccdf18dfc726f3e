"""Checks of Query and Scan that DynamoDB makes and MiniStack does not: start keys, and what an index has.

The texts are DynamoDB's.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import dynamodb

type Request = Mapping[str, Any]
type Response = tuple[int, dict[str, str], bytes]
type Handler = Callable[[Request], Response]

INVALID_START = "The provided starting key is invalid"
INVALID_VALUES = "One or more parameter values were invalid: "


def check_reads(handler: Handler) -> Handler:
    """MiniStack's Query or Scan, with the checks of its start key and of its index."""

    def patched(request: Request) -> Response:
        table = dynamodb._tables.get(dynamodb._normalize_table_name(request.get("TableName")))
        error = next(_errors(request, table), None) if table else None
        return error_response_json("ValidationException", error, 400) if error else handler(request)

    return patched


def _errors(request: Request, table: Mapping[str, Any]) -> Iterator[str]:
    name = request.get("IndexName")
    index = dynamodb._index_def(table, name) if name else None
    if name and index is None:  # MiniStack reports it
        return
    keys = {each["AttributeName"] for schema in (table, index or {}) for each in schema.get("KeySchema", ())}
    if "ExclusiveStartKey" in request and not _is_key(request["ExclusiveStartKey"], keys, table):
        yield INVALID_START
    is_global = any(each["IndexName"] == name for each in table.get("GlobalSecondaryIndexes") or ())
    projection = (index or {}).get("Projection") or {}
    if not is_global or projection.get("ProjectionType", "ALL") == "ALL":
        return
    if request.get("Select") == "ALL_ATTRIBUTES":
        yield (
            f"{INVALID_VALUES}Select type ALL_ATTRIBUTES is not supported for global secondary index {name} "
            "because its projection type is not ALL"
        )
    absent = [each for each in _attributes(request) if each not in keys | {*projection.get("NonKeyAttributes", ())}]
    if absent:
        yield f"{INVALID_VALUES}Global secondary index {name} does not project [{', '.join(absent)}]"


def _is_key(start: object, names: set[str], table: Mapping[str, Any]) -> bool:
    """Whether a start key has the attributes of the keys of the table and the index, with their types, and no more."""
    types = {each["AttributeName"]: {each["AttributeType"]} for each in table["AttributeDefinitions"]}
    return (
        isinstance(start, dict)
        and start.keys() == names
        and all(isinstance(value, dict) and value.keys() == types[name] for name, value in start.items())
    )


def _attributes(request: Request) -> list[str]:
    """The attributes, not the parts of them, that a projection names."""
    names, expression = request.get("ExpressionAttributeNames"), request.get("ProjectionExpression")
    if not isinstance(expression, str) or not isinstance(names, dict | None):
        return []
    paths = (each.strip() for each in expression.split(","))
    first = [path.split(".")[0].split("[")[0].strip() for path in paths if path]
    return sorted({(names or {}).get(name, name) for name in first})
