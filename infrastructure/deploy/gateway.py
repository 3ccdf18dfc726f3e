"""The gateway as Chalice cannot set it: its name, throttling, and its refusals in the API's one error shape, with CORS.

Each `chalice deploy` puts name and refusals back to its own, so this comes after each. The name is that of the stack:
metrics of API Gateway go by it, and two libraries in one account are two.
"""

import json
from dataclasses import dataclass
from typing import Any

from infrastructure.deploy.target import GATEWAY_STAGE, Place

RATE, BURST = "20.0", "10"  # calls a second, and at one moment
THROTTLING = {"/*/*/throttling/rateLimit": RATE, "/*/*/throttling/burstLimit": BURST}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the gateway itself answers, before or instead of the app."""

    status: int
    code: str
    sentence: str


REFUSALS = {
    "DEFAULT_4XX": Refusal(0, "invalid", "The request cannot be read."),
    "DEFAULT_5XX": Refusal(0, "unavailable", "The library does not answer now. Try again in a moment."),
    "UNAUTHORIZED": Refusal(401, "unauthenticated", "Sign in first: send `Authorization: Bearer <token>`."),
    "ACCESS_DENIED": Refusal(403, "forbidden", "This is not for you."),
    "MISSING_AUTHENTICATION_TOKEN": Refusal(404, "not_found", "There is nothing at this address."),
    # No method takes AWS's own signatures: it looks for one where there is no method, whatever Authorization holds.
    "INVALID_SIGNATURE": Refusal(404, "not_found", "There is nothing at this address."),
    "EXPIRED_TOKEN": Refusal(404, "not_found", "There is nothing at this address."),
    "RESOURCE_NOT_FOUND": Refusal(404, "not_found", "There is nothing at this address."),
    "REQUEST_TOO_LARGE": Refusal(413, "too_large", "More than 10 MB do not go this way: use POST /uploads."),
    "THROTTLED": Refusal(429, "too_many_requests", "Too many requests. Try again in a moment."),
    "QUOTA_EXCEEDED": Refusal(429, "too_many_requests", "Too many requests. Try again later."),
    "INTEGRATION_TIMEOUT": Refusal(504, "timeout", "The library took too long. Try again in a moment."),
    "INTEGRATION_FAILURE": Refusal(503, "unavailable", "The library does not answer now. Try again in a moment."),
}
AGAIN_LATER = {429, 503, 504}


def settle(place: Place, api: str) -> None:
    """Set what differs; the stage serves changed refusals only from a new deployment."""
    client = place.client("apigateway")
    if client.get_rest_api(restApiId=api)["name"] != place.stack:
        renamed = [{"op": "replace", "path": "/name", "value": place.stack}]
        client.update_rest_api(restApiId=api, patchOperations=renamed)
    stage = client.get_stage(restApiId=api, stageName=GATEWAY_STAGE)
    everywhere = stage.get("methodSettings", {}).get("*/*", {})
    if (everywhere.get("throttlingRateLimit"), everywhere.get("throttlingBurstLimit")) != (float(RATE), int(BURST)):
        operations = [{"op": "replace", "path": path, "value": value} for path, value in THROTTLING.items()]
        client.update_stage(restApiId=api, stageName=GATEWAY_STAGE, patchOperations=operations)
    there = {held["responseType"]: held for held in client.get_gateway_responses(restApiId=api, limit=500)["items"]}
    changed = False
    for kind, refusal in REFUSALS.items():
        wanted = _told(refusal)
        if any(there.get(kind, {}).get(name) != value for name, value in wanted.items()):
            client.put_gateway_response(restApiId=api, responseType=kind, **wanted)
            changed = True
    if changed:
        client.create_deployment(restApiId=api, stageName=GATEWAY_STAGE, description="refusals in the API's shape")


def _told(refusal: Refusal) -> dict[str, Any]:
    headers = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    if refusal.status in AGAIN_LATER:
        headers["gatewayresponse.header.Retry-After"] = "'2'"
    if refusal.status == 401:
        headers["gatewayresponse.header.WWW-Authenticate"] = "'Bearer'"
    body = json.dumps({"error": refusal.sentence, "code": refusal.code}, separators=(",", ":"))
    told: dict[str, Any] = {"responseParameters": headers, "responseTemplates": {"application/json": body}}
    return told | ({"statusCode": str(refusal.status)} if refusal.status else {})
