from typing import Any

from tests.contract.dynamodb.conftest import Table


def test_writes_report_consumed_capacity_by_size(cloud_table: Table) -> None:
    item = {"id": {"S": "a"}, "at": {"N": "1"}, "text": {"S": "x" * 3000}, "color": {"S": "red"}}
    response = cloud_table.client.put_item(TableName=cloud_table.name, Item=item, ReturnConsumedCapacity="INDEXES")
    capacity = response["ConsumedCapacity"]
    assert capacity["Table"]["CapacityUnits"] == 3
    assert capacity["GlobalSecondaryIndexes"] == {"keys": {"CapacityUnits": 1}}


def test_reads_report_consumed_capacity_by_size(cloud_table: Table) -> None:
    for number in range(3):
        cloud_table.put("a", str(number), text={"S": "x" * 9000}, color={"S": "red"}, rank={"N": "1"})
    client, name, key = cloud_table.client, cloud_table.name, {"id": {"S": "a"}, "at": {"N": "1"}}

    def units(response: Any) -> float:
        return float(response["ConsumedCapacity"]["CapacityUnits"])

    get = {"TableName": name, "Key": key, "ReturnConsumedCapacity": "TOTAL"}
    assert units(client.get_item(**get, ConsistentRead=True)) == 3
    assert units(client.get_item(**get, ProjectionExpression="color")) == 1.5
    query = {
        "TableName": name,
        "KeyConditionExpression": "id = :a",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
        "ReturnConsumedCapacity": "TOTAL",
    }
    assert units(client.query(**query, ConsistentRead=True)) == 7  # 27,000 bytes and names
    assert units(client.query(**query, Limit=1, FilterExpression="attribute_exists(nothing)")) == 1.5
    by_color = query | {"KeyConditionExpression": "color = :a", "ExpressionAttributeValues": {":a": {"S": "red"}}}
    assert units(client.query(**by_color, IndexName="keys")) == 0.5
    assert units(client.query(**by_color, IndexName="by_rank")) == 3.5
    missing = {"id": {"S": "z"}, "at": {"N": "1"}}
    batch = client.batch_get_item(RequestItems={name: {"Keys": [key, missing]}}, ReturnConsumedCapacity="TOTAL")
    assert batch["ConsumedCapacity"] == [{"TableName": name, "CapacityUnits": 2.0}]
