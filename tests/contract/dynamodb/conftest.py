"""DynamoDB itself, as far as the stores rely on it: moto and the local cloud must behave like AWS."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.aws.clients import Clients
from tests.contract.conftest import CLOUD, MOTO
from tests.contract.tables import remove_items

KILOBYTE = 1024
ATTRIBUTES = {"id": "S", "at": "N", "color": "S", "rank": "N"}


@dataclass
class Table:
    """A table with a numeric sort key, a numeric index by color, and an index of keys only."""

    client: Any
    name: str

    def put(self, item_id: str, at: str, **more: Any) -> Any:
        """Put one item, with further attributes as in DynamoDB JSON."""
        return self.client.put_item(TableName=self.name, Item={"id": {"S": item_id}, "at": {"N": at}, **more})

    def get(self, item_id: str, at: str) -> dict[str, Any] | None:
        """An item or None."""
        item: dict[str, Any] | None = self.client.get_item(
            TableName=self.name, Key={"id": {"S": item_id}, "at": {"N": at}}, ConsistentRead=True
        ).get("Item")
        return item

    def pages(self, expression: str, values: dict[str, Any], **more: Any) -> list[list[dict[str, Any]]]:
        """The items of each page of a Query."""
        pages: list[list[dict[str, Any]]] = []
        start: dict[str, Any] = {}
        names = {name: name[1:] for name in ("#id", "#at", "#color", "#rank") if name in expression}
        while True:
            page = self.client.query(
                TableName=self.name,
                KeyConditionExpression=expression,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                **more,
                **start,
            )
            pages.append(page["Items"])
            if "LastEvaluatedKey" not in page:
                return pages
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def of(self, item_id: str, **more: Any) -> list[list[dict[str, Any]]]:
        """The pages of all items with this id."""
        return self.pages("#id = :id", {":id": {"S": item_id}}, **more)


@pytest.fixture(params=[MOTO, CLOUD])
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """An empty table of each kind."""
    if request.param == "moto":
        with mock_aws():
            yield create(request.getfixturevalue("moto_clients").get("dynamodb"))
    else:
        yield from cloud_table_of(request)


@pytest.fixture(scope="session")
def shared_cloud_table(cloud_clients: Clients) -> Table:
    """A table of the local cloud that tests use one after the other."""
    return create(cloud_clients.get("dynamodb"))


@pytest.fixture
def cloud_table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """An empty table of the local cloud, where moto differs from AWS."""
    yield from cloud_table_of(request)


def cloud_table_of(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The table of the local cloud, emptied at the end."""
    table = request.getfixturevalue("shared_cloud_table")
    yield table
    remove_items(table.client, table.name, ["id", "at"])


def create(client: Any) -> Table:
    """Create the table with its indexes."""
    name = f"protocol-{uuid.uuid4().hex}"
    index_keys = [{"AttributeName": "color", "KeyType": "HASH"}, {"AttributeName": "rank", "KeyType": "RANGE"}]
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in ATTRIBUTES.items()],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {"IndexName": "by_rank", "KeySchema": index_keys, "Projection": {"ProjectionType": "ALL"}},
            {"IndexName": "keys", "KeySchema": index_keys[:1], "Projection": {"ProjectionType": "KEYS_ONLY"}},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Table(client, name)


def numbers(pages: list[list[dict[str, Any]]], attribute: str = "at") -> list[str]:
    """The values of a numeric attribute, in order."""
    return [item[attribute]["N"] for page in pages for item in page]
