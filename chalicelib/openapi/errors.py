"""What a route may refuse, by code: the status it comes with, an example, and the answer as OpenAPI tells it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from chalicelib import errors
from chalicelib.accounts.identity import Permission
from chalicelib.http.requests import RETRY_AFTER_SECONDS, STATUS
from chalicelib.routes.uploads import MAX_THROUGH_LAMBDA

# Said by API Gateway before the app is asked, in the app's own shape.
BY_THE_GATEWAY = {"too_many_requests": 429}
_OURS = {kind: (status, code) for kind, status, code in STATUS}
# Codes that say more than their error's own does.
_MORE = {
    "invalid_json": errors.Invalid,
    "invalid_multipart": errors.Invalid,
    "empty_body": errors.Invalid,
    "too_many_photos": errors.Invalid,
    "id_token_required": errors.Invalid,
    "not_verified": errors.Invalid,
    "token_invalid": errors.Unauthenticated,
    "token_expired": errors.Unauthenticated,
}
STATUS_OF: dict[str, int] = {
    **{code: status for status, code in _OURS.values()},
    **{code: _OURS[kind][0] for code, kind in _MORE.items()},
    "internal_error": 500,
    **BY_THE_GATEWAY,
}
# On every route: a token that does not hold, and what has nothing to do with what was asked.
EVERYWHERE = (
    "invalid",
    "token_invalid",
    "token_expired",
    "too_many_requests",
    "internal_error",
    "not_configured",
    "unavailable",
)
_SAID: dict[str, tuple[str, dict[str, Any]]] = {
    "invalid": ("Unknown parameter 'colour'.", {"field": "colour"}),
    "invalid_json": ("The body must be JSON.", {}),
    "invalid_multipart": ("The multipart body is malformed.", {}),
    "empty_body": ("The body is empty; it must be the photo itself.", {}),
    "id_token_required": (
        "Send your ID token: access tokens and API keys contain no verified address.",
        {},
    ),
    "not_verified": (
        "Your account has no verified phone number. Verify it, sign in again, and then subscribe.",
        {"field": "channel"},
    ),
    "unauthenticated": ("Sign in first: send `Authorization: Bearer <token>`.", {}),
    "token_invalid": ("This token is not valid; sign in again.", {}),
    "token_expired": ("This token has expired; sign in again.", {}),
    "forbidden": ("This API key does not have the manage permission.", {"needs": str(Permission.MANAGE)}),
    "not_found": ("There is no such thing.", {}),
    "photo_not_found": ("There is no such photo.", {}),
    "too_many_photos": ("A bundle can contain at most 10,000 photos. Choose fewer tags or photos.", {}),
    "expired": ("This link has expired. Download the photos again.", {}),
    "conflict": ("This photo keeps changing; try again in a moment.", {}),
    "version_mismatch": (
        "The photo has changed since you read it; read it again, and decide again.",
        {"version": 4},
    ),
    "too_large": (
        f"This door carries at most {MAX_THROUGH_LAMBDA:,} bytes; a ticket carries more.",
        {"limit": MAX_THROUGH_LAMBDA, "upload_with": "POST /uploads"},
    ),
    "unsupported_media_type": ("Send the photo as multipart/form-data.", {}),
    "too_many_requests": ("Too many requests. Try again in a moment.", {}),
    "internal_error": ("Something went wrong on our side. Try again in a moment.", {}),
    "not_configured": (
        "Internal error: Gallery Trends table not configured",
        {"missing": ["trends-table"]},
    ),
    "unavailable": ("The image is not there just now.", {}),
}
# Those that many routes share stand in the document once.
SHARED: dict[str, tuple[str, ...]] = {
    "Invalid": ("invalid",),
    "InvalidJson": ("invalid", "invalid_json"),
    "TokenRefused": ("token_invalid", "token_expired"),
    "NotSignedIn": ("token_invalid", "token_expired", "unauthenticated"),
    "Forbidden": ("forbidden",),
    "PhotoNotFound": ("photo_not_found",),
    "TooManyRequests": ("too_many_requests",),
    "Failed": ("internal_error", "not_configured"),
    "Unavailable": ("unavailable",),
}
_MEANS = {
    400: "Something that was sent is not in order; `field` names it.",
    401: "Nobody is signed in, or the token does not hold. API Gateway sends the header `WWW-Authenticate` under the "
    "name `x-amzn-remapped-www-authenticate`.",
    403: "The API key was not made for this; `needs` names the right.",
    404: "There is none, or none that the caller may see.",
    409: "It cannot be done as things stand.",
    410: "It was there, and its time is over.",
    412: "The photo is at another version, `version`.",
    413: "More than this door carries.",
    415: "A body of another type.",
    429: "More than 20 requests a second. Said by API Gateway.",
    500: "A fault of the library itself.",
    503: "Something the library needs does not answer just now.",
}


def answers(codes: Iterable[str]) -> dict[str, Any]:
    """The answers to a request that is refused, by status."""
    by_status = sorted(dict.fromkeys(codes), key=STATUS_OF.__getitem__)
    return {str(status): _named(status, tuple(same)) for status, same in groupby(by_status, STATUS_OF.__getitem__)}


def shared() -> dict[str, Any]:
    """The answers that many routes share, by name."""
    return {name: _answer(STATUS_OF[codes[0]], codes) for name, codes in SHARED.items()}


def example(code: str) -> dict[str, Any]:
    """A refusal with this code."""
    sentence, extra = _SAID[code]
    return {"error": sentence, "code": code, **extra}


def _named(status: int, codes: tuple[str, ...]) -> dict[str, Any]:
    name = next((name for name, same in SHARED.items() if same == codes), None)
    return {"$ref": f"#/components/responses/{name}"} if name else _answer(status, codes)


def _answer(status: int, codes: tuple[str, ...]) -> dict[str, Any]:
    return {
        "description": _MEANS[status],
        "headers": _headers(status),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error", "properties": {"code": {"enum": list(codes)}}},
                "examples": {code: {"value": example(code)} for code in codes},
            }
        },
    }


def _headers(status: int) -> dict[str, Any]:
    if status == 401:
        return {"WWW-Authenticate": {"schema": {"const": "Bearer"}}}
    if status == 503:
        told = f"Seconds to wait, {RETRY_AFTER_SECONDS} or so."
        return {"Retry-After": {"required": True, "description": told, "schema": {"type": "integer"}}}
    return {}
