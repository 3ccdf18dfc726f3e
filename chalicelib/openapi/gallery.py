"""The gallery: trending tags, search by tag, tag autocomplete, labels and totals."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.library.totals import TrendOrder
from chalicelib.openapi import search
from chalicelib.openapi.operations import cacheable_get, json_response, operation, signed_in_or_key
from chalicelib.openapi.parameters import CURSOR, SCOPE, TAG, limit_param, query_param, tags_param
from chalicelib.openapi.schemas import COUNT, DATE_TIME, PAGE, PHOTO, list_of, nullable, page_of, record, ref
from chalicelib.routes.gallery import AUTOCOMPLETE_LIMIT, RANKED_FACETS, TRENDING_LIMIT
from chalicelib.routes.pagination import DEFAULT_LIMIT
from chalicelib.routes.search_params import MAX_SEARCH_TAGS

GROUP = "Gallery"
PATHS: dict[str, Any] = {
    "/gallery/trending": {
        "get": cacheable_get(
            "list_trending_tags",
            "List trending tags",
            group=GROUP,
            parameters=[
                query_param(
                    "order",
                    {"enum": list(TrendOrder), "default": TrendOrder.COUNT},
                    "`count`: tags with the most photos first. `heat`: tags with the most recent photos first.",
                ),
                query_param(
                    "kind",
                    {"enum": ["tag", *RANKED_FACETS], "default": "tag"},
                    "`camera`, `place`: those of your own photos, by count.",
                ),
                limit_param(TRENDING_LIMIT),
                CURSOR,
                SCOPE,
            ],
            response=json_response(
                "Tags, each with a cover image.",
                page_of(ref("TrendingTag"), total_tags=COUNT),
                {
                    "items": [
                        {
                            "tag_name": "Beach",
                            "automatic": False,
                            "count": 150,
                            "cover_image": PHOTO["small_url"],
                            "last_updated": "2026-11-20T17:42:11.034Z",
                        }
                    ],
                    "total_tags": 500,
                    "cursor": PAGE["cursor"],
                },
                cached=True,
            ),
        )
    },
    "/gallery/articles": {
        "get": cacheable_get(
            "search_photos",
            "Search photos by tag, newest first",
            group=GROUP,
            description="A search for several tags reads a limited number of rows per request, so a page may be short "
            "or empty and still have a cursor.",
            parameters=[
                tags_param("tag", "A tag; repeat it for several.", MAX_SEARCH_TAGS, required=True, example=["beach"]),
                search.MATCH,
                search.NOT,
                *search.DATES,
                limit_param(DEFAULT_LIMIT),
                CURSOR,
                SCOPE,
            ],
            response=json_response("A page of photos, each listed once.", "PhotoPage", PAGE, cached=True),
        )
    },
    "/gallery/tags": {
        "get": cacheable_get(
            "autocomplete_tags",
            "Autocomplete tags",
            group=GROUP,
            parameters=[
                query_param(
                    "prefix",
                    TAG,
                    "The beginning of the tags.",
                ),
                limit_param(AUTOCOMPLETE_LIMIT),
                SCOPE,
            ],
            response=json_response(
                "Matching tags, most used first, then by name.",
                list_of(ref("TagCount")),
                {"items": [{"tag_name": "Mountain", "count": 32}, {"tag_name": "Moon", "count": 4}]},
                cached=True,
            ),
        )
    },
    "/labels": {
        "get": operation(
            "list_labels",
            "List the tags of your own library",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            responses={
                200: json_response(
                    "Every tag with its photo count, most used first.",
                    record(labels={"type": "object", "additionalProperties": record(count=COUNT)}),
                    {"labels": {"Mountain": {"count": 32}}},
                )
            },
        )
    },
    "/stats": {
        "get": cacheable_get(
            "get_stats",
            "Get the totals of a library",
            group=GROUP,
            parameters=[SCOPE],
            response=json_response(
                "`months` was last counted at `as_of`; the other totals are current.",
                record(
                    photos=COUNT,
                    bytes=COUNT,
                    tags=COUNT,
                    months={
                        "type": "object",
                        "propertyNames": {"pattern": "^[0-9]{4}-[0-9]{2}$"},
                        "additionalProperties": COUNT,
                    },
                    as_of=nullable(DATE_TIME),
                ),
                {
                    "photos": 12,
                    "bytes": 42144528,
                    "tags": 31,
                    "months": {"2026-11": 12},
                    "as_of": "2026-11-20T17:45:00.000Z",
                },
                cached=True,
            ),
        )
    },
}
