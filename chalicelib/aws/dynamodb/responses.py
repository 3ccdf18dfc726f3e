"""Parses the items in responses of DynamoDB without botocore's walk over the service model, which is slow.

The JSON of an attribute value is what botocore makes of it, except for binary values, which are decoded here. If
botocore ever stops emitting the event, it parses all items again.
"""

import json
from base64 import b64decode
from typing import Any

# Operations that return many items, and the member of their responses that holds them.
ITEMS = {"Query": "Items", "Scan": "Items", "BatchGetItem": "Responses"}


def parse_items_as_json(client: Any) -> None:
    """Parse the items in the responses of this DynamoDB client as plain JSON."""
    for operation in ITEMS:
        client.meta.events.register(f"before-parse.dynamodb.{operation}", _take_items)


def _take_items(
    operation_model: Any, response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    """Move the items from the body, which botocore parses next, to the members that it adds to the response."""
    body = response_dict["body"]
    if response_dict["status_code"] != 200:
        return
    has_binaries = b'"B"' in body or b'"BS"' in body
    response = json.loads(body, object_hook=_decode_binaries if has_binaries else None)
    name = ITEMS[operation_model.name]
    if name in response:
        customized_response_dict[name] = response.pop(name)
        response_dict["body"] = json.dumps(response).encode()


def _decode_binaries(value: dict[str, Any]) -> dict[str, Any]:
    """An attribute value with its bytes; attributes of these names are no text or list, but values themselves."""
    if isinstance(encoded := value.get("B"), str):
        value["B"] = b64decode(encoded)
    elif isinstance(encoded := value.get("BS"), list):
        value["BS"] = list(map(b64decode, encoded))
    return value
