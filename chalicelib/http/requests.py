"""HTTP at the edge: what was asked, checked; what went wrong, in the API's one shape.

A view is a function from a `Call` to something JSON can say. `views` wraps it: it reads the request,
verifies the caller and their right, and is the only place that maps errors to answers.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from chalice.app import CORSConfig, Request, Response

from chalicelib import errors
from chalicelib.accounts.identity import Caller, Permission, bearer_token
from chalicelib.observability import logger

# Accepted and ignored on every GET: people's way around caches.
CACHE_BUSTERS = frozenset({"t", "_"})
MAX_LIMIT = 100
RETRY_AFTER_SECONDS = 2
Answer = Response
VARY = "Authorization, Accept"
ORIGIN = {"Access-Control-Allow-Origin": "*"}
CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match"],
    expose_headers=["ETag", "Retry-After", "WWW-Authenticate", "X-Photo-Id", "X-Selection-Probability"],
    max_age=600,
)
STATUS: tuple[tuple[type[errors.TintypeError], int, str], ...] = (
    (errors.Invalid, 400, "invalid"),
    (errors.Unauthenticated, 401, "unauthenticated"),
    (errors.Forbidden, 403, "forbidden"),
    (errors.PhotoNotFound, 404, "photo_not_found"),
    (errors.NotFound, 404, "not_found"),
    (errors.Expired, 410, "expired"),
    (errors.TooLarge, 413, "too_large"),
    (errors.UnsupportedMedia, 415, "unsupported_media_type"),
    (errors.Outdated, 412, "version_mismatch"),
    (errors.Conflict, 409, "conflict"),
    (errors.NotConfigured, 500, "not_configured"),
    (errors.Unavailable, 503, "unavailable"),
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, verified as far as every route needs it."""

    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    caller: Caller | None

    @property
    def viewer(self) -> str | None:
        """The owner id of whoever looks, or None for somebody anonymous."""
        return self.caller.owner if self.caller else None

    @property
    def owner(self) -> str:
        """The owner id of whoever acts; raises Unauthenticated."""
        return self.signed_in.owner

    @property
    def signed_in(self) -> Caller:
        """The caller; raises Unauthenticated for somebody anonymous."""
        if self.caller is None:
            raise errors.Unauthenticated("Sign in first: send `Authorization: Bearer <token>`.")
        return self.caller

    def only(self, *names: str) -> None:
        """Raise Invalid for the first query parameter that is not one of these."""
        for name in self.query:
            if name not in names and name not in CACHE_BUSTERS:
                raise errors.Invalid(f"Unknown parameter {name!r}.", field=name)

    def one(self, name: str) -> str | None:
        """The parameter's value, or None; raises Invalid when it is given more than once."""
        values = self.query.get(name, [])
        if len(values) > 1:
            raise errors.Invalid(f"{name} may be given only once.", field=name)
        return values[0] if values else None

    def limit(self, default: int) -> int:
        """How many are wanted, 1 to 100; raises Invalid."""
        given = self.one("limit")
        if given is None:
            return default
        if not (given.isascii() and given.isdigit() and len(given) <= 3 and 1 <= int(given) <= MAX_LIMIT):
            raise errors.Invalid(f"limit must be a whole number from 1 to {MAX_LIMIT}.", field="limit")
        return int(given)

    def many(self, name: str, at_most: int) -> list[str]:
        """Every value of a parameter that may be repeated, blank ones left out; raises Invalid over `at_most`."""
        values = [value for value in self.query.get(name, []) if value.strip()]
        if len(values) > at_most:
            raise errors.Invalid(f"{name} may be given at most {at_most} times.", field=name)
        return values

    def choice(self, name: str, *allowed: str) -> str | None:
        """The parameter's value out of these, or None; raises Invalid."""
        given = self.one(name)
        if given is not None and given not in allowed:
            raise errors.Invalid(f"{name} must be {' or '.join(allowed)}.", field=name)
        return given

    @property
    def version(self) -> int | None:
        """The version that `If-Match` names (RFC 9110, 13.1.1), or None where any will do; raises Invalid."""
        given = self.headers.get("if-match", "*").strip()
        if given == "*":
            return None
        if not (found := re.fullmatch(r'("?)(\d{1,15})\1', given, re.ASCII)):
            raise errors.Invalid('If-Match must be the version of the photo, like "3".', field="If-Match")
        return int(found[2])

    def json(self, *names: str) -> dict[str, Any]:
        """The body as an object with only these fields; raises Invalid."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            raise errors.Invalid("The body must be JSON.", code="invalid_json") from None
        if not isinstance(body, dict):
            raise errors.Invalid("The body must be a JSON object.", code="invalid_json")
        for name in body:
            if name not in names:
                raise errors.Invalid(f"Unknown field {name!r}.", field=name)
        return body


def answered(
    request: Request | None, verify: Callable[[str], Caller], right: Permission | None, view: Callable[[Call], Any]
) -> Answer:
    """Run one view over one request and answer, whatever happens; whoever calls must have the right."""
    try:
        if request is None:
            raise errors.Invalid("There is no request.")
        token = bearer_token(request.headers.get("authorization"))
        caller = verify(token) if token else None
        if caller and right:
            caller.require(right)
        params = request.query_params
        call = Call(
            query={name: params.getlist(name) for name in params} if params else {},
            headers=request.headers,
            body=_bytes(request.raw_body),
            caller=caller,
        )
        result = view(call)
        return result if isinstance(result, Answer) else said(result)
    except errors.TintypeError as problem:
        return refusal(problem)
    except Exception:  # noqa: BLE001 - the last stop: whatever it is, the caller gets our one shape
        logger().exception("A request failed", extra=_traced(request))
        return said(failed(), 500)


def _traced(request: Request | None, path: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What finds a request again: its id, route and photo; neither query nor filename, which are a person's words."""
    if request is None:
        return {}
    request_id = getattr(request.lambda_context, "aws_request_id", None)
    route = request.context.get("resourcePath")
    photo_id = {"photo_id": path["photo_id"]} if path and "photo_id" in path else {}
    return {"request_id": request_id, "method": request.method, "route": route, **photo_id}


def _bytes(body: str | bytes | None) -> bytes:
    return body.encode() if isinstance(body, str) else body or b""


def views(
    current: Callable[[], Request | None], verify: Callable[[str], Caller]
) -> Callable[[Permission | None], Callable[[Callable[..., Any]], Callable[..., Answer]]]:
    """Decorators, each for the right a caller must have, that make a Chalice view of a function.

    The function takes a Call and the path's parameters. Somebody anonymous is let through to it: what they may do
    is asked there. None asks for no right at all.
    """

    def view(right: Permission | None) -> Callable[[Callable[..., Any]], Callable[..., Answer]]:
        def decorate(function: Callable[..., Any]) -> Callable[..., Answer]:
            @wraps(function)
            def chalice_view(**path: str) -> Answer:
                request = current()
                answer = answered(request, verify, right, lambda call: function(call, **path))
                logger().info("Answered", extra={"status": answer.status_code, **_traced(request, path)})
                return answer

            return chalice_view

        return decorate

    return view


def said(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer. Nothing said to one caller may be kept for another."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Answer(
        # JSON may name half a character, and be answered with it; UTF-8 knows none, but JSON's escape is the same.
        body=text.encode("utf-8", "backslashreplace"),
        status_code=status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": "private, no-store",
            "Vary": VARY,
            **ORIGIN,
            **(headers or {}),
        },
    )


def kept(call: Call, body: Any, *, seconds: int, etag: str) -> Answer:
    """A JSON answer that every cache may keep for `seconds` if nobody is signed in, else none (RFC 9110, 9111)."""
    if call.caller is not None:
        return said(body)
    headers = {"Cache-Control": f"public, max-age=0, s-maxage={seconds}", "ETag": etag}
    return unchanged(headers) if matches(call.headers.get("if-none-match"), etag) else said(body, headers=headers)


def etag_of(body: Any) -> str:
    """A strong entity tag over what JSON says."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the caller has this already; compared weakly (RFC 9110, 13.1.2)."""
    given = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in given or etag in given


def done() -> Answer:
    """204: it is as was asked, and there is nothing more to say."""
    return Answer(body="", status_code=204, headers={"Cache-Control": "private, no-store", "Vary": VARY, **ORIGIN})


def unchanged(headers: Mapping[str, str]) -> Answer:
    """304: what the caller has is still right."""
    return Answer(body="", status_code=304, headers={"Vary": VARY, **ORIGIN, **headers})


def pointed(url: str) -> Answer:
    """A redirect to a signed URL, which is good for this caller only."""
    return Answer(body="", status_code=302, headers={"Location": url, "Cache-Control": "private, no-store", **ORIGIN})


def shown(call: Call, data: bytes, mime: str, *, seconds: int) -> Answer:
    """An image's bytes; for somebody signed in only their own browser may keep them."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    keep = "private, no-cache" if call.caller else f"public, max-age=0, s-maxage={seconds}"
    headers = {"Cache-Control": keep, "ETag": etag}
    if matches(call.headers.get("if-none-match"), etag):
        return unchanged(headers)
    return Answer(body=data, headers={"Content-Type": mime, "Vary": VARY, **ORIGIN, **headers})


def refusal(problem: errors.TintypeError) -> Answer:
    """The answer to a request that failed with one of our own errors."""
    status, _ = _status_of(problem)
    headers: dict[str, str] = {}
    match problem:
        case errors.Unauthenticated():
            headers["WWW-Authenticate"] = "Bearer"
        case errors.Unavailable():
            headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return said(explained(problem), status, headers)


def explained(problem: errors.TintypeError) -> dict[str, Any]:
    """One of our own errors in the API's one shape."""
    _, code = _status_of(problem)
    extra: dict[str, Any] = {}
    match problem:
        case errors.Invalid() | errors.Unauthenticated():
            code = problem.code
    match problem:
        case errors.Invalid(field=str() as field):
            extra["field"] = field
        case errors.Forbidden(needs=str() as right):
            extra["needs"] = right
        case errors.Outdated(version=version):
            extra["version"] = version
        case errors.TooLarge(limit=limit):
            extra |= {"limit": limit, "upload_with": "POST /uploads"}
        case errors.NotConfigured(missing=missing):
            extra["missing"] = list(missing)
    return {"error": str(problem), "code": code, **extra}


def _status_of(problem: errors.TintypeError) -> tuple[int, str]:
    return next((status, code) for kind, status, code in STATUS if isinstance(problem, kind))


def failed() -> dict[str, str]:
    """Whatever else went wrong, in the same shape, and nothing of the inside."""
    return {"error": "Something went wrong on our side. Try again in a moment.", "code": "internal_error"}
