"""Cacheable responses: signed URLs in them change with time, so entity tags follow the URL window."""

from typing import Any

from chalicelib.container import Container
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, cacheable_response, etag_of

# How long shared caches may serve a response to anonymous callers.
CACHE_SECONDS = 60
TRENDING_CACHE_SECONDS = 300
URL_FIELDS = frozenset({"image_url", "thumbnail_url", "resized_url", "small_url", "original_url", "cover_image"})


def cached_response(
    request: ApiRequest, container: Container, body: dict[str, Any], *, seconds: int = CACHE_SECONDS
) -> Response:
    """A JSON response that caches may store; its entity tag covers the URL window instead of the signed URLs."""
    # A stored response is valid only as long as the URLs in it are.
    etag = etag_of([container.url_window(), without_urls(body)])
    return cacheable_response(request, body, seconds=seconds, etag=etag)


def without_urls(body: Any) -> Any:
    """The same JSON value without its signed URLs."""
    if isinstance(body, dict):
        return {name: without_urls(value) for name, value in body.items() if name not in URL_FIELDS}
    return [without_urls(item) for item in body] if isinstance(body, list) else body
