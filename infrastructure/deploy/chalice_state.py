"""Chalice's record of what it made, kept in the build folder; where it is lost, it is written anew from what is there.

Chalice writes it at its very end. Without it a second run would make a second API and second event mappings beside
those of a run that broke off, or of another machine.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from infrastructure.deploy.target import APP, GATEWAY_STAGE, Place

type Resource = dict[str, str]


def path(place: Place) -> Path:
    """Where Chalice keeps it."""
    return place.building / ".chalice" / "deployed" / f"{place.stage}.json"


def api_id(place: Place) -> str | None:
    """The API that this library answers at, by the record and else by what is there; None before the first."""
    there = _apis(place)
    named = _named(place)
    return named if named in there else next(iter(there), None)


def restore(place: Place) -> None:
    """Write the record anew where it is lost, or names an API that is gone."""
    if _named(place) is None or _named(place) not in _apis(place):
        write(place)


def write(place: Place) -> None:
    """Write the record of all that is there."""
    resources = [*_functions(place)]
    api = api_id(place)
    if api:
        url = f"https://{api}.execute-api.{place.region}.amazonaws.com/{GATEWAY_STAGE}/"
        resources.append({"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api, "rest_api_url": url})
    path(place).parent.mkdir(parents=True, exist_ok=True)
    path(place).write_text(json.dumps({"resources": resources, "schema_version": "2.0", "backend": "api"}, indent=2))


def remove_others(place: Place) -> None:
    """Delete every other API of this library, which runs that broke off left behind."""
    _remove(place, kept=api_id(place))


def remove_all(place: Place) -> None:
    """Delete every API of this library."""
    _remove(place, kept=None)


def functions(place: Place) -> dict[str, str]:
    """The ARNs of this library's functions, by handler, whatever release made them."""
    client = place.client("lambda")
    found = {}
    for page in client.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name, arn = function["FunctionName"], function["FunctionArn"]
            if name == place.stack or name.startswith(f"{place.stack}-"):
                tag = client.list_tags(Resource=arn)["Tags"].get("aws-chalice", "")
                if tag.endswith(f":stage={place.stage}:app={APP}"):
                    found[name.removeprefix(place.stack).removeprefix("-") or "api_handler"] = arn
    return found


def _named(place: Place) -> str | None:
    with suppress(FileNotFoundError):
        for resource in json.loads(path(place).read_text())["resources"]:
            if resource["resource_type"] == "rest_api":
                return str(resource["rest_api_id"])
    return None


def _remove(place: Place, kept: str | None) -> None:
    client = place.client("apigateway")
    for api in _apis(place):
        if api != kept:
            client.delete_rest_api(restApiId=api)


def _apis(place: Place) -> list[str]:
    """The APIs that lead to this library's function; one that is deployed comes first, then the oldest."""
    client = place.client("apigateway")
    pages = client.get_paginator("get_rest_apis").paginate()
    named = [api for page in pages for api in page["items"] if api["name"] in (APP, place.stack)]
    ours = [api for api in named if _leads_here(client, api, place)]
    ours.sort(key=lambda api: (not client.get_stages(restApiId=api["id"])["item"], str(api["createdDate"])))
    return [str(api["id"]) for api in ours]


def _leads_here(client: Any, api: Any, place: Place) -> bool:
    pages = client.get_paginator("get_resources").paginate(restApiId=api["id"], embed=["methods"])
    for page in pages:
        for resource in page["items"]:
            for verb in resource.get("resourceMethods", {}):
                if verb != "OPTIONS":
                    found = client.get_integration(restApiId=api["id"], resourceId=resource["id"], httpMethod=verb)
                    return bool(found["uri"].endswith(f":function:{place.stack}/invocations"))
    return False


def _functions(place: Place) -> Iterable[Resource]:
    for handler, arn in functions(place).items():
        yield {"name": handler, "resource_type": "lambda_function", "lambda_arn": arn}
        yield from _role(place, handler)
        yield from _queues(place, handler, arn)
        yield from _schedules(place, handler, arn)
        yield from _buckets(place, handler, arn)


def _role(place: Place, handler: str) -> Iterable[Resource]:
    iam, name = place.client("iam"), f"{place.stack}-{handler}"
    with suppress(iam.exceptions.NoSuchEntityException):
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
        yield {"name": f"{handler}_role", "resource_type": "iam_role", "role_arn": arn, "role_name": name}


def _queues(place: Place, handler: str, arn: str) -> Iterable[Resource]:
    for mapping in place.client("lambda").list_event_source_mappings(FunctionName=arn)["EventSourceMappings"][:1]:
        yield {
            "name": f"{handler}-sqs-event-source",
            "resource_type": "sqs_event",
            "queue_arn": mapping["EventSourceArn"],
            "event_uuid": mapping["UUID"],
            "queue": mapping["EventSourceArn"].rpartition(":")[2],
            "lambda_arn": arn,
        }


def _schedules(place: Place, handler: str, arn: str) -> Iterable[Resource]:
    for rule in place.client("events").list_rule_names_by_target(TargetArn=arn)["RuleNames"]:
        yield {"name": f"{handler}-event", "resource_type": "cloudwatch_event", "rule_name": rule}


def _buckets(place: Place, handler: str, arn: str) -> Iterable[Resource]:
    bucket = place.bucket("originals")
    told = place.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    if any(held["LambdaFunctionArn"] == arn for held in told.get("LambdaFunctionConfigurations", [])):
        yield {"name": f"{handler}-s3event", "resource_type": "s3_event", "bucket": bucket, "lambda_arn": arn}
