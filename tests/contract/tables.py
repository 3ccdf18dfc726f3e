"""Empty tables, made as the template describes them."""

from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.aws.dynamodb.transaction import Tables
from tests.infrastructure.templates import read_template

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "core.yaml"
TABLE = "AWS::DynamoDB::Table"
TABLE_PROPERTIES = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def create_tables(client: Any, prefix: str) -> Tables:
    """Create the catalog's three tables; returns their names."""
    return Tables(**{noun: _create(client, prefix, noun) for noun in Tables.__dataclass_fields__})


def create_api_keys_table(client: Any, prefix: str) -> str:
    """The table of API keys under a name of its own."""
    return _create(client, prefix, "api-keys")


def create_bundles_table(client: Any, prefix: str) -> str:
    """The table of bundles under a name of its own."""
    return _create(client, prefix, "bundles")


def _create(client: Any, prefix: str, noun: str) -> str:
    client.create_table(TableName=f"{prefix}-{noun}", **table_definitions()[noun])
    return f"{prefix}-{noun}"


@cache
def table_definitions() -> dict[str, dict[str, Any]]:
    """What the template says of each table, by its noun."""
    tables = {}
    for resource in read_template(TEMPLATE)["Resources"].values():
        if resource["Type"] == TABLE:
            properties = resource["Properties"]
            noun = str(properties["TableName"]).partition("${Stage}-")[2].strip("'}")
            tables[noun] = {name: properties[name] for name in TABLE_PROPERTIES if name in properties}
    return tables
