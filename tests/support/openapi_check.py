"""The API's document held against real answers: whatever the app says must be told there, to the letter.

Objects are open in the document, as clients want them, and closed here: a field that it does not tell is a fault.
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

JSON = "application/json"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; header names in lower case."""

    method: str
    url: str
    sent: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes


class Told:
    """The document, to be asked."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self.told = _closed(told)

    def check(self, exchange: Exchange) -> None:
        """Raise AssertionError where the document tells another story."""
        where = f"{exchange.method} {exchange.url[:200]} answered {exchange.status}"
        path = self.path_of(exchange.url)
        if path is None:
            return
        entry = self.told["paths"][path].get(exchange.method.lower())
        if entry is None:
            assert exchange.status == 405, f"{where}, and {path} has no such method in the document"
            return
        assert str(exchange.status) in entry["responses"], f"{where}, which is not in the document: {exchange.body!r}"
        answer = self.resolved(entry["responses"][str(exchange.status)])
        self._check_headers(answer.get("headers", {}), exchange, where)
        self._check_body(answer.get("content"), exchange, where)
        if exchange.status < 300:
            self._check_request(entry, exchange, where)

    def problems(self, schema: Any, value: Any) -> list[str]:
        """What is wrong with a value, by this schema of the document."""
        validator = Draft202012Validator(
            {**schema, "components": self.told["components"]}, format_checker=FormatChecker(["date-time"])
        )
        return [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]

    def resolved(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """A piece of the document that may be told elsewhere."""
        if "$ref" not in told:
            return told
        _, _, kind, name = told["$ref"].split("/")
        piece: Mapping[str, Any] = self.told["components"][kind][name]
        return piece

    def path_of(self, url: str) -> str | None:
        """The path of the document that an address is one of, found as the gateway finds its route."""
        try:
            return str(self._paths.match_route(url).route)
        except ValueError:
            return None

    @cached_property
    def _paths(self) -> RouteMatcher:
        return RouteMatcher(list(self.told["paths"]))

    def _check_headers(self, headers: Mapping[str, Any], exchange: Exchange, where: str) -> None:
        for name, header in headers.items():
            value = exchange.headers.get(name.lower())
            assert value is not None or not header.get("required"), f"{where} without {name}"
            if value is not None:
                plain = header["schema"].get("type") in {"integer", "number"}
                wrong = self.problems(header["schema"], json.loads(value) if plain else value)
                assert not wrong, f"{where} with {name}: {value}: {wrong}"

    def _check_body(self, content: Mapping[str, Any] | None, exchange: Exchange, where: str) -> None:
        if content is None:
            assert not exchange.body, f"{where} with a body, of which the document knows nothing"
            return
        kind = exchange.headers.get("content-type", "")
        media = next((content[known] for known in content if fnmatchcase(kind, known)), None)
        assert media is not None, f"{where} as {kind}, which is not in the document"
        if kind == JSON:
            wrong = self.problems(media["schema"], json.loads(exchange.body))
            assert not wrong, f"{where}, and that is not what the document says: {wrong}"

    def _check_request(self, entry: Mapping[str, Any], exchange: Exchange, where: str) -> None:
        query = parse_qs(urlsplit(exchange.url).query, keep_blank_values=True)
        told = {parameter["name"]: parameter for parameter in map(self.resolved, entry.get("parameters", []))}
        for name, values in query.items():
            assert told.get(name, {}).get("in") == "query", f"{where}, and {name} is not in the document"
            schema = told[name]["schema"]
            value: Any = values if schema.get("type") == "array" else values[0]
            wrong = self.problems(schema, int(value) if schema.get("type") == "integer" else value)
            assert not wrong, f"{where}, and the document refuses {name}: {wrong}"
        content = entry.get("requestBody", {}).get("content", {})
        assert content or not exchange.sent, f"{where}, and the document knows of no body"
        if JSON in content:
            wrong = self.problems(content[JSON]["schema"], json.loads(exchange.sent))
            assert not wrong, f"{where}, and the document refuses what was sent: {wrong}"


@cache
def told() -> Told:
    """The document as the app answers it."""
    return Told(json.loads(json.dumps(document())))


def _closed(told: Any) -> Any:
    """The same, but its objects have the properties that are told, and no others."""
    if isinstance(told, list):
        return [_closed(item) for item in told]
    if not isinstance(told, Mapping):
        return told
    closed = {name: value if name in {"example", "examples"} else _closed(value) for name, value in told.items()}
    if "properties" in told and "object" in told.get("type", ()):
        closed.setdefault("additionalProperties", False)
    return closed
