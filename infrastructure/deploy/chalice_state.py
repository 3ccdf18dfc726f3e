"""Chalice's state file in the build folder, rebuilt from AWS if it is missing.

Chalice writes it at the very end of a deployment. Without it, the next `chalice deploy` would create a second API and
second event source mappings in addition to those of an interrupted deployment, or of one from another machine.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from infrastructure.deploy.target import APP, GATEWAY_STAGE, Target

type Resource = dict[str, str]


def path(target: Target) -> Path:
    """Path of the state file."""
    return target.build_dir / ".chalice" / "deployed" / f"{target.stage}.json"


def api_id(target: Target) -> str | None:
    """Id of the library's REST API: the recorded one if it exists, else one found on AWS, else None."""
    existing = _find_apis(target)
    recorded = _recorded_api_id(target)
    return recorded if recorded in existing else next(iter(existing), None)


def restore(target: Target) -> None:
    """Rebuild the file if it is missing or incomplete, or names an API that does not exist."""
    recorded = _recorded_api_id(target)
    if recorded is None or recorded not in _find_apis(target):
        write(target)


def write(target: Target) -> None:
    """Write the file from what exists on AWS."""
    resources = [*_function_resources(target)]
    api = api_id(target)
    if api:
        url = f"https://{api}.execute-api.{target.region}.amazonaws.com/{GATEWAY_STAGE}/"
        resources.append({"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api, "rest_api_url": url})
    path(target).parent.mkdir(parents=True, exist_ok=True)
    path(target).write_text(json.dumps({"resources": resources, "schema_version": "2.0", "backend": "api"}, indent=2))


def delete_other_apis(target: Target) -> None:
    """Delete the duplicate APIs of interrupted deployments."""
    _delete_apis(target, keep=api_id(target))


def delete_all_apis(target: Target) -> None:
    """Delete every API of this library."""
    _delete_apis(target, keep=None)


def find_functions(target: Target) -> dict[str, str]:
    """ARNs of the library's functions by handler, whichever release created them."""
    client = target.client("lambda")
    functions = {}
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name, arn = function["FunctionName"], function["FunctionArn"]
            if name == target.stack_name or name.startswith(f"{target.stack_name}-"):
                tag = client.list_tags(Resource=arn)["Tags"].get("aws-chalice", "")
                if tag.endswith(f":stage={target.stage}:app={APP}"):
                    functions[name.removeprefix(target.stack_name).removeprefix("-") or "api_handler"] = arn
    return functions


def _recorded_api_id(target: Target) -> str | None:
    with suppress(FileNotFoundError, json.JSONDecodeError):  # Chalice was killed before or while it wrote it
        for resource in json.loads(path(target).read_text())["resources"]:
            if resource["resource_type"] == "rest_api":
                return str(resource["rest_api_id"])
    return None


def _delete_apis(target: Target, keep: str | None) -> None:
    client = target.client("apigateway")
    for api in _find_apis(target):
        if api != keep:
            client.delete_rest_api(restApiId=api)


def _find_apis(target: Target) -> list[str]:
    """Ids of the APIs that invoke this library's function: deployed ones first, then by age."""
    client = target.client("apigateway")
    pages = client.get_paginator("get_rest_apis").paginate()
    candidates = [api for page in pages for api in page["items"] if api["name"] in (APP, target.stack_name)]
    apis = [api for api in candidates if _invokes_library(client, api, target)]
    apis.sort(key=lambda api: (not client.get_stages(restApiId=api["id"])["item"], str(api["createdDate"])))
    return [str(api["id"]) for api in apis]


def _invokes_library(client: Any, api: Any, target: Target) -> bool:
    pages = client.get_paginator("get_resources").paginate(restApiId=api["id"], embed=["methods"])
    for page in pages:
        for resource in page["items"]:
            for method in resource.get("resourceMethods", {}):
                if method != "OPTIONS":
                    integration = client.get_integration(
                        restApiId=api["id"], resourceId=resource["id"], httpMethod=method
                    )
                    return bool(integration["uri"].endswith(f":function:{target.stack_name}/invocations"))
    return False


def _function_resources(target: Target) -> Iterable[Resource]:
    for handler, arn in find_functions(target).items():
        yield {"name": handler, "resource_type": "lambda_function", "lambda_arn": arn}
        yield from _role_resources(target, handler)
        yield from _queue_resources(target, handler, arn)
        yield from _schedule_resources(target, handler, arn)
        yield from _bucket_resources(target, handler, arn)


def _role_resources(target: Target, handler: str) -> Iterable[Resource]:
    iam, name = target.client("iam"), f"{target.stack_name}-{handler}"
    with suppress(iam.exceptions.NoSuchEntityException):
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
        yield {"name": f"{handler}_role", "resource_type": "iam_role", "role_arn": arn, "role_name": name}


def _queue_resources(target: Target, handler: str, arn: str) -> Iterable[Resource]:
    for mapping in target.client("lambda").list_event_source_mappings(FunctionName=arn)["EventSourceMappings"][:1]:
        yield {
            "name": f"{handler}-sqs-event-source",
            "resource_type": "sqs_event",
            "queue_arn": mapping["EventSourceArn"],
            "event_uuid": mapping["UUID"],
            "queue": mapping["EventSourceArn"].rpartition(":")[2],
            "lambda_arn": arn,
        }


def _schedule_resources(target: Target, handler: str, arn: str) -> Iterable[Resource]:
    for rule in target.client("events").list_rule_names_by_target(TargetArn=arn)["RuleNames"]:
        yield {"name": f"{handler}-event", "resource_type": "cloudwatch_event", "rule_name": rule}


def _bucket_resources(target: Target, handler: str, arn: str) -> Iterable[Resource]:
    bucket = target.bucket_name("originals")
    notifications = target.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    if any(each["LambdaFunctionArn"] == arn for each in notifications.get("LambdaFunctionConfigurations", [])):
        yield {"name": f"{handler}-s3event", "resource_type": "s3_event", "bucket": bucket, "lambda_arn": arn}
