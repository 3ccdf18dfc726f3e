from tests.contract.dynamodb.conftest import Table, numbers


def test_index_has_only_items_with_its_attributes(table: Table) -> None:
    table.put("a", "1", color={"S": "red"}, rank={"N": "-5"}, text={"S": "x"})
    table.put("b", "1", color={"S": "red"}, rank={"N": "30"})
    table.put("c", "1", color={"S": "red"}, rank={"N": "4.5"})
    table.put("d", "1", color={"S": "red"})
    table.put("e", "1", rank={"N": "1"})
    red = {":c": {"S": "red"}}
    assert numbers(table.pages("#color = :c", red, IndexName="by_rank"), "rank") == ["-5", "4.5", "30"]
    above = table.pages("#color = :c AND #rank > :r", red | {":r": {"N": "-5"}}, IndexName="by_rank", Limit=1)
    assert numbers(above, "rank") == ["4.5", "30"]
    (keys,) = table.pages("#color = :c", red, IndexName="keys")
    assert sorted(item["id"]["S"] for item in keys) == ["a", "b", "c", "d"]
    assert all(item.keys() == {"id", "at", "color"} for item in keys)


def test_index_follows_updates_and_deletes(table: Table) -> None:
    for item_id in "abc":
        table.put(item_id, "1", color={"S": "red"}, rank={"N": "1"})
    key = {"TableName": table.name, "Key": {"id": {"S": "a"}, "at": {"N": "1"}}}
    table.client.update_item(
        **key,
        UpdateExpression="SET #r = :r",
        ExpressionAttributeNames={"#r": "rank"},
        ExpressionAttributeValues={":r": {"N": "9"}},
    )
    red = ("#color = :c", {":c": {"S": "red"}})
    assert [item["id"]["S"] for page in table.pages(*red, IndexName="by_rank", Limit=1) for item in page] == list("bca")
    table.client.update_item(**key, UpdateExpression="REMOVE color")
    table.client.delete_item(TableName=table.name, Key={"id": {"S": "b"}, "at": {"N": "1"}})
    assert [item["id"]["S"] for item in table.pages(*red, IndexName="by_rank")[0]] == ["c"]
