"""Error responses: each code with its status, an example and its OpenAPI response."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from chalicelib import errors
from chalicelib.accounts.identity import Permission
from chalicelib.http.errors import STATUS_CODES
from chalicelib.ingest.editing import BUSY
from chalicelib.routes.uploads import MAX_BODY_BYTES

# Sent by API Gateway before the app is called, in the app's error format.
GATEWAY_ERRORS = {"too_many_requests": 429}
_DEFAULT_CODES = {kind: (status, code) for kind, status, code in STATUS_CODES}
# Codes that are more specific than the default code of their error class.
_SPECIFIC_CODES = {
    "invalid_json": errors.Invalid,
    "invalid_multipart": errors.Invalid,
    "empty_body": errors.Invalid,
    "too_many_photos": errors.Invalid,
    "id_token_required": errors.Invalid,
    "not_verified": errors.Invalid,
    "smart_album": errors.Invalid,
    "token_invalid": errors.Unauthenticated,
    "token_expired": errors.Unauthenticated,
    "password_required": errors.Unauthenticated,
    "wrong_password": errors.Unauthenticated,
    "too_many_attempts": errors.TooManyRequests,
}
STATUS_OF: dict[str, int] = {
    **{code: status for status, code in _DEFAULT_CODES.values()},
    **{code: _DEFAULT_CODES[kind][0] for code, kind in _SPECIFIC_CODES.items()},
    "internal_error": 500,
    **GATEWAY_ERRORS,
}
# The errors of every route.
COMMON_ERRORS = (
    "invalid",
    "token_invalid",
    "token_expired",
    "too_many_requests",
    "internal_error",
    "not_configured",
    "unavailable",
    "storage_full",
)
_EXAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "invalid": ("Unknown parameter 'color'.", {"field": "color"}),
    "invalid_json": ("The body must be JSON.", {}),
    "invalid_multipart": ("The multipart body is malformed.", {}),
    "empty_body": ("The request body is empty. Send the photo as the body.", {}),
    "id_token_required": (
        "Send your ID token: access tokens and API keys contain no verified address.",
        {},
    ),
    "not_verified": (
        "Your account has no verified phone number. Verify it, sign in again, and then subscribe.",
        {"field": "channel"},
    ),
    "smart_album": ("A smart album cannot be shared. Add its photos to an album.", {}),
    "unauthenticated": ("Sign in first: send `Authorization: Bearer <token>`.", {}),
    "token_invalid": ("This token is not valid; sign in again.", {}),
    "token_expired": ("This token has expired; sign in again.", {}),
    "password_required": ("This link has a password. Enter it first.", {}),
    "wrong_password": ("This password is wrong.", {}),
    "too_many_attempts": ("Too many wrong passwords were entered. Try again later.", {}),
    "forbidden": ("This API key does not have the manage permission.", {"needs": str(Permission.MANAGE)}),
    "not_found": ("Not found.", {}),
    "photo_not_found": (str(errors.PhotoNotFound("")), {}),
    "too_many_photos": ("A bundle can contain at most 10,000 photos. Choose fewer tags or photos.", {}),
    "expired": ("This link has expired. Download the photos again.", {}),
    "conflict": (BUSY, {}),
    "id_taken": (str(errors.IdTaken("")), {}),
    "version_mismatch": (
        str(errors.Outdated(4)),
        {"version": 4},
    ),
    "too_large": (
        f"Request body too large: at most {MAX_BODY_BYTES:,} bytes. Use POST /uploads for larger files.",
        {"limit": MAX_BODY_BYTES, "upload_with": "POST /uploads"},
    ),
    "unsupported_media_type": ("Send the photo as multipart/form-data.", {}),
    "too_many_requests": ("Too many requests. Try again in a moment.", {}),
    "internal_error": ("Something went wrong on the server. Try again in a moment.", {}),
    "not_configured": (
        "Internal error: Gallery Trends table not configured",
        {"missing": ["trends-table"]},
    ),
    "unavailable": ("The image is temporarily unavailable.", {}),
    "storage_full": ("The disk of this library is full: 120 MB are free, 200 MB must stay free.", {}),
}
# Responses that many routes share; the document contains each of them once.
SHARED: dict[str, tuple[str, ...]] = {
    "Invalid": ("invalid",),
    "InvalidJson": ("invalid", "invalid_json"),
    "InvalidToken": ("token_invalid", "token_expired"),
    "Unauthenticated": ("token_invalid", "token_expired", "unauthenticated"),
    "Forbidden": ("forbidden",),
    "NotFound": ("not_found",),
    "PhotoNotFound": ("photo_not_found",),
    "Conflict": ("conflict",),
    "VersionMismatch": ("version_mismatch",),
    "TooManyRequests": ("too_many_requests",),
    "ServerError": ("internal_error", "not_configured"),
    "Unavailable": ("unavailable",),
    "StorageFull": ("storage_full",),
}
_DESCRIPTIONS = {
    400: "Invalid input; `field` names the parameter, field or header.",
    401: "Not signed in, or the token is invalid; `code` says which. Do not rely on the header `WWW-Authenticate`: API "
    "Gateway renames it to `x-amzn-remapped-www-authenticate`.",
    403: "The API key lacks the permission in `needs`; or only the owner of the album may do this.",
    404: "It does not exist, or the caller may not see it.",
    409: "A concurrent change, a limit, or a state that does not allow the request.",
    410: "The link has expired.",
    412: "The photo or the album is at a different version, `version`.",
    413: "The request body is too large.",
    415: "The request body has an unsupported type.",
    429: "More than 20 requests per second to this method, or fewer where images are sent; sent by API Gateway. Or too "
    "many wrong passwords.",
    500: "A server error.",
    503: "A service is temporarily unavailable.",
    507: "The disk is full; only on a laptop.",
}


def error_responses(codes: Iterable[str]) -> dict[str, Any]:
    """The error responses with these codes, by status."""
    by_status = sorted(dict.fromkeys(codes), key=STATUS_OF.__getitem__)
    groups = groupby(by_status, STATUS_OF.__getitem__)
    return {str(status): _ref_or_response(status, tuple(group)) for status, group in groups}


def shared_responses() -> dict[str, Any]:
    """The responses that many routes share, by name."""
    return {name: _response(STATUS_OF[codes[0]], codes) for name, codes in SHARED.items()}


def example(code: str) -> dict[str, Any]:
    """An example of an error body with this code."""
    message, extra = _EXAMPLES[code]
    return {"error": message, "code": code, **extra}


def _ref_or_response(status: int, codes: tuple[str, ...]) -> dict[str, Any]:
    name = next((name for name, same in SHARED.items() if same == codes), None)
    return {"$ref": f"#/components/responses/{name}"} if name else _response(status, codes)


def _response(status: int, codes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": _DESCRIPTIONS[status],
        "headers": _headers(status),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error", "properties": {"code": {"enum": list(codes)}}},
                "examples": {code: {"value": example(code)} for code in codes},
            }
        },
    }


def _headers(status: int) -> dict[str, Any]:
    if status in {429, 503}:
        return {"Retry-After": {"required": True, "description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {}
