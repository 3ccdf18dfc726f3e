"""Items of responses, parsed as JSON where botocore would make the same of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.aws.dynamodb.responses import ITEMS
from tests.contract.dynamodb.conftest import Table

KEY: dict[str, Any] = {"id": {"S": "a"}, "at": {"N": "1"}}
VALUES: dict[str, Any] = {
    "text": {"S": 'é猫 "B": {"B":""}'},
    "number": {"N": "12345678901234567890123456789012345678"},
    "flag": {"BOOL": False},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": ""}, {"L": []}, {"N": "-0.5"}]},
    "map": {"M": {"S": {"S": "named like a type"}, "M": {"M": {}}}},
    "texts": {"SS": ["one"]},
    "numbers": {"NS": ["1"]},
}
BINARIES: dict[str, dict[str, Any]] = {
    "bytes": {"B": b"\0\xff"},
    "set": {"BS": [b"1"]},
    "nested": {"M": {"list": {"L": [{"B": b"x"}]}}},
    "named like a type": {"M": {"B": {"S": "B"}, "BS": {"L": [{"B": b""}]}}},
}
READS: dict[str, Callable[[Table], dict[str, Any]]] = {
    "Query": lambda table: table.client.query(
        TableName=table.name, KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "a"}}, Limit=1
    ),
    "Scan": lambda table: table.client.scan(TableName=table.name, Limit=1),
    "BatchGetItem": lambda table: table.client.batch_get_item(RequestItems={table.name: {"Keys": [KEY]}}),
}


def test_items_have_values_of_every_type(table: Table) -> None:
    table.put("a", "1", **VALUES)
    table.put("a", "2")
    for operation, read in READS.items():
        response = read(table)
        assert _items(response, operation, table) == [KEY | VALUES], operation
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
        if operation != "BatchGetItem":
            assert (response["Count"], response["LastEvaluatedKey"]) == (1, KEY)


@pytest.mark.parametrize("name", BINARIES)
def test_binary_values_are_decoded(name: str, table: Table) -> None:
    table.put("a", "1", value=BINARIES[name])
    for operation, read in READS.items():
        (item,) = _items(read(table), operation, table)
        assert item["value"] == BINARIES[name], operation


def test_responses_without_items_are_empty(table: Table) -> None:
    assert READS["Query"](table)["Items"] == READS["Scan"](table)["Items"] == []
    assert READS["BatchGetItem"](table)["Responses"].get(table.name, []) == []


@pytest.mark.parametrize("values", [VALUES, BINARIES], ids=["plain", "binary"])
@pytest.mark.parametrize("operation", ITEMS)
def test_botocore_does_not_parse_the_items_again(operation: str, values: dict[str, Any], table: Table) -> None:
    table.put("a", "1", **values)
    left: list[dict[str, Any]] = []

    def remember(response_dict: dict[str, Any], **_: object) -> None:
        left.append(json.loads(response_dict["body"]))

    event = f"before-parse.dynamodb.{operation}"
    table.client.meta.events.register_last(event, remember)
    try:
        READS[operation](table)
    finally:
        table.client.meta.events.unregister(event, remember)
    assert ITEMS[operation] not in left[0]


def _items(response: dict[str, Any], operation: str, table: Table) -> list[dict[str, Any]]:
    found = response[ITEMS[operation]]
    items: list[dict[str, Any]] = found[table.name] if operation == "BatchGetItem" else found
    return items
