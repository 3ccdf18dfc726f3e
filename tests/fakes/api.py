"""A small API with a test's own handler, called with events of API Gateway."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Unauthenticated
from chalicelib.http.app import TintypeApp
from chalicelib.http.responses import CORS
from chalicelib.http.views import view_decorator


@dataclass(frozen=True)
class GatewayResponse:
    """What API Gateway would send to the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class FakeApi:
    """One handler at /it and at /it/{photo_id}, with the permission that it requires.

    A token is the owner id of its caller; `bad` is invalid; `key-read` is an API key that can read, and so on.
    """

    def __init__(self, handler: Callable[..., Any], permission: Permission | None = None) -> None:
        self.app = TintypeApp("tiny")
        view = view_decorator(lambda: self.app.current_request, self.verify)(permission)
        self.app.route("/it", methods=["GET", "POST"], cors=CORS)(view(handler))
        self.app.route("/it/{photo_id}", methods=["GET"], cors=CORS)(view(handler))

    @staticmethod
    def verify(token: str) -> Caller:
        if token == "bad":
            raise Unauthenticated("This token is not valid. Sign in again.", code="token_invalid")
        if token.startswith("key-"):
            return Caller("alice", "key", {}, frozenset({Permission(token.removeprefix("key-"))}))
        return Caller(token, "id", {})

    def send(
        self,
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, list[str]] | None = None,
        body: bytes | None = None,
        photo_id: str | None = None,
        resource: str = "/it",
    ) -> GatewayResponse:
        """Send one request; `resource` is the route that API Gateway matched."""
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": f"{resource}/{{photo_id}}" if photo_id else resource,
            },
            "headers": dict(headers) if headers is not None else None,
            "multiValueQueryStringParameters": dict(query) if query else None,
            "pathParameters": {"photo_id": photo_id} if photo_id else None,
            "stageVariables": None,
            "body": base64.b64encode(body).decode() if body is not None else None,
            "isBase64Encoded": body is not None,
        }
        response = self.app(event, SimpleNamespace(aws_request_id="r1"))
        raw = response["body"]
        return GatewayResponse(
            response["statusCode"],
            response["headers"],
            base64.b64decode(raw) if response.get("isBase64Encoded") else raw.encode(),
        )
