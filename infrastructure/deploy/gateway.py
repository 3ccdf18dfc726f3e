"""API Gateway options that Chalice cannot set: its name, throttling and error responses in the API's format with CORS.

`chalice deploy` resets name and error responses, so this runs after it. The name is the stack's: API Gateway's metrics
use it as dimension, and it tells libraries in one account apart.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from infrastructure.deploy import settling
from infrastructure.deploy.settling import Sleep
from infrastructure.deploy.target import GATEWAY_STAGE, Target


@dataclass(frozen=True, slots=True)
class Limit:
    """Requests per second on average, and at once."""

    rate: float
    burst: int


# API Gateway counts for each method of each route. So these are not limits of the API as a whole, and routes whose
# requests or responses are large have lower ones. The key `*/*` stands for all others.
LIMITS = {
    "*/*": Limit(20, 10),
    "/openapi.json/GET": Limit(1, 2),
    "/openapi.json/HEAD": Limit(1, 2),
    "/random/GET": Limit(2, 5),
    "/random/HEAD": Limit(2, 5),
    "/shares/{share}/cover/GET": Limit(5, 5),
    "/shares/{share}/cover/HEAD": Limit(5, 5),
    "/shares/{share}/pass/POST": Limit(5, 5),
    "/upload/POST": Limit(5, 5),
    "/{bucket}/{filename}/PUT": Limit(5, 5),
}


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """A response that API Gateway sends itself; status 0 keeps the original status."""

    status: int
    code: str
    message: str


NOT_FOUND = ErrorResponse(
    404,
    "not_found",
    "Unknown path. GET /openapi.json lists all; an upload's ends with its file name: PUT /originals/{filename}.",
)
UNAVAILABLE = ErrorResponse(503, "unavailable", "The library is unavailable. Try again in a moment.")
ERROR_RESPONSES = {
    "DEFAULT_4XX": ErrorResponse(0, "invalid", "The request is malformed."),
    "DEFAULT_5XX": replace(UNAVAILABLE, status=0),
    "UNAUTHORIZED": ErrorResponse(401, "unauthenticated", "Sign in first: send `Authorization: Bearer <token>`."),
    "ACCESS_DENIED": ErrorResponse(403, "forbidden", "Access denied."),
    "MISSING_AUTHENTICATION_TOKEN": NOT_FOUND,
    # For an unknown path API Gateway parses the Authorization header as an AWS signature; no route uses those.
    "INVALID_SIGNATURE": NOT_FOUND,
    "EXPIRED_TOKEN": NOT_FOUND,
    "RESOURCE_NOT_FOUND": NOT_FOUND,
    "REQUEST_TOO_LARGE": ErrorResponse(413, "too_large", "The request exceeds 10 MB. Upload with POST /uploads."),
    "THROTTLED": ErrorResponse(429, "too_many_requests", "Too many requests. Try again in a moment."),
    "QUOTA_EXCEEDED": ErrorResponse(429, "too_many_requests", "Too many requests. Try again later."),
    "INTEGRATION_TIMEOUT": ErrorResponse(504, "timeout", "The request timed out. Try again in a moment."),
    # AWS does not document which type a throttled function is: one of these, else DEFAULT_5XX with the status 500.
    "INTEGRATION_FAILURE": UNAVAILABLE,
    "API_CONFIGURATION_ERROR": UNAVAILABLE,
}
RETRYABLE_CODES = {"too_many_requests", "timeout", "unavailable"}


def configure(target: Target, api_id: str, sleep: Sleep = time.sleep) -> None:
    """Apply the options that differ; changed error responses need a new deployment of the API's stage.

    API Gateway refuses a change while it still makes another one of the same API.
    """
    client = target.client("apigateway")
    if client.get_rest_api(restApiId=api_id)["name"] != target.stack_name:
        rename = [{"op": "replace", "path": "/name", "value": target.stack_name}]
        settling.retry(sleep, client.update_rest_api, restApiId=api_id, patchOperations=rename)
    stage = client.get_stage(restApiId=api_id, stageName=GATEWAY_STAGE)
    if operations := _limit_operations(stage.get("methodSettings", {})):
        stage_name = {"restApiId": api_id, "stageName": GATEWAY_STAGE}
        settling.retry(sleep, client.update_stage, **stage_name, patchOperations=operations)
    items = client.get_gateway_responses(restApiId=api_id, limit=500)["items"]
    current = {item["responseType"]: item for item in items}
    changed = False
    for response_type, response in ERROR_RESPONSES.items():
        expected = gateway_response(response)
        if any(current.get(response_type, {}).get(name) != value for name, value in expected.items()):
            settling.retry(sleep, client.put_gateway_response, restApiId=api_id, responseType=response_type, **expected)
            changed = True
    if changed:
        description = "error responses"
        settling.retry(
            sleep, client.create_deployment, restApiId=api_id, stageName=GATEWAY_STAGE, description=description
        )


def _limit_operations(method_settings: Mapping[str, Any]) -> list[dict[str, str]]:
    """The operations that set the limits which differ."""
    # The key of a method is its path, with or without its first slash, and perhaps with the others escaped.
    current = {key.replace("~1", "/").strip("/"): each for key, each in method_settings.items()}
    operations = []
    for method, limit in LIMITS.items():
        path, _, verb = method.rpartition("/")
        expected = {"throttling/rateLimit": float(limit.rate), "throttling/burstLimit": limit.burst}
        found = current.get(method.strip("/"), {})
        if [found.get("throttlingRateLimit"), found.get("throttlingBurstLimit")] != [*expected.values()]:
            prefix = f"/{path.replace('/', '~1')}/{verb}"
            operations += [
                {"op": "replace", "path": f"{prefix}/{name}", "value": str(value)} for name, value in expected.items()
            ]
    return operations


def gateway_response(response: ErrorResponse) -> dict[str, Any]:
    """The fields of API Gateway's PutGatewayResponse; responses that may succeed later say when to try again."""
    headers = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    if response.code in RETRYABLE_CODES:
        headers["gatewayresponse.header.Retry-After"] = "'2'"
    if response.status == 401:
        headers["gatewayresponse.header.WWW-Authenticate"] = "'Bearer'"
    body = json.dumps({"error": response.message, "code": response.code}, separators=(",", ":"))
    fields: dict[str, Any] = {"responseParameters": headers, "responseTemplates": {"application/json": body}}
    return fields | ({"statusCode": str(response.status)} if response.status else {})
