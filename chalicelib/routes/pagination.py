"""Pages of a list: sealed cursors, and the response for a page of photos."""

from collections.abc import Mapping
from typing import Any

from chalicelib.container import Container
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response
from chalicelib.library.queries import PhotoPage
from chalicelib.library.search_results import SearchPage
from chalicelib.routes import serializers
from chalicelib.routes.caching import cached_response
from chalicelib.util.sealing import seal, unseal

DEFAULT_LIMIT = 50

type QueryKey = tuple[str, ...]
"""What a cursor is bound to: the route, the scope and the filters."""


def read_cursor(request: ApiRequest, container: Container, query: QueryKey) -> str | None:
    """The position in `cursor`, or None for the first page; raises Invalid for a cursor of another query."""
    cursor = request.get("cursor")
    return None if cursor is None else unseal(cursor, context=query, secret=container.settings.link_secret)


def next_cursor(container: Container, position: str | None, query: QueryKey) -> str | None:
    """The cursor of the next page, which starts after `position`; None at the end."""
    return seal(position, context=query, secret=container.settings.link_secret) if position else None


def photo_page(
    request: ApiRequest,
    container: Container,
    page: PhotoPage | SearchPage,
    query: QueryKey,
    extras: Mapping[str, Any] | None = None,
) -> Response:
    """A page of photos, with other fields of the response, as a cacheable response."""
    serializer = serializers.photo_serializer(container, request.viewer)
    body = {
        "items": [serializer.photo(photo) for photo in page.photos],
        "cursor": next_cursor(container, page.next_position, query),
        **(extras or {}),
    }
    return cached_response(request, container, body)
