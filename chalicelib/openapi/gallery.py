"""Tags and what stands under them: trending, search, completion, labels, figures, a random picture."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.library.queries import TrendOrder
from chalicelib.library.search import Match
from chalicelib.openapi.operations import anybody, image, json, lookup, operation, somebody
from chalicelib.openapi.parameters import CURSOR, SCOPE, TAG, limit, query, several
from chalicelib.openapi.schemas import COUNT, MOMENT, OWN_PHOTO, PAGE, PHOTO, listed, or_null, page, record, ref
from chalicelib.routes.gallery import COMPLETIONS_LIMIT, DEFAULT_LIMIT, MAX_TAGS_ASKED, TRENDING_LIMIT

GROUP = "Gallery"
_COUNTED = record(count=COUNT)
_DRAWN = record(
    photo=ref("Photo"),
    probability={
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "description": "Weight over sum of weights.",
    },
)
_OF_A_DRAW: dict[str, Any] = {
    "Cache-Control": {"required": True, "schema": {"const": "no-store"}},
    "X-Photo-Id": {"required": True, "schema": {"type": "string"}},
    "X-Selection-Probability": {
        "required": True,
        "schema": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    },
}
PATHS: dict[str, Any] = {
    "/gallery/trending": {
        "get": lookup(
            "trending",
            "The tags most used, or most alive",
            group=GROUP,
            parameters=[
                query(
                    "order",
                    {"enum": list(TrendOrder), "default": TrendOrder.COUNT},
                    "Many photos first, or many new ones.",
                ),
                limit(TRENDING_LIMIT),
                CURSOR,
                SCOPE,
            ],
            answer=json(
                "Tags, each with a cover.",
                page(ref("TrendingTag"), total_tags=COUNT),
                {
                    "items": [
                        {
                            "tag_name": "Beach",
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
        "get": lookup(
            "articles",
            "The photos under these tags, newest first",
            group=GROUP,
            description="A search for several tags reads a set number of rows: a page may be short, or empty, and its "
            "cursor goes on.",
            parameters=[
                several("tag", "The tag, or several of them.", MAX_TAGS_ASKED, required=True, example=["beach"]),
                query(
                    "match",
                    {"enum": list(Match), "default": Match.ALL},
                    "Under each tag, or under one.",
                ),
                several("not", "A tag not to stand under, or several of them.", MAX_TAGS_ASKED),
                limit(DEFAULT_LIMIT),
                CURSOR,
                SCOPE,
            ],
            answer=json("Each photo once.", "Page", PAGE, cached=True),
        )
    },
    "/gallery/tags": {
        "get": lookup(
            "completions",
            "Tags that begin so",
            group=GROUP,
            parameters=[
                query("prefix", {"type": "string", "maxLength": TAG["maxLength"]}, "How they begin."),
                limit(COMPLETIONS_LIMIT),
                SCOPE,
            ],
            answer=json(
                "In alphabetical order.",
                listed(ref("Tag")),
                {"items": [{"tag_name": "Moon", "count": 4}, {"tag_name": "Mountain", "count": 32}]},
                cached=True,
            ),
        )
    },
    "/labels": {
        "get": operation(
            "labels",
            "The tags of one's own library, with their counts",
            group=GROUP,
            security=somebody(Permission.READ),
            answers={
                200: json(
                    "All of them, the most used first.",
                    record(labels={"type": "object", "additionalProperties": _COUNTED}),
                    {"labels": {"Mountain": {"count": 32}}},
                )
            },
        )
    },
    "/stats": {
        "get": lookup(
            "stats",
            "A library in figures",
            group=GROUP,
            parameters=[SCOPE],
            answer=json(
                "Months as they were counted last, at `as_of`; all else exact.",
                record(
                    photos=COUNT,
                    bytes=COUNT,
                    tags=COUNT,
                    months={
                        "type": "object",
                        "propertyNames": {"pattern": "^[0-9]{4}-[0-9]{2}$"},
                        "additionalProperties": COUNT,
                    },
                    as_of=or_null(MOMENT),
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
    "/random": {
        "get": operation(
            "random",
            "A random picture under a label",
            group=GROUP,
            security=anybody(Permission.READ),
            description="The image itself, at half size (or the preview, where that would be over 4 MB), another one "
            "at each call; JSON about it for `Accept: application/json`. Each photo comes with a chance of its weight "
            "over the sum of all weights.",
            parameters=[query("label", TAG, "The label.", required=True, example="beach"), SCOPE],
            answers={
                200: {
                    **image("The picture, or what is known of it.", _OF_A_DRAW),
                    "content": {
                        "image/*": {},
                        "application/json": {
                            "schema": _DRAWN,
                            "example": {"photo": OWN_PHOTO, "probability": 0.0123},
                        },
                    },
                }
            },
            refuses=["unauthenticated", "not_found"],
        )
    },
}
