import pytest
from botocore.exceptions import ClientError

from tests.contract.dynamodb.conftest import KILOBYTE, Table, numbers


def test_page_is_at_most_one_megabyte(cloud_table: Table) -> None:
    for number in range(7):
        cloud_table.put("a", str(number), text={"S": "x" * 300 * KILOBYTE}, color={"S": "red"}, rank={"N": "1"})
    sizes = [len(page) for page in cloud_table.of("a")]
    assert sizes == [3, 3, 1]
    assert numbers(cloud_table.of("a", Limit=5)) == list("0123456")
    # An index of keys only has small entries.
    assert len(cloud_table.pages("#color = :c", {":c": {"S": "red"}}, IndexName="keys")) == 1
    scanned = cloud_table.client.get_paginator("scan").paginate(TableName=cloud_table.name)
    assert [page["Count"] for page in scanned] == [3, 3, 1]


def test_item_is_at_most_400_kilobytes(cloud_table: Table) -> None:
    names = len("id" + "a" + "at" + "text") + 2
    cloud_table.put("a", "1", text={"S": "x" * (400 * KILOBYTE - names)})
    with pytest.raises(ClientError, match="Item size has exceeded the maximum allowed size"):
        cloud_table.put("a", "2", text={"S": "x" * (400 * KILOBYTE - names + 1)})
    stored = cloud_table.get("a", "1")
    assert stored
    assert len(stored["text"]["S"]) == 400 * KILOBYTE - names


def test_scan_reads_each_item_once(table: Table) -> None:
    for item_id in "abcdef":
        for number in ("-1", "2", "10"):
            table.put(item_id, number)
    for options in ({}, {"Limit": 4}, {"Limit": 1}):
        pages = table.client.get_paginator("scan").paginate(TableName=table.name, **options)
        found = [(item["id"]["S"], item["at"]["N"]) for page in pages for item in page["Items"]]
        assert len(found) == len(set(found)) == 18


def test_segments_of_a_scan_are_the_whole(cloud_table: Table) -> None:
    for number in range(40):
        cloud_table.put(f"item {number}", "1")
    found: list[str] = []
    for segment in range(3):
        pages = cloud_table.client.get_paginator("scan").paginate(
            TableName=cloud_table.name, Segment=segment, TotalSegments=3, Limit=5
        )
        found += [item["id"]["S"] for page in pages for item in page["Items"]]
    assert len(found) == len(set(found)) == 40


def test_projection_of_paths_and_reserved_words(table: Table) -> None:
    table.put("a", "1", size={"N": "3"}, map={"M": {"pair": {"L": [{"S": "x"}, {"S": "y"}]}, "other": {"BOOL": True}}})
    (item,) = table.pages("#id = :id", {":id": {"S": "a"}})[0]
    assert item["map"]["M"]["other"] == {"BOOL": True}
    found = table.client.get_item(
        TableName=table.name,
        Key={"id": {"S": "a"}, "at": {"N": "1"}},
        ProjectionExpression="#s, #m.pair[1]",
        ExpressionAttributeNames={"#s": "size", "#m": "map"},
    )["Item"]
    assert found == {"size": {"N": "3"}, "map": {"M": {"pair": {"L": [{"S": "y"}]}}}}


def test_binary_values_keep_their_bytes(table: Table) -> None:
    data = bytes(range(256))
    table.put("a", "1", data={"B": data}, more={"BS": [b"\x00", data]})
    item = table.get("a", "1")
    assert item
    assert item["data"] == {"B": data}
    assert sorted(item["more"]["BS"]) == [b"\x00", data]
