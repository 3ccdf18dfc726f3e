"""The app object: Chalice, with a thin layer between it and API Gateway.

Everything is a binary type, so that images and JSON take the same way; a request without an Accept header
would then be refused, so one is supplied. A GET that names the type of a body it does not have would be
refused too, so every route takes any type. And what Chalice answers by itself (405) is put into the API's
one error shape, with CORS headers, like everything else.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice

from chalicelib.http.requests import CORS, ORIGIN

CODES = {"MethodNotAllowedError": "method_not_allowed"}


class Gateway(Chalice):
    """A Chalice app whose every answer is in the API's shape."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name, configure_logs=False)
        self.api.binary_types = ["*/*"]

    def route(self, path: str, **told: Any) -> Callable[..., Any]:
        """A route with CORS and a body of any type; what a door reads it as is the door's to say."""
        return super().route(path, **{"cors": CORS, "content_types": ["*/*"], **told})

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request of API Gateway's proxy integration."""
        headers = event.get("headers") or {}
        if not any(name.lower() == "accept" for name in headers):
            event = event | {"headers": {**headers, "accept": "*/*"}}
        answer: dict[str, Any] = super().__call__(event, context)
        return _reshaped(answer) if answer.get("statusCode", 200) >= 400 else answer


def _reshaped(answer: dict[str, Any]) -> dict[str, Any]:
    raw = answer["body"]
    try:
        body = json.loads(base64.b64decode(raw) if answer.get("isBase64Encoded") else raw)
    except ValueError:
        return answer
    if not isinstance(body, dict) or "Code" not in body:
        return answer
    code = CODES.get(body["Code"], "internal_error" if answer["statusCode"] >= 500 else "invalid")
    text = json.dumps({"error": f"{body['Message'].rstrip('.')}.", "code": code}, separators=(",", ":"))
    headers = {**answer["headers"], **ORIGIN, "Content-Type": "application/json"}
    return {**answer, "headers": headers, "body": base64.b64encode(text.encode()).decode(), "isBase64Encoded": True}
