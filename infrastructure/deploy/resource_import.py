"""Imports the resources that `make destroy` retained into a new stack.

CloudFormation imports existing resources only, from a template that contains nothing else; the full template then adds
the missing ones. An import compares no property with the resource, and an update changes only the properties that
differ between the two templates. So each resource is imported with the properties that cannot be changed or set again,
and the update sets all others, also those that an older library's resource does not have.
"""

import json
from collections.abc import Iterable, Mapping
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
    "AlbumsTable": "albums",
}
METRICS_ID = "all"  # of the buckets' request metrics
# The properties that cannot be changed, or only one by one: names, keys, indexes.
FIXED_PROPERTIES = {
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::DynamoDB::Table": (
        "TableName",
        "BillingMode",
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
    ),
    "AWS::Cognito::UserPool": ("UserPoolName", "UsernameAttributes", "UsernameConfiguration"),
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


def find_properties(target: Target, retained: Mapping[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Properties that retained resources have and an update cannot set again or would not remove, by logical id."""
    s3, dynamodb = target.client("s3"), target.client("dynamodb")
    found: dict[str, dict[str, Any]] = {}
    for name, identifier in retained.items():
        if "TableName" in identifier:
            found[name] = _time_to_live(dynamodb.describe_time_to_live(**identifier)["TimeToLiveDescription"])
        if "BucketName" in identifier:
            metrics = s3.list_bucket_metrics_configurations(Bucket=identifier["BucketName"])
            found[name] = _request_metrics(metrics.get("MetricsConfigurationList", []))
    return found


def import_template(template: Path, names: Iterable[str], properties: Mapping[str, dict[str, Any]]) -> str:
    """The template, as JSON, reduced to these resources, with their fixed properties and those of `properties`."""
    full = read_template(template)
    resources = {name: _reduce(full["Resources"][name], properties.get(name, {})) for name in names}
    return json.dumps({"Parameters": full["Parameters"], "Conditions": full["Conditions"], "Resources": resources})


def resources_to_import(template: Path, retained: Mapping[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The `ResourcesToImport` parameter of the change set."""
    resources = read_template(template)["Resources"]
    return [
        {"ResourceType": resources[name]["Type"], "LogicalResourceId": name, "ResourceIdentifier": identifier}
        for name, identifier in retained.items()
    ]


def _reduce(resource: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    names = FIXED_PROPERTIES[resource["Type"]]
    fixed = {name: value for name, value in resource["Properties"].items() if name in names}
    return {**resource, "Properties": {**fixed, **properties}}


def _time_to_live(description: Mapping[str, str]) -> dict[str, Any]:
    """The property of a table; none if it is off. DynamoDB refuses to turn it on twice."""
    if description.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        return {}
    return {"TimeToLiveSpecification": {"AttributeName": description["AttributeName"], "Enabled": True}}


def _request_metrics(configurations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The property of a bucket whose metrics were full; none if it has only metrics of others, which stay."""
    ours = [{"Id": each["Id"]} for each in configurations if each["Id"] == METRICS_ID]
    return {"MetricsConfigurations": ours} if ours else {}
