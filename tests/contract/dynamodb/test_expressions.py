"""Expressions that DynamoDB refuses are refused here, with its texts, so that they don't fail on AWS only."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.dynamodb.conftest import Table

KEY = {"id": {"S": "a"}, "at": {"N": "1"}}
ABSENT = {"id": {"S": "absent"}, "at": {"N": "1"}}
RESERVED = "Attribute name is a reserved keyword; reserved keyword: "
OPERATOR = "Invalid operator used in KeyConditionExpression: "
OVERLAP = "Two document paths overlap with each other; must remove or rewrite one of these paths; "
PRIMARY = "Filter Expression can only contain non-primary key attributes: Primary key attribute: "


@pytest.fixture
def stored(cloud_table: Table) -> Table:
    cloud_table.put("a", "1", color={"S": "red"}, rank={"N": "3"}, n={"N": "1"}, m={"M": {}})
    return cloud_table


def refusal(table: Table, operation: str, **request: Any) -> str:
    """The message of the ValidationException; values that the expressions use are added."""
    expressions = " ".join(value for name, value in request.items() if name.endswith("Expression"))
    values = {":a": {"S": "a"}, ":n": {"N": "1"}}
    used = {name: value for name, value in values.items() if name in expressions}
    names = {name: name[1:] for name in ("#id", "#at", "#size", "#n") if name in expressions}
    more: dict[str, Any] = {"ExpressionAttributeValues": used} if used else {}
    more |= {"ExpressionAttributeNames": names} if names else {}
    with pytest.raises(ClientError) as raised:
        getattr(table.client, operation)(TableName=table.name, **request, **more)
    assert raised.value.response["Error"]["Code"] == "ValidationException"
    return str(raised.value.response["Error"]["Message"])


@pytest.mark.parametrize("key", [KEY, ABSENT])
@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("SET size = :n", f"{RESERVED}size"),
        ("SET n = :n, Status = :n", f"{RESERVED}Status"),
        ("SET n = size + :n", f"{RESERVED}size"),
        ("SET n = if_not_exists(size, :n)", f"{RESERVED}size"),
        ("SET m.size = :n", f"{RESERVED}size"),
        ("SET #n.size = :n", f"{RESERVED}size"),
        ("REMOVE n, year", f"{RESERVED}year"),
        ("ADD count :n", f"{RESERVED}count"),
        ("SET set = :n", f"{RESERVED}set"),
        ("SET n = :n REMOVE x SET y = :n", 'The "SET" section can only be used once in an update expression;'),
        ("SET n = :n REMOVE n", f"{OVERLAP}path one: [n], path two: [n]"),
        ("SET m.x[0] = :n, m.x = :n", f"{OVERLAP}path one: [m, x, [0]], path two: [m, x]"),
        ("SET n :n", 'Syntax error; token: ":n", near: "n :n"'),
        ("n = :n", 'Syntax error; token: "n", near: "n ="'),
    ],
)
def test_invalid_update_is_refused(stored: Table, expression: str, message: str, key: dict[str, Any]) -> None:
    refused = refusal(stored, "update_item", Key=key, UpdateExpression=expression)
    assert refused == f"Invalid UpdateExpression: {message}"
    assert stored.get("absent", "1") is None


def test_words_of_the_grammar_are_not_taken_for_names(stored: Table) -> None:
    stored.client.update_item(
        TableName=stored.name,
        Key=KEY,
        UpdateExpression="SET n = if_not_exists(n, :n) + :n, #size = :n, x = list_append(:l, :l) REMOVE y ADD z :n",
        ConditionExpression="size(color) > :n AND NOT (m IN (:a) OR begins_with(color, :a)) AND n BETWEEN :n AND :n",
        ExpressionAttributeNames={"#size": "size"},
        ExpressionAttributeValues={":n": {"N": "1"}, ":a": {"S": "a"}, ":l": {"L": []}},
    )
    item = stored.get("a", "1") or {}
    assert (item["n"], item["size"], item["z"]) == ({"N": "2"}, {"N": "1"}, {"N": "1"})


@pytest.mark.parametrize("key", [KEY, ABSENT])
@pytest.mark.parametrize("expression", ["size = :n", "attribute_not_exists(size)", "n = :n AND size > :n"])
def test_reserved_word_in_condition_is_refused(stored: Table, expression: str, key: dict[str, Any]) -> None:
    message = f"Invalid ConditionExpression: {RESERVED}size"
    assert refusal(stored, "put_item", Item=key, ConditionExpression=expression) == message
    assert refusal(stored, "delete_item", Key=key, ConditionExpression=expression) == message


def test_reserved_word_in_transaction_is_refused(stored: Table) -> None:
    for action in (
        {"Update": {"Key": KEY, "UpdateExpression": "SET size = :n"}},
        {"Put": {"Item": ABSENT, "ConditionExpression": "size = :n"}},
    ):
        ((kind, request),) = action.items()
        values = {":n": {"N": "1"}}
        item = {kind: {"TableName": stored.name, **request, "ExpressionAttributeValues": values}}
        with pytest.raises(ClientError, match=rf"ValidationException.*{RESERVED}size"):
            stored.client.transact_write_items(TransactItems=[item])


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("id = :a AND #at <> :n", f"{OPERATOR}<>"),
        ("id <> :a", f"{OPERATOR}<>"),
        ("id = :a OR #at = :n", f"{OPERATOR}OR"),
        ("id = :a AND NOT #at = :n", f"{OPERATOR}NOT"),
        ("id = :a AND #at IN (:n)", f"{OPERATOR}IN"),
        ("id = :a AND contains(#at, :n)", f"{OPERATOR}contains"),
        ("id = :a AND attribute_exists(#at)", f"{OPERATOR}attribute_exists"),
        ("id = :a AND size(#at) = :n", "KeyConditionExpressions cannot contain nested operations"),
        ("hash = :a", f"Invalid KeyConditionExpression: {RESERVED}hash"),
    ],
)
def test_invalid_key_condition_is_refused(stored: Table, expression: str, message: str) -> None:
    assert refusal(stored, "query", KeyConditionExpression=expression) == message


@pytest.mark.parametrize("condition", ["id = :a", "id = :a AND #at = :n"])
@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("id = :a", f"{PRIMARY}id"),
        ("#at > :n", f"{PRIMARY}at"),
        ("n = :n AND attribute_exists(#at)", f"{PRIMARY}at"),
        ("size = :n", f"Invalid FilterExpression: {RESERVED}size"),
    ],
)
def test_invalid_filter_is_refused(stored: Table, condition: str, expression: str, message: str) -> None:
    assert refusal(stored, "query", KeyConditionExpression=condition, FilterExpression=expression) == message


def test_filter_may_name_what_is_no_key_here(stored: Table) -> None:
    query = {"TableName": stored.name, "ExpressionAttributeValues": {":a": {"S": "a"}, ":red": {"S": "red"}}}
    by_color = {**query, "IndexName": "by_rank", "KeyConditionExpression": "color = :red"}
    assert stored.client.query(**by_color, FilterExpression="id = :a")["Count"] == 1
    by_id = {**query, "KeyConditionExpression": "id = :a"}
    assert stored.client.query(**by_id, FilterExpression="color = :red AND attribute_not_exists(m.id)")["Count"] == 1
    scan = {"TableName": stored.name, "ExpressionAttributeValues": {":a": {"S": "a"}}}
    assert stored.client.scan(**scan, FilterExpression="id = :a")["Count"] == 1
