"""What helps to search: suggestions, and the map."""

from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Invalid
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response
from chalicelib.labels.automatic_tags import automatic_tags
from chalicelib.library.map_cells import MAX_LEVEL
from chalicelib.library.photo_map import PhotoMaps
from chalicelib.library.suggestions import Suggestions
from chalicelib.routes import params, search_params, serializers
from chalicelib.routes.caching import cached_response

SUGGESTIONS_LIMIT = 10
MAX_TEXT_CHARACTERS = 100
LEVELS = tuple(str(level) for level in range(1, MAX_LEVEL + 1))


def list_suggestions(request: ApiRequest, container: Container) -> Response:
    """`GET /search/suggestions`: tags, cameras and places in use in which a word begins with `q`."""
    request.allow_params("q", "limit", "scope", required="q", message="q is required.")
    text = request.get("q") or ""
    if len(text) > MAX_TEXT_CHARACTERS:
        raise Invalid(f"q can have at most {MAX_TEXT_CHARACTERS} characters.", field="q")
    found = Suggestions(container.collections, automatic_tags()).find(
        params.scope(request), text, request.limit(SUGGESTIONS_LIMIT)
    )
    return cached_response(request, container, {"items": [serializers.suggestion(each) for each in found]})


def get_map(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /photos/map`: where the caller's photos were taken, in clusters."""
    owner = request.owner
    request.allow_params("bounds", "level", required="bounds", message="bounds is required.")
    level = request.get_enum("level", *LEVELS)
    found = PhotoMaps(container.photos, container.collections).read(
        owner, search_params.read_bounds(request.get("bounds") or ""), int(level) if level else None
    )
    serializer = serializers.photo_serializer(container, owner)
    return {
        "level": found.level,
        "clusters": [serializers.cluster(cluster, serializer) for cluster in found.clusters],
    }
