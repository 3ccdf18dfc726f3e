"""Checks requests and responses against the OpenAPI document.

Schemas in the document allow additional properties, as clients expect. Here they do not: an undocumented field fails.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.local import RouteMatcher
from jsonschema import Draft202012Validator, FormatChecker

from chalicelib.openapi.document import document
from tests.support.gateway_headers import CHANGED_IN_RESPONSES

JSON = "application/json"
# RFC 9110 requires it with a 401. Nothing counts on it.
RENAMED_AND_SENT = {"www-authenticate"}


@dataclass(frozen=True)
class Exchange:
    """One request and its response; header names in lower case."""

    method: str
    url: str
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes


class OpenApiSpec:
    """An OpenAPI document with closed schemas."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.spec = _close_schemas(spec)

    def check(self, exchange: Exchange) -> None:
        """Raise AssertionError if the exchange differs from the document."""
        where = f"{exchange.method} {exchange.url[:200]} returned {exchange.status}"
        path = self.path_of(exchange.url)
        if path is None:
            return
        method = "get" if exchange.method == "HEAD" else exchange.method.lower()  # HEAD works wherever GET does
        operation = self.spec["paths"][path].get(method)
        if operation is None:
            assert exchange.status == 405, f"{where}, but {path} has no such method in the document"
            return
        responses = operation["responses"]
        assert str(exchange.status) in responses, f"{where}, which is not in the document: {exchange.body!r}"
        response = self.resolve(responses[str(exchange.status)])
        changed = (CHANGED_IN_RESPONSES & exchange.headers.keys()) - RENAMED_AND_SENT
        assert not changed, f"{where} with headers that API Gateway renames or drops: {changed}"
        self._check_headers(response.get("headers", {}), exchange, where)
        self._check_body(response.get("content"), exchange, where)
        if exchange.status < 300:
            self._check_request(operation, exchange, where)

    def validate(self, schema: Any, value: Any) -> list[str]:
        """The errors in a value, according to a schema of the document."""
        validator = Draft202012Validator(
            {**schema, "components": self.spec["components"]}, format_checker=FormatChecker(["date-time"])
        )
        return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]

    def resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """The node, or the shared component that it refers to."""
        if "$ref" not in node:
            return node
        _, _, kind, name = node["$ref"].split("/")
        component: Mapping[str, Any] = self.spec["components"][kind][name]
        return component

    def path_of(self, url: str) -> str | None:
        """The path template that a URL matches, by Chalice's own rules."""
        try:
            return str(self._route_matcher.match_route(url).route)
        except ValueError:
            return None

    @cached_property
    def _route_matcher(self) -> RouteMatcher:
        return RouteMatcher(list(self.spec["paths"]))

    def _check_headers(self, headers: Mapping[str, Any], exchange: Exchange, where: str) -> None:
        for name, header in headers.items():
            value = exchange.headers.get(name.lower())
            assert value is not None or not header.get("required"), f"{where} without {name}"
            if value is not None:
                numeric = header["schema"].get("type") in {"integer", "number"}
                errors = self.validate(header["schema"], json.loads(value) if numeric else value)
                assert not errors, f"{where} with {name}: {value}: {errors}"

    def _check_body(self, content: Mapping[str, Any] | None, exchange: Exchange, where: str) -> None:
        if content is None:
            assert not exchange.body, f"{where} with an undocumented body"
            return
        content_type = exchange.headers.get("content-type", "")
        media = next((content[pattern] for pattern in content if fnmatchcase(content_type, pattern)), None)
        assert media is not None, f"{where} as {content_type}, which is not in the document"
        if content_type == JSON:
            errors = self.validate(media["schema"], json.loads(exchange.body))
            assert not errors, f"{where} with a body that differs from the document: {errors}"

    def _check_request(self, operation: Mapping[str, Any], exchange: Exchange, where: str) -> None:
        query = parse_qs(urlsplit(exchange.url).query, keep_blank_values=True)
        parameters = {p["name"]: p for p in map(self.resolve, operation.get("parameters", []))}
        for name, values in query.items():
            assert parameters.get(name, {}).get("in") == "query", f"{where}, but {name} is not in the document"
            schema = parameters[name]["schema"]
            value: Any = values if schema.get("type") == "array" else values[0]
            errors = self.validate(schema, int(value) if schema.get("type") == "integer" else value)
            assert not errors, f"{where}, but {name} is invalid according to the document: {errors}"
        content = operation.get("requestBody", {}).get("content", {})
        assert content or not exchange.request_body, f"{where}, but the document has no request body"
        if JSON in content:
            errors = self.validate(content[JSON]["schema"], json.loads(exchange.request_body))
            assert not errors, f"{where}, but the request body is invalid according to the document: {errors}"


@cache
def openapi_spec() -> OpenApiSpec:
    """The document of the app."""
    return OpenApiSpec(json.loads(json.dumps(document())))


def _close_schemas(node: Any) -> Any:
    """The same document, but objects allow no additional properties."""
    if isinstance(node, list):
        return [_close_schemas(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    closed = {name: value if name in {"example", "examples"} else _close_schemas(value) for name, value in node.items()}
    if "properties" in node and "object" in node.get("type", ()):
        closed.setdefault("additionalProperties", False)
    return closed
