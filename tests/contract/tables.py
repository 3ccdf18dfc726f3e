"""Empty tables as defined in the template."""

from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.aws.dynamodb.transaction import Tables
from tests.infrastructure.templates import read_template

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "core.yaml"
TABLE = "AWS::DynamoDB::Table"
TABLE_PROPERTIES = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def create_tables(client: Any, prefix: str) -> Tables:
    """Create the photo store's three tables; returns their names."""
    return Tables(**{noun: _create(client, prefix, noun) for noun in Tables.__dataclass_fields__})


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
