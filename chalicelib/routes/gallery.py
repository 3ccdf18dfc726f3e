"""The gallery: trending tags, search by tag, tag autocomplete, labels and totals."""

from typing import Any

from chalicelib.container import Container
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response
from chalicelib.library.queries import TrendCursor, TrendOrder
from chalicelib.library.search import Match, TagQuery
from chalicelib.routes import params, serializers
from chalicelib.routes.caching import TRENDING_CACHE_SECONDS, cached_response
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, photo_page, read_cursor

TRENDING_LIMIT = 20
AUTOCOMPLETE_LIMIT = 10
MAX_SEARCH_TAGS = 10


def list_trending_tags(request: ApiRequest, container: Container) -> Response:
    """`GET /gallery/trending`: tags by photo count or by heat, each with a cover."""
    request.allow_params("limit", "cursor", "order", "scope")
    scope, order = params.scope(request), TrendOrder(request.get_enum("order", "count", "heat") or "count")
    query, limit = ("trending", scope, order), request.limit(TRENDING_LIMIT)
    position = read_cursor(request, container, query)
    figure, _, tag = (position or "").partition("#")
    after = TrendCursor(int(figure), tag) if position else None
    items, end = container.queries.list_trends(scope, order, viewer=request.viewer, after=after, limit=limit)
    serializer = serializers.photo_serializer(container, request.viewer)
    body = {
        "items": [serializer.trending_tag(item) for item in items],
        "total_tags": container.queries.count_tags(scope),
        "cursor": next_cursor(container, f"{end.value}#{end.tag}" if end else None, query),
    }
    return cached_response(request, container, body, seconds=TRENDING_CACHE_SECONDS)


def search_photos(request: ApiRequest, container: Container) -> Response:
    """`GET /gallery/articles`: photos that have all of these tags, or any of them, and none of others."""
    names = ("tag", "match", "not", "limit", "cursor", "scope")
    request.allow_params(*names, required="tag", message="tag parameter is required")
    tags = TagQuery(
        tags=params.tags(request, "tag", MAX_SEARCH_TAGS),
        match=Match(request.get_enum("match", "all", "any") or "all"),
        excluded=params.tags(request, "not", MAX_SEARCH_TAGS),
    )
    scope = params.scope(request)
    query = ("articles", scope, tags.match, *tags.tags, "not", *tags.excluded)
    after, limit = read_cursor(request, container, query), request.limit(DEFAULT_LIMIT)
    page = container.queries.search(scope, tags, viewer=request.viewer, after=after, limit=limit)
    return photo_page(request, container, page, query)


def autocomplete_tags(request: ApiRequest, container: Container) -> Response:
    """`GET /gallery/tags`: tags in use that start with `prefix`, most used first."""
    request.allow_params("prefix", "limit", "scope")
    value = request.get("prefix")
    prefix = "" if value is None else params.tag(value, "prefix")
    trends = container.queries.list_tags(params.scope(request), prefix, request.limit(AUTOCOMPLETE_LIMIT))
    return cached_response(request, container, {"items": [serializers.tag_count(trend) for trend in trends]})


def list_labels(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /labels`: every tag in the caller's own library, with its photo count."""
    owner = request.owner
    request.allow_params()
    return serializers.labels(container.queries.list_owner_tags(owner))


def get_stats(request: ApiRequest, container: Container) -> Response:
    """`GET /stats`: the totals of a scope."""
    request.allow_params("scope")
    return cached_response(
        request, container, serializers.stats(container.queries.get_scope_totals(params.scope(request)))
    )
