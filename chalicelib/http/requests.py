"""An API request: its query parameters, headers, JSON body and verified caller."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Request

from chalicelib.accounts.identity import Caller, Permission, bearer_token
from chalicelib.errors import Invalid, Unauthenticated

# Accepted and ignored on every GET: clients add them to bypass caches.
CACHE_BUSTERS = frozenset({"t", "_"})
# The only parameters that may be repeated.
LISTS = frozenset({"tag", "not"})
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One request; `caller` is None when it carries no token."""

    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller | None
    method: str = "GET"

    @property
    def viewer(self) -> str | None:
        """The caller's owner id, or None for an anonymous caller."""
        return self.caller.owner if self.caller else None

    @property
    def owner(self) -> str:
        """The caller's owner id; raises Unauthenticated for an anonymous caller."""
        return self.signed_in_caller.owner

    @property
    def signed_in_caller(self) -> Caller:
        """The caller; raises Unauthenticated for an anonymous caller."""
        if self.caller is None:
            raise Unauthenticated("Sign in first: send `Authorization: Bearer <token>`.")
        return self.caller

    def allow_params(self, *names: str, required: str | None = None, message: str = "") -> None:
        """Check all query parameters by one rule; raises Invalid.

        Each must be one of `names`, must not be empty and, unless it is a list, must not be repeated. Cache busters may
        be anything. Without the `required` one, the error has this message.
        """
        for name, values in self.query.items():
            if name in CACHE_BUSTERS:
                continue
            if name not in names:
                raise Invalid(f"Unknown parameter {name!r}.", field=name)
            if len(values) > 1 and name not in LISTS:
                raise Invalid(f"{name} may appear only once.", field=name)
            if not all(value.strip() for value in values) and (name != required or any(map(str.strip, values))):
                raise Invalid(f"{name} must not be empty.", field=name)
        if required and not any(map(str.strip, self.query.get(required, []))):
            raise Invalid(message, field=required)

    def get(self, name: str) -> str | None:
        """The value of a query parameter, or None; raises Invalid if it is repeated."""
        values = self.query.get(name, [])
        if len(values) > 1:
            raise Invalid(f"{name} may appear only once.", field=name)
        return values[0] if values else None

    def get_list(self, name: str, max_values: int) -> list[str]:
        """The values of a repeatable query parameter; raises Invalid if there are over `max_values`."""
        values = self.query.get(name, [])
        if len(values) > max_values:
            raise Invalid(f"{name} may appear at most {max_values} times.", field=name)
        return values

    def get_enum(self, name: str, *allowed: str) -> str | None:
        """The value of a query parameter, or None; raises Invalid if it is not one of `allowed`."""
        value = self.get(name)
        if value is not None and value not in allowed:
            choices = " or ".join(allowed) if len(allowed) <= 2 else f"one of {', '.join(allowed)}"
            raise Invalid(f"{name} must be {choices}.", field=name)
        return value

    def limit(self, default: int) -> int:
        """The page size from `limit`, 1 to 100; raises Invalid."""
        value = self.get("limit")
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) <= 3 and 1 <= int(value) <= MAX_LIMIT):
            raise Invalid(f"limit must be a whole number from 1 to {MAX_LIMIT}.", field="limit")
        return int(value)

    @property
    def version(self) -> int | None:
        """The version in `If-Match` (RFC 9110, 13.1.1), or None if any version matches; raises Invalid."""
        header = self.headers.get("if-match", "*").strip()
        if header == "*":
            return None
        if not (match := re.fullmatch(r'("?)(\d{1,15})\1', header, re.ASCII)):
            raise Invalid('If-Match must be a version number, like "3".', field="If-Match")
        return int(match[2])

    def json(self, *names: str, others: bool = False) -> dict[str, Any]:
        """The body as a JSON object; raises Invalid for malformed JSON, or a field that is repeated or unknown.

        Unknown are those not in `names`, unless there may be `others`.
        """
        try:
            body = json.loads(self.body, object_pairs_hook=_unique_fields)
        except (ValueError, RecursionError):
            raise Invalid("The body must be JSON.", code="invalid_json") from None
        if not isinstance(body, dict):
            raise Invalid("The body must be a JSON object.", code="invalid_json")
        for name in body:
            if name not in names and not others:
                raise Invalid(f"Unknown field {name!r}.", field=name)
        return body


def authenticate(request: Request, verify: Callable[[str], Caller], permission: Permission | None) -> ApiRequest:
    """Verify the bearer token, if there is one, and its permission; raises Unauthenticated, Forbidden, Unavailable."""
    token = bearer_token(request.headers.get("authorization"))
    caller = verify(token) if token else None
    if caller and permission:
        caller.require(permission)
    params = request.query_params
    return ApiRequest(
        query={name: params.getlist(name) for name in params} if params else {},
        headers=request.headers,
        body=_to_bytes(request.raw_body),
        caller=caller,
        method=request.method,
    )


def _unique_fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise Invalid(f"{repeated} may appear only once.", field=repeated)
    return fields


def _to_bytes(body: str | bytes | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""
