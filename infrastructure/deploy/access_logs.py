"""API Gateway's access log: one JSON line per request in the core stack's log group, without personal data.

API Gateway writes logs with a role that is a setting of the account, one for each region. If there is one, it stays,
whoever set it, unless it was deleted; `make destroy` leaves it, too, because other APIs may have come to use it.
"""

import json
import time
from contextlib import suppress
from typing import Any

from infrastructure.deploy import settling
from infrastructure.deploy.settling import Sleep
from infrastructure.deploy.target import APP, GATEWAY_STAGE, Target

# CloudWatch adds up numbers, which have no quotes. API Gateway writes `-` for what a request has no value of, and every
# response has a length; the others are strings, which Logs Insights compares and adds up as well.
NUMBER = "$context.responseLength"
# The route is that of `app.py`, such as /photos/{photo_id}. No addresses, users, ids, paths or queries.
FIELDS = {
    "request_id": "$context.requestId",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "response_bytes": NUMBER,
}
ROLE = f"{APP}-gateway-logs"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"


def log_group_arn(target: Target) -> str:
    """ARN of the core stack's log group for requests."""
    return f"arn:{target.partition}:logs:{target.region}:{target.account}:log-group:/aws/apigateway/{target.stack_name}"


def log_format(target: Target) -> str:
    """The format of a line: the fields, and the stage, by which a metric filter tells libraries apart."""
    return json.dumps({"stage": target.stage, **FIELDS}).replace(f'"{NUMBER}"', NUMBER)


def plan(target: Target) -> list[str]:
    """What changes for the whole account, one line each."""
    return [] if _role(target) else [f"account: API Gateway may write logs in {target.region} (role {ROLE})"]


def configure(target: Target, api_id: str, sleep: Sleep = time.sleep) -> None:
    """Give API Gateway a role unless it has one, and turn on the log unless it is on with this format and group."""
    client = target.client("apigateway")
    if not _role(target):
        operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": _create_role(target)}
        settling.retry(sleep, client.update_account, patchOperations=[operation])
    expected = {"destinationArn": log_group_arn(target), "format": log_format(target)}
    if client.get_stage(restApiId=api_id, stageName=GATEWAY_STAGE).get("accessLogSettings") == expected:
        return
    operations = [
        {"op": "replace", "path": f"/accessLogSettings/{name}", "value": value} for name, value in expected.items()
    ]
    stage_name = {"restApiId": api_id, "stageName": GATEWAY_STAGE}
    settling.retry(sleep, client.update_stage, **stage_name, patchOperations=operations)


def _role(target: Target) -> str:
    """ARN of the role that API Gateway writes logs with in this region; empty if there is none, or it was deleted."""
    arn = str(target.client("apigateway").get_account().get("cloudwatchRoleArn") or "")
    if not arn.startswith(f"arn:{target.partition}:iam::{target.account}:"):
        return arn
    iam = target.client("iam")
    try:
        iam.get_role(RoleName=arn.rpartition("/")[2])
    except iam.exceptions.NoSuchEntityException:
        return ""
    return arn


def _create_role(target: Target) -> str:
    iam: Any = target.client("iam")
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(
            RoleName=ROLE,
            AssumeRolePolicyDocument=json.dumps(TRUST),
            Description="API Gateway writes logs to CloudWatch with this role, for every API in the account.",
        )
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=f"arn:{target.partition}:iam::aws:policy/{POLICY}")
    return str(iam.get_role(RoleName=ROLE)["Role"]["Arn"])
