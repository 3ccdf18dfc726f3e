"""Reads that DynamoDB refuses: start keys that no page ends with, what an index does not have, useless comparisons."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.dynamodb.conftest import Table

BASE = {"id": {"S": "a"}, "at": {"N": "1"}}
COLOR = {"color": {"S": "red"}}
BY_ID = {"KeyConditionExpression": "id = :v", "ExpressionAttributeValues": {":v": {"S": "a"}}}
BY_COLOR = {"KeyConditionExpression": "color = :v", "ExpressionAttributeValues": {":v": {"S": "red"}}}
START = "The provided starting key is invalid"
SAME = "The first operand must be distinct from the remaining operands for this operator or function; operator: "


@pytest.fixture
def stored(cloud_table: Table) -> Table:
    for at in "123":
        cloud_table.put("a", at, **COLOR, text={"S": "x"}, m={"M": {"text": {"S": "x"}}})
    return cloud_table


def refusal(table: Table, operation: str, **request: Any) -> str:
    """The message of the ValidationException."""
    with pytest.raises(ClientError) as raised:
        getattr(table.client, operation)(TableName=table.name, **request)
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    return str(raised.value.response["Error"]["Message"])


@pytest.mark.parametrize(
    "start",
    [
        {},
        {"id": {"S": "a"}},
        {**BASE, "text": {"S": "x"}},
        {"id": {"S": "a"}, "at": {"S": "1"}},
        {"id": {"N": "1"}, "at": {"N": "1"}},
        {**BASE, **COLOR},
    ],
)
def test_start_key_of_table_is_exact(stored: Table, start: dict[str, Any]) -> None:
    assert refusal(stored, "query", **BY_ID, ExclusiveStartKey=start) == START
    assert refusal(stored, "scan", ExclusiveStartKey=start) == START


@pytest.mark.parametrize("start", [BASE, {**BASE, "color": {"N": "1"}}, {**BASE, **COLOR, "rank": {"N": "1"}}])
def test_start_key_of_index_is_exact(stored: Table, start: dict[str, Any]) -> None:
    assert refusal(stored, "query", IndexName="keys", **BY_COLOR, ExclusiveStartKey=start) == START
    assert refusal(stored, "scan", IndexName="keys", ExclusiveStartKey=start) == START


def test_own_start_keys_are_valid(stored: Table) -> None:
    for operation, request in (("query", BY_ID), ("query", {"IndexName": "keys", **BY_COLOR}), ("scan", {})):
        read = getattr(stored.client, operation)
        page = read(TableName=stored.name, Limit=1, **request)
        rest = read(TableName=stored.name, ExclusiveStartKey=page["LastEvaluatedKey"], **request)
        assert (page["Count"], rest["Count"]) == (1, 2)


def test_index_of_keys_has_no_other_attributes(stored: Table) -> None:
    prefix = "One or more parameter values were invalid: "
    all_attributes = f"{prefix}Select type ALL_ATTRIBUTES is not supported for global secondary index keys because its "
    absent = f"{prefix}Global secondary index keys does not project "
    for operation, query in (("query", BY_COLOR), ("scan", {})):
        request: dict[str, Any] = {"IndexName": "keys", **query}
        everything = refusal(stored, operation, **request, Select="ALL_ATTRIBUTES")
        assert everything == f"{all_attributes}projection type is not ALL"
        part = {"ProjectionExpression": "id, m.#text", "ExpressionAttributeNames": {"#text": "text"}}
        assert refusal(stored, operation, **request, **part) == f"{absent}[m]"
        read = getattr(stored.client, operation)
        for allowed in ({"ProjectionExpression": "id, color"}, {"Select": "ALL_PROJECTED_ATTRIBUTES"}, {}):
            assert read(TableName=stored.name, **request, **allowed)["Count"] == 3


@pytest.mark.parametrize(
    ("expression", "count"),
    [
        ("#t = :x", 0),
        ("attribute_exists(#t)", 0),
        ("attribute_not_exists(#t)", 3),
        ("NOT #t = :x", 3),
        ("m.#t = :x", 0),
        ("#t <> :x OR color = :x", 3),
    ],
)
def test_filter_does_not_see_what_the_index_does_not_project(stored: Table, expression: str, count: int) -> None:
    values = {":x": {"S": "x"}} if ":x" in expression else {}
    names = {"#t": "text"}
    scanned = stored.client.scan(
        TableName=stored.name,
        IndexName="keys",
        FilterExpression=expression,
        ExpressionAttributeNames=names,
        **({"ExpressionAttributeValues": values} if values else {}),
    )
    assert (scanned["Count"], scanned["ScannedCount"]) == (count, 3)
    if "color" in expression:  # a Query's filter has no keys
        return
    queried = stored.client.query(
        TableName=stored.name,
        IndexName="keys",
        KeyConditionExpression="color = :v",
        FilterExpression=expression,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues={":v": {"S": "red"}, **values},
    )
    assert (queried["Count"], queried["ScannedCount"]) == (count, 3)


def test_filter_sees_what_the_table_and_an_index_of_everything_have(stored: Table) -> None:
    stored.put("a", "1", **COLOR, rank={"N": "1"}, text={"S": "x"})
    matching: dict[str, Any] = {
        "FilterExpression": "#t = :x",
        "ExpressionAttributeNames": {"#t": "text"},
        "ExpressionAttributeValues": {":x": {"S": "x"}},
    }
    assert stored.client.scan(TableName=stored.name, **matching)["Count"] == 3
    assert stored.client.scan(TableName=stored.name, IndexName="by_rank", **matching)["Count"] == 1


def test_key_condition_names_keys_of_the_index_only(stored: Table) -> None:
    request: dict[str, Any] = {
        "KeyConditionExpression": "color = :v AND #t = :x",
        "ExpressionAttributeNames": {"#t": "text"},
        "ExpressionAttributeValues": {":v": {"S": "red"}, ":x": {"S": "x"}},
    }
    assert refusal(stored, "query", IndexName="by_rank", **request).endswith("missed key schema element: text")
    assert refusal(stored, "query", IndexName="keys", **request)


def test_index_of_everything_has_all_attributes(stored: Table) -> None:
    stored.put("a", "1", **COLOR, rank={"N": "1"}, text={"S": "x"})
    request = {"TableName": stored.name, "IndexName": "by_rank", **BY_COLOR}
    assert stored.client.query(**request, Select="ALL_ATTRIBUTES")["Items"][0]["text"] == {"S": "x"}
    named = {"ProjectionExpression": "#t", "ExpressionAttributeNames": {"#t": "text"}}
    assert stored.client.query(**request, **named)["Items"] == [{"text": {"S": "x"}}]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("color = color", "=, first operand: [color]"),
        ("#c <= color", "<=, first operand: [color]"),
        ("attribute_exists(id) AND NOT (m.color[0] <> m.#c[0])", "<>, first operand: [m, color, [0]]"),
        ("contains(color, #c)", "contains, first operand: [color]"),
        ("begins_with(color, color)", "begins_with, first operand: [color]"),
    ],
)
def test_comparison_with_itself_is_refused(stored: Table, expression: str, message: str) -> None:
    names: dict[str, Any] = {"ExpressionAttributeNames": {"#c": "color"}} if "#c" in expression else {}
    item = {"Item": BASE, "ConditionExpression": expression}
    assert refusal(stored, "put_item", **item, **names) == f"Invalid ConditionExpression: {SAME}{message}"
    assert refusal(stored, "scan", FilterExpression=expression, **names) == f"Invalid FilterExpression: {SAME}{message}"


@pytest.mark.parametrize("expression", ["color <> m.color", "m.a[0] = m.a[1] OR size(color) = size(color)"])
def test_comparison_of_two_attributes(stored: Table, expression: str) -> None:
    filtered = stored.client.scan(TableName=stored.name, FilterExpression=expression)
    assert filtered["Count"] == 3
