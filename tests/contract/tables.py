"""Empty tables, made as the template describes them."""

from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

from chalicelib.aws.dynamodb.transaction import Tables

TEMPLATE = Path(__file__).parents[2] / "infrastructure" / "template.yaml"
TABLE = "AWS::DynamoDB::Table"
TOLD = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def create_tables(client: Any, prefix: str) -> Tables:
    """The catalogue's three tables under names of their own."""
    names = {}
    for resource in cfn_yaml.load(str(TEMPLATE))["Resources"].values():
        if resource["Type"] == TABLE:
            noun = str(resource["Properties"]["TableName"]).rpartition("-")[2].strip("'}")
            if noun in Tables.__dataclass_fields__:
                names[noun] = f"{prefix}-{noun}"
                told = {name: resource["Properties"][name] for name in TOLD if name in resource["Properties"]}
                client.create_table(TableName=names[noun], **_plain(told))
    return Tables(**names)


def _plain(value: Any) -> Any:
    """The template's nodes as ordinary lists and mappings."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, str) else value
