"""Error responses: the one mapping from the app's errors to HTTP statuses and JSON bodies."""

from http import HTTPStatus
from typing import Any

from chalice.app import Response

from chalicelib import errors
from chalicelib.http.responses import json_response

RETRY_AFTER_SECONDS = 2
# Subclasses come before their base classes: the first match counts.
STATUS_CODES: tuple[tuple[type[errors.TintypeError], int, str], ...] = (
    (errors.Invalid, 400, "invalid"),
    (errors.Unauthenticated, 401, "unauthenticated"),
    (errors.Forbidden, 403, "forbidden"),
    (errors.PhotoNotFound, 404, "photo_not_found"),
    (errors.NotFound, 404, "not_found"),
    (errors.Expired, 410, "expired"),
    (errors.TooLarge, 413, "too_large"),
    (errors.UnsupportedMedia, 415, "unsupported_media_type"),
    (errors.Outdated, 412, "version_mismatch"),
    (errors.IdTaken, 409, "id_taken"),
    (errors.Conflict, 409, "conflict"),
    (errors.TooManyRequests, 429, "too_many_requests"),
    (errors.NotConfigured, 500, "not_configured"),
    (errors.StorageFull, 507, "storage_full"),
    (errors.Unavailable, 503, "unavailable"),
)


def error_response(error: errors.TintypeError) -> Response:
    """The response for one of the app's own errors."""
    status, _ = _status_of(error)
    headers: dict[str, str] = {}
    match error:
        case errors.Unauthenticated():
            headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 requires it; API Gateway renames it
        case errors.TooManyRequests(seconds=seconds):
            headers["Retry-After"] = str(seconds)
        case errors.Unavailable() if status == HTTPStatus.SERVICE_UNAVAILABLE:  # a full disk does not empty itself
            headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return json_response(error_body(error), status, headers)


def error_body(error: errors.TintypeError) -> dict[str, Any]:
    """The JSON body for one of the app's own errors: `error`, `code` and the error's data."""
    _, code = _status_of(error)
    extra: dict[str, Any] = {}
    match error:
        case errors.Invalid() | errors.Unauthenticated() | errors.TooManyRequests():
            code = error.code
    match error:
        case errors.Invalid(field=str() as field):
            extra["field"] = field
        case errors.Forbidden(needs=str() as permission):
            extra["needs"] = permission
        case errors.Outdated(version=version):
            extra["version"] = version
        case errors.TooLarge(limit=limit):
            extra |= {"limit": limit, "upload_with": "POST /uploads"}
        case errors.NotConfigured(missing=missing):
            extra["missing"] = list(missing)
    return {"error": str(error), "code": code, **extra}


def internal_error_body() -> dict[str, str]:
    """The JSON body for any other exception; it reveals nothing about it."""
    return {"error": "Something went wrong on the server. Try again in a moment.", "code": "internal_error"}


def _status_of(error: errors.TintypeError) -> tuple[int, str]:
    return next((status, code) for kind, status, code in STATUS_CODES if isinstance(error, kind))
