"""Look-alikes: near-duplicates in the caller's library, and photos similar to one of them."""

from typing import Any

from chalicelib.container import Container
from chalicelib.http.requests import ApiRequest
from chalicelib.routes import serializers
from chalicelib.routes.pagination import next_cursor, read_cursor

GROUPS_LIMIT = 20
SIMILAR_LIMIT = 24


def list_near_duplicates(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /photos/near-duplicates`: groups of the caller's photos that look almost the same."""
    owner = request.owner
    request.allow_params("limit", "cursor")
    query = ("near-duplicates", owner)
    after, limit = read_cursor(request, container, query), request.limit(GROUPS_LIMIT)
    page = container.similarity.list_near_duplicates(owner, after=after, limit=limit)
    serializer = serializers.photo_serializer(container, owner)
    return {
        "items": [
            {"keep": group.photos[0].photo_id, "photos": [serializer.photo(photo) for photo in group.photos]}
            for group in page.groups
        ],
        "cursor": next_cursor(container, page.next_position, query),
        "as_of": serializers.iso_time(page.built_at),
    }


def find_similar_photos(request: ApiRequest, container: Container, photo_id: str) -> dict[str, Any]:
    """`GET /photos/{photo_id}/similar`: the caller's photos that show something similar."""
    request.allow_params("limit")
    found = container.similarity.find_similar(request.viewer, photo_id, limit=request.limit(SIMILAR_LIMIT))
    serializer = serializers.photo_serializer(container, request.viewer)
    return {"items": [serializer.photo(photo) for photo in found.photos], "state": found.state}
