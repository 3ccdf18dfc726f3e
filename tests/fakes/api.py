"""A tiny API behind the gateway, with views of a test's own, asked as API Gateway asks."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Unauthenticated
from chalicelib.http.app import Gateway
from chalicelib.http.requests import CORS, views


@dataclass(frozen=True)
class Answered:
    """What API Gateway would send back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Api:
    """One view at /it and one at /it/{photo_id}, for whoever has the right.

    The token of anybody is their name; `bad` is nobody's; `key-read` is a key that can read, and so on.
    """

    def __init__(self, function: Callable[..., Any], right: Permission | None = None) -> None:
        self.app = Gateway("tiny")
        wrap = views(lambda: self.app.current_request, self.verify)(right)
        self.app.route("/it", methods=["GET", "POST"], cors=CORS)(wrap(function))
        self.app.route("/it/{photo_id}", methods=["GET"], cors=CORS)(wrap(function))

    @staticmethod
    def verify(token: str) -> Caller:
        if token == "bad":
            raise Unauthenticated("This token is not valid; sign in again.", code="token_invalid")
        if token.startswith("key-"):
            return Caller("alice", "key", {}, frozenset({Permission(token.removeprefix("key-"))}))
        return Caller(token, "id", {})

    def ask(
        self,
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, list[str]] | None = None,
        body: bytes | None = None,
        photo_id: str | None = None,
        resource: str = "/it",
    ) -> Answered:
        """Send one request; `resource` is the route that the gateway found."""
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
        answer = self.app(event, SimpleNamespace(aws_request_id="r1"))
        raw = answer["body"]
        return Answered(
            answer["statusCode"],
            answer["headers"],
            base64.b64decode(raw) if answer.get("isBase64Encoded") else raw.encode(),
        )
