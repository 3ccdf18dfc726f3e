"""IAM policies of the functions, narrowed to one library and its labeler.

The policies in `.chalice` allow any stage in any account and Rekognition, for a plain `chalice deploy`. The deployed
ones name partition, region, account and stage, so that two libraries in one account cannot access each other.
"""

import re
from typing import Any

from infrastructure.deploy.labels import REKOGNITION
from infrastructure.deploy.target import APP, Target

BUCKET = re.compile(rf"{APP}-\*-(\w+)-\*")


def for_labels(policy: dict[str, Any], labels: str) -> dict[str, Any]:
    """The policy without Rekognition, unless it finds the labels."""
    statements = [each for each in policy["Statement"] if labels == REKOGNITION or not _is_rekognition(each)]
    return {**policy, "Statement": statements}


def scope_policy(policy: dict[str, Any], target: Target, function: str, user_pool: str) -> dict[str, Any]:
    """The policy with every resource narrowed to this function of this library, which has this user pool."""
    statements = []
    for statement in policy["Statement"]:
        resource = statement["Resource"]
        arns = [resource] if isinstance(resource, str) else resource
        scoped = [each for arn in arns for each in _scope_arn(arn, target, function, user_pool)]
        statements.append({**statement, "Resource": scoped})
    return {**policy, "Statement": statements}


def _is_rekognition(statement: dict[str, Any]) -> bool:
    return all(action.startswith("rekognition:") for action in statement["Action"])


def _scope_arn(arn: str, target: Target, function: str, user_pool: str) -> list[str]:
    if arn == "*":
        return [arn]
    _, _, service, region, account, resource = arn.split(":", 5)
    prefix = f"arn:{target.partition}:{service}:{target.region if region else ''}:{target.account if account else ''}:"
    match service:
        case "logs":
            group = f"log-group:/aws/lambda/{function}"
            resources = [group, f"{group}:*"]
        case "ssm":  # GetParametersByPath needs the path itself, GetParameter what is below it
            path = f"parameter/{APP}/{target.stage}"
            resources = [path, f"{path}/*"]
        case "cognito-idp":
            resources = [f"userpool/{user_pool}"]
        case "s3":
            resources = [BUCKET.sub(rf"{target.stack_name}-\1-{target.account}", resource)]
        case _:  # `tintype-*` at the end is a prefix of names that the app chooses
            suffix = "-*" if resource == f"{APP}-*" else ""
            resources = [resource.replace(f"{APP}-*", target.stack_name, 1) + suffix]
    return [prefix + each for each in resources]
