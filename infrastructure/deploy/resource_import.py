"""Imports the resources that `make destroy` retained into a new stack.

CloudFormation imports existing resources only, from a template that contains nothing else; the full template then adds
the missing ones. Each resource is imported with its definition from the full template. An import does not compare
properties, so the update that follows applies any differences.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infrastructure.deploy import location
from infrastructure.deploy.errors import UserError
from infrastructure.deploy.target import Target
from infrastructure.template import read_template

BUCKETS = {"OriginalsBucket": "originals", "DerivativesBucket": "derivatives"}
TABLES = {
    "PhotosTable": "photos",
    "MembershipsTable": "memberships",
    "TrendsTable": "trends",
    "ApiKeysTable": "api-keys",
}


def find_retained(target: Target) -> dict[str, dict[str, str]]:
    """Existing resources of a library without stack: their identifiers by logical id; raises UserError."""
    retained: dict[str, dict[str, str]] = {}
    s3, dynamodb = target.client("s3"), target.client("dynamodb")
    for name, bucket in BUCKETS.items():
        if location.bucket_region(s3, target.bucket_name(bucket)):
            retained[name] = {"BucketName": target.bucket_name(bucket)}
    existing = {name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]}
    tables = {name: f"{target.stack_name}-{table}" for name, table in TABLES.items()}
    retained |= {name: {"TableName": table} for name, table in tables.items() if table in existing}
    pools = find_user_pools(target)
    if len(pools) > 1:
        raise UserError(
            f"{len(pools)} user pools are named {target.stack_name} ({', '.join(pools)}): "
            "rename or delete all but the library's own."
        )
    return retained | ({"UserPool": {"UserPoolId": pools[0]}} if pools else {})


def find_user_pools(target: Target) -> list[str]:
    """Ids of the user pools with this library's name."""
    pages = target.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60)
    return [pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] == target.stack_name]


def import_template(template: Path, names: Mapping[str, Any]) -> str:
    """The template, as JSON, reduced to these resources."""
    full = read_template(template)
    resources = {name: full["Resources"][name] for name in names}
    return json.dumps({"Parameters": full["Parameters"], "Conditions": full["Conditions"], "Resources": resources})


def resources_to_import(template: Path, retained: Mapping[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The `ResourcesToImport` parameter of the change set."""
    resources = read_template(template)["Resources"]
    return [
        {"ResourceType": resources[name]["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier}
        for name, identifier in retained.items()
    ]
