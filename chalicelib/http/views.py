"""The view decorator: authenticates a request, runs its handler and turns errors into responses."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from chalice.app import Request, Response

from chalicelib.accounts.identity import Caller, Permission
from chalicelib.errors import Invalid, TintypeError
from chalicelib.http.errors import error_response, internal_error_body
from chalicelib.http.requests import ApiRequest, authenticate
from chalicelib.http.responses import json_response
from chalicelib.observability import logger


def view_decorator(
    current_request: Callable[[], Request | None], verify: Callable[[str], Caller]
) -> Callable[[Permission | None], Callable[[Callable[..., Any]], Callable[..., Response]]]:
    """The decorator `view(permission)`, which makes a Chalice view of a handler.

    A handler takes an ApiRequest and the path parameters, and returns a Response or a JSON value. An API key needs
    `permission`; None accepts any key. Anonymous callers pass: handlers decide what they may do.
    """

    def view(permission: Permission | None) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
        def decorate(handler: Callable[..., Any]) -> Callable[..., Response]:
            @wraps(handler)
            def chalice_view(**path: str) -> Response:
                request = current_request()
                response = respond(request, verify, permission, lambda api_request: handler(api_request, **path))
                logger().info("Request handled", extra={"status": response.status_code, **_log_fields(request, path)})
                return response

            return chalice_view

        return decorate

    return view


def respond(
    request: Request | None,
    verify: Callable[[str], Caller],
    permission: Permission | None,
    handler: Callable[[ApiRequest], Any],
) -> Response:
    """Authenticate a request and run its handler; every exception becomes an error response."""
    try:
        if request is None:
            raise Invalid("No request is being handled.")
        result = handler(authenticate(request, verify, permission))
        return result if isinstance(result, Response) else json_response(result)
    except TintypeError as error:
        return error_response(error)
    except Exception:  # noqa: BLE001 - the outermost handler: clients always get the API's error shape
        logger().exception("Request failed", extra=_log_fields(request))
        return json_response(internal_error_body(), 500)


def _log_fields(request: Request | None, path: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Request id, method, route and photo id; no query and no filename, which are personal data."""
    if request is None:
        return {}
    request_id = getattr(request.lambda_context, "aws_request_id", None)
    route = request.context.get("resourcePath")
    photo_id = {"photo_id": path["photo_id"]} if path and "photo_id" in path else {}
    return {"request_id": request_id, "method": request.method, "route": route, **photo_id}
