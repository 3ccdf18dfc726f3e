from itertools import pairwise

from tests.contract.dynamodb.conftest import Table, numbers


def test_numbers_sort_by_value(table: Table) -> None:
    ascending = ["-1000", "-10.5", "-10", "-2", "-0.25", "-0.2", "0", "0.001", "0.2", "1", "2", "10", "1000"]
    for number in sorted(ascending):
        table.put("a", number)
    assert numbers(table.of("a")) == ascending
    assert numbers(table.of("a", ScanIndexForward=False)) == ascending[::-1]
    assert numbers(table.of("a", Limit=3)) == ascending
    between = table.pages(
        "#id = :id AND #at BETWEEN :l AND :h", {":id": {"S": "a"}, ":l": {"N": "-3"}, ":h": {"N": "0.2"}}
    )
    assert numbers(between) == ["-2", "-0.25", "-0.2", "0", "0.001", "0.2"]


def test_equal_numbers_are_one_key(cloud_table: Table) -> None:
    cloud_table.put("a", "1.50", color={"S": "red"})
    cloud_table.put("a", "15e-1", color={"S": "blue"})
    assert cloud_table.get("a", "1.5") == {"id": {"S": "a"}, "at": {"N": "1.5"}, "color": {"S": "blue"}}
    assert len(cloud_table.of("a")[0]) == 1


def test_strings_sort_by_utf8_bytes(table: Table) -> None:
    client, name = table.client, f"{table.name}-strings"
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("id", "text")],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "text", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    texts = [" ", "a", "a\x00", "a\x00b", "a\x01", "ab", "b", "\x7f", "\u00e9", "\u20ac", "\uffff", "\U0001f600"]
    ascending = sorted(texts, key=str.encode)
    for text in texts:
        client.put_item(TableName=name, Item={"id": {"S": "a"}, "text": {"S": text}})
    query = {"TableName": name, "KeyConditionExpression": "id = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
    assert [item["text"]["S"] for item in client.query(**query)["Items"]] == ascending
    prefixed = {
        "TableName": name,
        "KeyConditionExpression": "id = :a AND begins_with(#t, :p)",
        "ExpressionAttributeNames": {"#t": "text"},
        "ExpressionAttributeValues": {":a": {"S": "a"}, ":p": {"S": "a\x00"}},
    }
    assert [item["text"]["S"] for item in client.query(**prefixed)["Items"]] == ["a\x00", "a\x00b"]
    client.delete_table(TableName=name)


def test_pages_of_descending_query_meet_without_overlap(table: Table) -> None:
    for number in range(9):
        table.put("a", str(number), color={"S": "red"}, rank={"N": str(number // 3)})
    pages = table.pages("#color = :c", {":c": {"S": "red"}}, IndexName="by_rank", ScanIndexForward=False, Limit=2)
    found = [(int(item["rank"]["N"]), int(item["at"]["N"])) for page in pages for item in page]
    assert len(set(found)) == 9
    assert all(first[0] >= second[0] for first, second in pairwise(found))
