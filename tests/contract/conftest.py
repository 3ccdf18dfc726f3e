"""Each port is held to one suite, over the fake, over moto and over the local cloud."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.aws.dynamodb.catalogue import DynamoCatalogue
from chalicelib.aws.dynamodb.ledger import DynamoLedger
from chalicelib.aws.dynamodb.shelves import DynamoShelves
from chalicelib.aws.dynamodb.transaction import Tables
from chalicelib.gallery import Shelves
from chalicelib.photos import Catalogue
from chalicelib.recount import Ledger
from tests.contract.tables import create_tables
from tests.fakes.catalogue import MemoryCatalogue
from tests.samples import NOON


@dataclass
class Store:
    """The three ports of the catalogue, over one and the same store."""

    catalogue: Catalogue
    shelves: Shelves
    ledger: Ledger


def over_dynamodb(client: Any, tables: Tables) -> Store:
    """A store over the tables of this client."""
    catalogue = DynamoCatalogue(client, tables, lambda: NOON, lambda _: None, random.random)
    return Store(catalogue, DynamoShelves(client, tables), DynamoLedger(client, tables))


@pytest.fixture(params=["fake", "moto", pytest.param("cloud", marks=pytest.mark.cloud)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty catalogue of each kind."""
    if request.param == "fake":
        memory = MemoryCatalogue(now=lambda: NOON)
        yield Store(memory, memory, memory)
    elif request.param == "moto":
        with mock_aws():
            client = boto3.client("dynamodb", region_name="us-east-1")
            yield over_dynamodb(client, create_tables(client, "contract"))
    else:
        client = request.getfixturevalue("cloud").client("dynamodb")
        tables = create_tables(client, f"contract-{uuid.uuid4().hex}")
        yield over_dynamodb(client, tables)
        for name in (tables.photos, tables.memberships, tables.trends):
            client.delete_table(TableName=name)
