"""Empty tables as defined in the template."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chalicelib.aws.dynamodb.transaction import Tables
from tests.infrastructure.templates import read_template

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "core.yaml"
TABLE = "AWS::DynamoDB::Table"
TABLE_PROPERTIES = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
# The parameter of tests over moto's tables, which take longer than those over fakes.
MOTO_TABLES = pytest.param("moto", marks=pytest.mark.proof)

PHOTO_TABLES = tuple(Tables.__dataclass_fields__)


class TablePool:
    """Tables of the local cloud that tests use one after the other: emptying them takes less than new ones."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._free: dict[str, list[str]] = defaultdict(list)

    @contextmanager
    def empty_tables(self, *nouns: str) -> Iterator[list[str]]:
        """The names of one table for each noun, empty and for the caller alone until the end of the block."""
        names = [
            self._free[noun].pop() if self._free[noun] else _create(self._client, f"pool-{uuid.uuid4().hex}", noun)
            for noun in nouns
        ]
        yield names
        for noun, name in zip(nouns, names, strict=True):
            remove_items(self._client, name, [key["AttributeName"] for key in table_definitions()[noun]["KeySchema"]])
            self._free[noun].append(name)


def remove_items(client: Any, table: str, keys: Sequence[str]) -> None:
    """Empty a table with these key attributes."""
    for page in client.get_paginator("scan").paginate(TableName=table):
        deletions = [{"DeleteRequest": {"Key": {key: item[key] for key in keys}}} for item in page["Items"]]
        for start in range(0, len(deletions), 25):
            left = {table: deletions[start : start + 25]}
            while left:
                left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]


def create_tables(client: Any, prefix: str) -> Tables:
    """Create the photo store's three tables; returns their names."""
    return Tables(**{noun: _create(client, prefix, noun) for noun in PHOTO_TABLES})


def create_api_keys_table(client: Any, prefix: str) -> str:
    """Create a table of API keys; returns its name."""
    return _create(client, prefix, "api-keys")


def create_albums_table(client: Any, prefix: str) -> str:
    """Create a table of albums; returns its name."""
    return _create(client, prefix, "albums")


def create_bundles_table(client: Any, prefix: str) -> str:
    """Create a table of bundles; returns its name."""
    return _create(client, prefix, "bundles")


def _create(client: Any, prefix: str, noun: str) -> str:
    client.create_table(TableName=f"{prefix}-{noun}", **table_definitions()[noun])
    return f"{prefix}-{noun}"


@cache
def table_definitions() -> dict[str, dict[str, Any]]:
    """The definition of each table in the template, by the last part of its name."""
    tables = {}
    for resource in read_template(TEMPLATE)["Resources"].values():
        if resource["Type"] == TABLE:
            properties = resource["Properties"]
            noun = str(properties["TableName"]).partition("${Stage}-")[2].strip("'}")
            tables[noun] = {name: properties[name] for name in TABLE_PROPERTIES if name in properties}
    return tables
