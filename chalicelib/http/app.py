"""The app object: Chalice, adapted to API Gateway.

Every media type is binary, so that images and JSON take the same path. Chalice then rejects a request without an
Accept header, so one is added. Chalice also rejects a GET with the Content-Type of a body that it does not have, so
every route accepts every type. Errors that Chalice produces itself (405) get the API's error shape and CORS headers.
The server of `chalice local`, which logs request lines, logs no queries and no names of files.
"""

import base64
import json
import sys
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice

from chalicelib.http.responses import CORS, CORS_HEADERS

CODES = {"MethodNotAllowedError": "method_not_allowed"}


class TintypeApp(Chalice):
    """A Chalice app whose responses all have the API's shape."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name, configure_logs=False)
        self.api.binary_types = ["*/*"]
        _shorten_local_log(self)

    def route(self, path: str, **options: Any) -> Callable[..., Any]:
        """A route with CORS that accepts any content type; the handler checks the body. HEAD works wherever GET does.

        The response to HEAD has a body: whoever sends it to the client leaves the body out, but not its length.
        """
        methods = options.get("methods", ["GET"])
        head = ["HEAD"] if "GET" in methods else []
        return super().route(path, **{"cors": CORS, "content_types": ["*/*"], **options, "methods": [*methods, *head]})

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Handle one event of API Gateway's proxy integration."""
        headers = event.get("headers") or {}
        if not any(name.lower() == "accept" for name in headers):
            event = event | {"headers": {**headers, "accept": "*/*"}}
        response: dict[str, Any] = super().__call__(event, context)
        return _reshape_error(response) if response.get("statusCode", 200) >= 400 else response


def _shorten_local_log(app: Chalice) -> None:
    """Leave all but the first segment of each route out of the log of `chalice local`.

    Queries hold tags and search words, paths hold file names and links. On AWS, `chalice.local` is not loaded.
    """

    def log_request(handler: Any, code: int | str = "-", _size: int | str = "-") -> None:
        """Log method, first path segment if it is one of the routes', and status."""
        segment = _first_segment(getattr(handler, "path", "/").partition("?")[0])
        known = {"", *map(_first_segment, app.routes)}
        handler.log_message("%s /%s %s", handler.command or "-", segment if segment in known else "…", code)

    if server := sys.modules.get("chalice.local"):
        handler: Any = server.ChaliceRequestHandler
        handler.log_request = log_request
        handler.log_error = _log_error


def _first_segment(path: str) -> str:
    return path.lstrip("/").partition("/")[0]


def _log_error(handler: Any, *_: object) -> None:
    """Log nothing but the fact: the message would repeat the request line."""
    handler.log_message("bad request")


def _reshape_error(response: dict[str, Any]) -> dict[str, Any]:
    raw = response["body"]
    try:
        body = json.loads(base64.b64decode(raw) if response.get("isBase64Encoded") else raw)
    except ValueError:
        return response
    if not isinstance(body, dict) or "Code" not in body:
        return response
    code = CODES.get(body["Code"], "internal_error" if response["statusCode"] >= 500 else "invalid")
    text = json.dumps({"error": f"{body['Message'].rstrip('.')}.", "code": code}, separators=(",", ":"))
    headers = {**response["headers"], **CORS_HEADERS, "Content-Type": "application/json"}
    return {**response, "headers": headers, "body": base64.b64encode(text.encode()).decode(), "isBase64Encoded": True}
