import pytest
from botocore.exceptions import ClientError

from tests.contract.dynamodb.conftest import Table, numbers


def test_counters_keep_38_digits(cloud_table: Table) -> None:
    most = "9" * 37 + "8"
    cloud_table.put("a", "1", hits={"N": most})
    add = {
        "TableName": cloud_table.name,
        "Key": {"id": {"S": "a"}, "at": {"N": "1"}},
        "UpdateExpression": "ADD hits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    cloud_table.client.update_item(**add)
    item = cloud_table.get("a", "1")
    assert item
    assert item["hits"] == {"N": "9" * 38}
    with pytest.raises(ClientError, match="more than 38 significant digits"):
        cloud_table.put("a", "2", hits={"N": "1" + "0" * 37 + "1"})


def test_failed_condition_changes_nothing_and_returns_the_item(table: Table) -> None:
    table.put("a", "1", color={"S": "red"})
    with pytest.raises(table.client.exceptions.ConditionalCheckFailedException) as raised:
        table.client.put_item(
            TableName=table.name,
            Item={"id": {"S": "a"}, "at": {"N": "1"}},
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert raised.value.response["Item"]["color"] == {"S": "red"}
    item = table.get("a", "1")
    assert item
    assert item["color"] == {"S": "red"}


def test_canceled_transaction_names_its_reasons_and_changes_nothing(table: Table) -> None:
    table.put("a", "1", hits={"N": "5"})
    key = {"id": {"S": "a"}, "at": {"N": "1"}}
    writes = [
        {"Put": {"TableName": table.name, "Item": {"id": {"S": "b"}, "at": {"N": "1"}}}},
        {
            "Update": {
                "TableName": table.name,
                "Key": key,
                "UpdateExpression": "ADD hits :one",
                "ConditionExpression": "hits < :most",
                "ExpressionAttributeValues": {":one": {"N": "1"}, ":most": {"N": "5"}},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        },
        {"Delete": {"TableName": table.name, "Key": {"id": {"S": "c"}, "at": {"N": "1"}}}},
        {
            "ConditionCheck": {
                "TableName": table.name,
                "Key": {"id": {"S": "d"}, "at": {"N": "1"}},
                "ConditionExpression": "attribute_exists(id)",
            }
        },
    ]
    with pytest.raises(table.client.exceptions.TransactionCanceledException) as raised:
        table.client.transact_write_items(TransactItems=writes)
    reasons = raised.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == [
        "None",
        "ConditionalCheckFailed",
        "None",
        "ConditionalCheckFailed",
    ]
    assert reasons[1]["Item"]["hits"] == {"N": "5"}
    assert table.get("b", "1") is None
    table.client.transact_write_items(TransactItems=[writes[0], writes[2]])
    assert table.get("b", "1")


def test_transaction_with_the_same_token_is_done_once(cloud_table: Table) -> None:
    update = {
        "TableName": cloud_table.name,
        "Key": {"id": {"S": "a"}, "at": {"N": "1"}},
        "UpdateExpression": "ADD hits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        cloud_table.client.transact_write_items(
            TransactItems=[{"Update": update}], ClientRequestToken=cloud_table.name[9:]
        )
    item = cloud_table.get("a", "1")
    assert item
    assert item["hits"] == {"N": "1"}


def test_transaction_of_100_writes(table: Table) -> None:
    puts = [{"Put": {"TableName": table.name, "Item": {"id": {"S": "a"}, "at": {"N": str(n)}}}} for n in range(101)]
    with pytest.raises(ClientError, match="100"):
        table.client.transact_write_items(TransactItems=puts)
    table.client.transact_write_items(TransactItems=puts[:100])
    assert numbers(table.of("a")) == [str(n) for n in range(100)]


def test_transaction_reads_items_in_order(table: Table) -> None:
    table.put("a", "1")
    keys = [{"id": {"S": item_id}, "at": {"N": "1"}} for item_id in ("b", "a")]
    found = table.client.transact_get_items(
        TransactItems=[{"Get": {"TableName": table.name, "Key": key}} for key in keys]
    )
    assert [response.get("Item") for response in found["Responses"]] == [None, keys[1]]
