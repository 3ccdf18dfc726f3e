"""Updates with operands or paths of another type are refused as by DynamoDB, and the item stays as it is."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.dynamodb.conftest import Table

KEY = {"id": {"S": "a"}, "at": {"N": "1"}}
ITEM = {
    "n": {"N": "1"},
    "s": {"S": "a"},
    "l": {"L": [{"N": "1"}]},
    "m": {"M": {"s": {"S": "x"}}},
    "ss": {"SS": ["x"]},
}
VALUES = {":n": {"N": "1"}, ":s": {"S": "5"}, ":l": {"L": [{"N": "2"}]}, ":m": {"M": {}}, ":ss": {"SS": ["x"]}}
TYPE = "An operand in the update expression has an incorrect data type"
PATH = "The document path provided in the update expression is invalid for update"
OPERAND = "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: "
PART_OF_KEY = "One or more parameter values were invalid: Cannot update attribute {}. This attribute is part of the key"
WRONG_TYPES = [
    ("SET n = s + :n", TYPE),
    ("SET n = n - s", TYPE),
    ("SET n = m + :n", TYPE),
    ("SET n = if_not_exists(s, :n) + :n", TYPE),
    ("SET n = (s + :n)", TYPE),
    ("SET x = if_not_exists(y, s + :n)", TYPE),
    ("SET l = list_append(n, :l)", TYPE),
    ("SET l = list_append(:l, s)", TYPE),
    ("SET l = list_append(if_not_exists(n, :l), :l)", TYPE),
    ("ADD s :n", TYPE),
    ("ADD m :n", TYPE),
    ("DELETE l :ss", TYPE),
    ("SET n[0] = :n", PATH),
    ("SET s.x = :n", PATH),
    ("SET m[0] = :n", PATH),
    ("SET l.x = :n", PATH),
    ("SET m.s.x = :n", PATH),
    ("SET absent.x = :n", PATH),
    ("REMOVE n[0]", PATH),
    ("REMOVE s.x", PATH),
    ("ADD absent.x :n", PATH),
    ("ADD s.x :n", PATH),
]
WRONG_REQUESTS = [
    ("SET n = :s + :n", f"{OPERAND}+, operand type: S"),
    ("SET n = n - :m", f"{OPERAND}-, operand type: M"),
    ("SET l = list_append(l, :n)", f"{OPERAND}list_append, operand type: N"),
    ("SET l = list_append(list_append(l, :s), :l)", f"{OPERAND}list_append, operand type: S"),
    ("SET id = :s", PART_OF_KEY.format("id")),
    ("SET n = :n REMOVE #at", PART_OF_KEY.format("at")),
    ("ADD #at :n", PART_OF_KEY.format("at")),
]


def update(expression: str) -> dict[str, Any]:
    """The parameters of an update, with the values that it uses."""
    words = set(expression.replace("(", " ").replace(")", " ").replace(",", " ").split())
    values = {name: value for name, value in VALUES.items() if name in words}
    request: dict[str, Any] = {"Key": KEY, "UpdateExpression": expression}
    request |= {"ExpressionAttributeValues": values} if values else {}
    return request | ({"ExpressionAttributeNames": {"#at": "at"}} if "#at" in expression else {})


@pytest.mark.parametrize(("expression", "message"), WRONG_TYPES + WRONG_REQUESTS)
def test_update_of_wrong_type_changes_nothing(cloud_table: Table, expression: str, message: str) -> None:
    cloud_table.put("a", "1", **ITEM)
    with pytest.raises(ClientError) as raised:
        cloud_table.client.update_item(TableName=cloud_table.name, **update(expression))
    assert raised.value.response["Error"] == {"Code": "ValidationException", "Message": message}
    assert cloud_table.get("a", "1") == {**KEY, **ITEM}


@pytest.mark.parametrize(("expression", "message"), WRONG_TYPES[::4] + WRONG_REQUESTS[::2])
def test_transaction_of_wrong_type_changes_nothing(cloud_table: Table, expression: str, message: str) -> None:
    cloud_table.put("a", "1", **ITEM)
    put = {"TableName": cloud_table.name, "Item": {"id": {"S": "b"}, "at": {"N": "1"}}}
    actions = [{"Put": put}, {"Update": {"TableName": cloud_table.name, **update(expression)}}]
    with pytest.raises(ClientError) as raised:
        cloud_table.client.transact_write_items(TransactItems=actions)
    error = raised.value.response
    if error["Error"]["Code"] == "TransactionCanceledException":
        assert error["CancellationReasons"][1] == {"Code": "ValidationError", "Message": message}
    else:
        assert error["Error"] == {"Code": "ValidationException", "Message": message}
    assert cloud_table.get("a", "1") == {**KEY, **ITEM}
    assert cloud_table.get("b", "1") is None


def test_two_operations_in_one_action_are_refused(cloud_table: Table) -> None:
    put = {"TableName": cloud_table.name, "Item": KEY}
    delete = {"TableName": cloud_table.name, "Key": KEY}
    with pytest.raises(ClientError, match=r"ValidationException.*TransactItems can only contain one of Check, Put"):
        cloud_table.client.transact_write_items(TransactItems=[{"Put": put, "Delete": delete}])
    assert cloud_table.get("a", "1") is None


def test_sums_lists_and_paths_of_right_type(cloud_table: Table) -> None:
    cloud_table.put("a", "1", **ITEM)
    for expression in (
        "SET n = (if_not_exists(n, :n) - :n), x = :n + n",
        "SET l = list_append(list_append(:l, l), if_not_exists(y, :l)), m.y = :n",
        "SET l[9] = :s, m.z = :m REMOVE m.s, l[0]",
        "ADD m.y :n, n :n",
        "REMOVE m.absent, l[50], absent",
    ):
        cloud_table.client.update_item(TableName=cloud_table.name, **update(expression))
    assert cloud_table.get("a", "1") == {
        **KEY,
        "n": {"N": "1"},
        "x": {"N": "2"},
        "s": ITEM["s"],
        "ss": ITEM["ss"],
        "l": {"L": [{"N": "1"}, {"N": "2"}, {"S": "5"}]},
        "m": {"M": {"y": {"N": "2"}, "z": {"M": {}}}},
    }
