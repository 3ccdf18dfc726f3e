"""Checks of the JSON of requests: DynamoDB answers 400, MiniStack fails or stores what it can't read again."""

import base64
import json
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import error_response_json

type Response = tuple[int, dict[str, str], bytes]

MAX_DEPTH = 200  # attribute values are nested 32 levels at most, two in JSON for each
TEXT, MAP, LIST = "String", "Map", "List"
JSON_TYPES = {TEXT: str, MAP: dict, LIST: list}
MEMBERS = {
    "TableName": TEXT,
    "IndexName": TEXT,
    "ConditionExpression": TEXT,
    "UpdateExpression": TEXT,
    "FilterExpression": TEXT,
    "ProjectionExpression": TEXT,
    "KeyConditionExpression": TEXT,
    "ClientRequestToken": TEXT,
    "Item": MAP,
    "Key": MAP,
    "ExclusiveStartKey": MAP,
    "ExpressionAttributeNames": MAP,
    "ExpressionAttributeValues": MAP,
    "TransactItems": LIST,
}
VALUES = {"S": TEXT, "N": TEXT, "B": TEXT, "M": MAP, "L": LIST, "SS": LIST, "NS": LIST, "BS": LIST}
FOUND = {bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", str: "STRING_VALUE"}


def body_error(body: bytes) -> Response | None:
    """The 400 for a body that is no JSON object with members and attribute values of the right JSON types."""
    try:
        text = body.decode()
        request = json.loads(text)
        if not isinstance(request, dict):
            raise ValueError("Unexpected value type in payload")
        if "\\ud" in text.lower():
            json.dumps(request, ensure_ascii=False).encode()  # half a surrogate pair has no UTF-8
        for name, value in request.items():
            _check_type(value, MEMBERS.get(name, ""))
        for kind, content in _single_members(request):
            _check_attribute_value(kind, content)
    except (ValueError, RecursionError) as error:
        message = "Invalid JSON" if isinstance(error, json.JSONDecodeError | RecursionError) else str(error)
        response: Response = error_response_json("SerializationException", message, 400)
        return response
    return None


def _single_members(request: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The member of each object with one; raises ValueError for objects or lists that are nested too deeply."""
    level: list[Any] = [request]
    for _ in range(MAX_DEPTH):
        following: list[Any] = []
        for value in level:
            if type(value) is dict:
                if len(value) == 1:
                    yield from value.items()
                following += value.values()
            elif type(value) is list:
                following += value
        if not following:
            return
        level = following
    raise ValueError("The request is nested too deeply")


def _check_attribute_value(kind: str, content: Any) -> None:
    """Check an object with one member, which is an attribute value or has an attribute of that name."""
    if isinstance(content, dict) or kind not in VALUES:
        return
    _check_type(content, VALUES[kind])
    texts = [content] if kind == "B" else (content or ()) if kind in {"SS", "NS", "BS"} else ()
    for text in texts:
        _check_type(text, TEXT)
        if kind in {"B", "BS"}:
            base64.b64decode(text or "", validate=True)


def _check_type(value: Any, wanted: str) -> None:
    if value is not None and wanted and not isinstance(value, JSON_TYPES[wanted]):
        found = FOUND.get(type(value))
        raise ValueError(f"{found} cannot be converted to {wanted}" if found else "Unexpected value type in payload")
