"""API responses: JSON, images, redirects, and their cache and CORS headers."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from chalice.app import CORSConfig
from chalice.app import Response as Response

from chalicelib.http.requests import ApiRequest

NO_STORE = "private, no-store"
VARY = "Authorization, Accept"
CORS_HEADERS = {"Access-Control-Allow-Origin": "*"}
CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Share-Pass"],
    # Not WWW-Authenticate: API Gateway renames it, so no client can count on it.
    expose_headers=["ETag", "Retry-After", "X-Photo-Id", "X-Selection-Probability"],
    max_age=600,
)


def json_response(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response that no cache may store, unless `headers` say otherwise."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(
        # A request may contain a lone surrogate, and an error may quote it: UTF-8 cannot encode it, a JSON escape can.
        body=text.encode("utf-8", "backslashreplace"),
        status_code=status,
        headers={
            "Content-Type": "application/json",
            "Cache-Control": NO_STORE,
            "Vary": VARY,
            **CORS_HEADERS,
            **(headers or {}),
        },
    )


def cacheable_response(request: ApiRequest, body: Any, *, seconds: int, etag: str) -> Response:
    """A JSON response that shared caches may store for `seconds` if the caller is anonymous (RFC 9110, 9111)."""
    if request.caller is not None:
        return json_response(body)
    headers = {"Cache-Control": f"public, max-age=0, s-maxage={seconds}", "ETag": etag}
    if etag_matches(request.headers.get("if-none-match"), etag):
        return not_modified(headers)
    return json_response(body, headers=headers)


def image_response(request: ApiRequest, data: bytes, mime: str, *, seconds: int) -> Response:
    """The bytes of an image. If the caller is signed in, only their own browser may cache them."""
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    cache_control = "private, no-cache" if request.caller else f"public, max-age=0, s-maxage={seconds}"
    headers = {"Cache-Control": cache_control, "ETag": etag}
    if etag_matches(request.headers.get("if-none-match"), etag):
        return not_modified(headers)
    return Response(body=data, headers={"Content-Type": mime, "Vary": VARY, **CORS_HEADERS, **headers})


def private_image(data: bytes, mime: str) -> Response:
    """The bytes of an image that no cache may store."""
    return Response(body=data, headers={"Content-Type": mime, "Cache-Control": NO_STORE, "Vary": VARY, **CORS_HEADERS})


def html_response(html: str, status: int) -> Response:
    """A page that loads nothing, cannot be framed, and sends its address to no other site; no cache may store it."""
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": NO_STORE,
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex, nofollow",
    }
    return Response(body=html.encode("utf-8", "backslashreplace"), status_code=status, headers=headers)


def redirect(url: str) -> Response:
    """302 to a signed URL, which no cache may store."""
    return Response(body="", status_code=302, headers={"Location": url, "Cache-Control": NO_STORE, **CORS_HEADERS})


def no_content() -> Response:
    """204."""
    return Response(body="", status_code=204, headers={"Cache-Control": NO_STORE, "Vary": VARY, **CORS_HEADERS})


def not_modified(headers: Mapping[str, str]) -> Response:
    """304 with the headers of the full response."""
    return Response(body="", status_code=304, headers={"Vary": VARY, **CORS_HEADERS, **headers})


def etag_of(body: Any) -> str:
    """A strong entity tag of a JSON value; key order does not matter."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def etag_matches(if_none_match: str | None, etag: str) -> bool:
    """Whether `If-None-Match` names this entity tag, by weak comparison (RFC 9110, 13.1.2)."""
    candidates = [tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")]
    return "*" in candidates or etag in candidates
