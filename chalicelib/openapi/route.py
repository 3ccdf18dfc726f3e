"""`GET /openapi.json`; the document is built at the first request and does not need the settings."""

from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, image_response

CACHE_SECONDS = 300


def get_openapi(request: ApiRequest) -> Response:
    """The OpenAPI document of this API."""
    from chalicelib.openapi.document import compact_json

    request.allow_params()
    return image_response(request, compact_json(), "application/json", seconds=CACHE_SECONDS)
