"""The app object: Chalice, with a thin layer between it and API Gateway.

Everything is a binary type, so that images and JSON take the same way; then a request without an
Accept header would be refused, so one is supplied. And what Chalice answers by itself (405, 415) is
put into the API's one error shape, with CORS headers, like everything else.
"""

import base64
import json
from typing import Any

from chalice.app import Chalice

from chalicelib.http import ORIGIN

CODES = {"MethodNotAllowedError": "method_not_allowed", "UnsupportedMediaType": "unsupported_media_type"}


class Gateway(Chalice):
    """A Chalice app whose every answer is in the API's shape."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name, configure_logs=False)
        self.api.binary_types = ["*/*"]

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
