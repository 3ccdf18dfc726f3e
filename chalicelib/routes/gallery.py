"""The gallery: trending tags, search by tag, tag autocomplete, labels and totals."""

from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Invalid
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response
from chalicelib.library.collections import TimeRange, owner_of
from chalicelib.library.facets import Facet, facet_scope
from chalicelib.library.photo_query import PhotoQuery
from chalicelib.library.search import Search
from chalicelib.library.totals import TrendCursor, TrendOrder
from chalicelib.routes import params, search_params, serializers
from chalicelib.routes.caching import TRENDING_CACHE_SECONDS, cached_response
from chalicelib.routes.pagination import DEFAULT_LIMIT, next_cursor, photo_page, read_cursor

TRENDING_LIMIT = 20
RANKED_FACETS = (Facet.CAMERA, Facet.PLACE)
AUTOCOMPLETE_LIMIT = 10


def list_trending_tags(request: ApiRequest, container: Container) -> Response:
    """`GET /gallery/trending`: tags by photo count or by heat, each with a cover; or cameras or places by count."""
    request.allow_params("limit", "cursor", "order", "scope", "kind")
    scope, order = _ranking(request)
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


def _ranking(request: ApiRequest) -> tuple[str, TrendOrder]:
    """The scope whose collections are ranked, which is that of a facet for cameras and places, and the order."""
    scope = params.scope(request)
    order = TrendOrder(request.get_enum("order", *TrendOrder) or TrendOrder.COUNT)
    kind = request.get_enum("kind", "tag", *RANKED_FACETS) or "tag"
    if kind == "tag":
        return scope, order
    search_params.check_own(request, scope, ("kind",))
    if order is not TrendOrder.COUNT:
        raise Invalid(f"A {kind} has no heat. Use order=count.", field="order")
    return facet_scope(Facet(kind), owner_of(scope)), order


def search_photos(request: ApiRequest, container: Container) -> Response:
    """`GET /gallery/articles`: photos that have all of these tags, or any of them, and none of others."""
    names = ("tag", "match", "not", "from", "to", "limit", "cursor", "scope")
    request.allow_params(*names, required="tag", message="tag parameter is required")
    query = PhotoQuery(tags=search_params.read_tags(request), time_range=TimeRange(*params.time_range(request)))
    scope = params.scope(request)
    key = ("articles", scope, *search_params.query_key(request))
    after, limit = read_cursor(request, container, key), request.limit(DEFAULT_LIMIT)
    page = container.queries.search(Search(scope, query, request.viewer), after=after, limit=limit)
    return photo_page(request, container, page, key)


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
