"""Adoption: a library put together again of what a destroy has kept, or of what stands there under its names.

CloudFormation imports only what is there, by a template of nothing else; what is missing comes with the whole template
after it. Each is told as the whole template tells it: an import compares nothing, and what differed then would be
changed by the update.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from infrastructure.deploy.errors import Problem
from infrastructure.deploy.target import Place

BUCKETS = {"OriginalsBucket": "originals", "DerivativesBucket": "derivatives"}
TABLES = {f"{name.title()}Table": name for name in ("photos", "memberships", "trends", "keys")}
LONG = {"Ref": "Ref", "Condition": "Condition"}  # the rest of CloudFormation's functions begin with Fn::


def kept(place: Place) -> dict[str, dict[str, str]]:
    """What of a library is there without its stack: each one's identifier, by its name in the template."""
    found: dict[str, dict[str, str]] = {}
    s3, dynamodb = place.client("s3"), place.client("dynamodb")
    for name, bucket in BUCKETS.items():
        if _is_ours(s3, place.bucket(bucket)):
            found[name] = {"BucketName": place.bucket(bucket)}
    there = {name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]}
    tables = {name: f"{place.stack}-{table}" for name, table in TABLES.items()}
    found |= {name: {"TableName": table} for name, table in tables.items() if table in there}
    pools = pools_of(place)
    if len(pools) > 1:
        raise Problem(
            f"There are {len(pools)} user pools called {place.stack}, and which one is the library's cannot be told: "
            f"rename or delete all but one ({', '.join(pools)})."
        )
    return found | ({"UserPool": {"UserPoolId": pools[0]}} if pools else {})


def pools_of(place: Place) -> list[str]:
    """The user pools of this library's name."""
    pages = place.client("cognito-idp").get_paginator("list_user_pools").paginate(MaxResults=60)
    return [pool["Id"] for page in pages for pool in page["UserPools"] if pool["Name"] == place.stack]


def template_of(template: Path, names: Mapping[str, Any]) -> str:
    """The template of these resources alone."""
    whole = yaml.load(template.read_text(), _Loader)  # noqa: S506 (a SafeLoader)
    only = {name: whole["Resources"][name] for name in names}
    return json.dumps({"Parameters": whole["Parameters"], "Conditions": whole["Conditions"], "Resources": only})


def to_import(template: Path, found: Mapping[str, dict[str, str]]) -> list[dict[str, Any]]:
    """What CloudFormation is told of each."""
    types = {name: held["Type"] for name, held in yaml.load(template.read_text(), _Loader)["Resources"].items()}  # noqa: S506 (as above)
    return [
        {"ResourceType": types[name], "LogicalResourceId": name, "ResourceIdentifier": identifier}
        for name, identifier in found.items()
    ]


def _is_ours(s3: Any, bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise Problem(f"The bucket {bucket} belongs to somebody else: choose another STAGE.") from error
    return True


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML with CloudFormation's short functions, written out as JSON has them."""


def _function(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            told: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            told = loader.construct_sequence(node, deep=True)
        case _:
            raise ValueError(f"no function: {node}")
    if name == "GetAtt" and isinstance(told, str):
        told = told.split(".", 1)
    return {LONG.get(name, f"Fn::{name}"): told}


_Loader.add_multi_constructor("!", _function)
