"""Search: the filters of `GET /photos`, suggestions, and the map."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.library.facets import Facet
from chalicelib.library.map_cells import MAX_LEVEL
from chalicelib.library.photo import MAX_RATING
from chalicelib.library.photo_query import MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, Match
from chalicelib.library.suggestions import TAG as TAG_KIND
from chalicelib.openapi.operations import cacheable_get, json_response, operation, signed_in_or_key
from chalicelib.openapi.parameters import SCOPE, limit_param, query_param, tags_param
from chalicelib.openapi.schemas import COUNT, ID, PHOTO, TEXT, URL, list_of, nullable, record
from chalicelib.routes.search import MAX_TEXT_CHARACTERS, SUGGESTIONS_LIMIT
from chalicelib.routes.search_params import MAX_NAME_CHARACTERS, MAX_SEARCH_TAGS

GROUP = "Search"
_DEGREES = {"type": "number"}
_NAME = {"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARACTERS}
_BOUNDS_PATTERN = r"^[+-]?[0-9]{1,3}(\.[0-9]{1,15})?(,[+-]?[0-9]{1,3}(\.[0-9]{1,15})?){3}$"
DATES = [
    query_param(
        "from",
        {"type": "string"},
        "A day, or a time such as `2026-01-01T18:30:00`, by the camera's clock; a time zone is ignored.",
        example="2026-01-01",
    ),
    query_param(
        "to",
        {"type": "string"},
        "A day, included as a whole, or an exclusive time such as `2026-01-31T18:30:00`, by the camera's clock; a time "
        "zone is ignored.",
        example="2026-01-31",
    ),
]
MATCH = query_param(
    "match", {"enum": list(Match), "default": Match.ALL}, "Photos that have all of the tags, or any of them."
)
NOT = tags_param("not", "A tag to exclude; repeat it for several.", MAX_SEARCH_TAGS)


def bounds_param(*, required: bool) -> dict[str, Any]:
    """A part of the map."""
    return query_param(
        "bounds",
        {"type": "string", "pattern": _BOUNDS_PATTERN},
        "`south,west,north,east` in degrees; a west that is more than east crosses the 180th meridian.",
        example="38.5,-9.5,39,-9",
        **({"required": True} if required else {}),
    )


FILTERS = [
    query_param(
        "q",
        {"type": "string", "minLength": 1, "maxLength": MAX_QUERY_CHARACTERS},
        f"Up to {MAX_QUERY_WORDS} words, all of which a photo must have: in its caption or tags; your own photos also "
        "in their place, camera, lens or file name. A year, the name of a month, or a date such as `2019-08` finds "
        "photos taken then. A photo is found by at most 40 words: the first 20 of its caption, then those of its tags, "
        "place, camera, file name and lens, then the rest of the caption. Case and accents don't matter. The last "
        "word stands for all that begin with it, unless a space follows.",
        example="lisbon 2019 dog",
    ),
    tags_param("tag", "A tag; repeat it for several.", MAX_SEARCH_TAGS),
    MATCH,
    NOT,
    *DATES,
    query_param(
        "on",
        {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"},
        "A day of every year, by the camera's clock.",
        example="11-27",
    ),
    query_param("camera", _NAME, "A camera. Your own photos only."),
    query_param("place", _NAME, "The name of a place, such as a city or a country. Your own photos only."),
    query_param("favorite", {"enum": ["true", "false"]}, "`true`: your favorites."),
    query_param(
        "rating", {"enum": [str(n) for n in range(1, MAX_RATING + 1)]}, "At least this rating. Your own photos only."
    ),
    bounds_param(required=False),
]
FILTERS_OBJECT: dict[str, Any] = {
    "type": "object",
    "properties": {
        parameter["name"]: {"type": "array", "items": TEXT, "minItems": 1} if "explode" in parameter else TEXT
        for parameter in FILTERS
    },
    "additionalProperties": False,
}
ORDER = query_param(
    "order",
    {"enum": ["newest", "oldest", "added"], "default": "newest"},
    "`newest`, `oldest`: by the time taken; `oldest` works with dates only. `added`: your own photos by the time of "
    "their upload, the latest first.",
)
EXTRAS = [
    query_param(
        "count",
        {"enum": ["true", "false"]},
        "`true`: the first page says how many photos there are, at least up to 500; and if there are none, which "
        "conditions nothing matches.",
    ),
    query_param(
        "facets",
        {"enum": ["true", "false"]},
        "`true`: the first page has the most frequent tags, years, cameras and places of what is found, or of its "
        "newest 1,000 photos.",
    ),
]
_FACET = {"type": "array", "items": record(name=TEXT, count=COUNT)}
SCHEMAS: dict[str, Any] = {
    "PhotoFilters": {
        **FILTERS_OBJECT,
        "description": "The filters of `GET /photos`; those that can be repeated are lists. Without any: all photos.",
    },
    "FoundCount": record(photos=COUNT, exact={"type": "boolean", "description": "If false, there may be more."}),
    "Facets": record(
        tags=_FACET,
        years=_FACET,
        cameras=_FACET,
        places=_FACET,
        photos={**COUNT, "description": "The photos that were counted."},
        complete={
            "type": "boolean",
            "description": "Whether these are all that were found. Years of a whole library are counted by the "
            "schedule: if they are behind, this is false, too.",
        },
    ),
    "Unmatched": record(parameter=TEXT, value=TEXT),
}
_CLUSTER = record(
    latitude=_DEGREES,
    longitude=_DEGREES,
    count=COUNT,
    bounds={"type": "array", "items": _DEGREES, "minItems": 4, "maxItems": 4},
    photo_id=nullable(ID),
    cover_image=nullable(URL),
)
PATHS: dict[str, Any] = {
    "/search/suggestions": {
        "get": cacheable_get(
            "list_suggestions",
            "Suggest what to search",
            group=GROUP,
            description="Tags in use, and of your own library places and cameras, in which a word begins with `q`. "
            "Your own words come before those of labelers, then those with the most photos.",
            parameters=[
                query_param(
                    "q",
                    {"type": "string", "minLength": 1, "maxLength": MAX_TEXT_CHARACTERS},
                    "The beginning of a word.",
                    required=True,
                    example="lis",
                ),
                limit_param(SUGGESTIONS_LIMIT),
                SCOPE,
            ],
            response=json_response(
                "Suggestions with their numbers of photos.",
                list_of(record(kind={"enum": [TAG_KIND, Facet.PLACE, Facet.CAMERA]}, name=TEXT, count=COUNT)),
                {"items": [{"kind": "place", "name": "Lisbon", "count": 12}]},
                cached=True,
            ),
        )
    },
    "/photos/map": {
        "get": operation(
            "get_map",
            "Show where your photos were taken",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="The 200 largest clusters within the bounds. A cluster is a cell of a grid, of which each "
            "level has 8 by 8 times as many; its `bounds` can be passed to `GET /photos`.",
            parameters=[
                bounds_param(required=True),
                query_param(
                    "level",
                    {"enum": [str(level) for level in range(1, MAX_LEVEL + 1)]},
                    "The level of the grid; a lower one is used if the bounds are too large for it. By default the "
                    "highest that is possible.",
                ),
            ],
            responses={
                200: json_response(
                    "Clusters, the largest first.",
                    record(
                        level={"type": "integer", "minimum": 1, "maximum": MAX_LEVEL},
                        clusters={"type": "array", "items": _CLUSTER},
                    ),
                    {
                        "level": 3,
                        "clusters": [
                            {
                                "latitude": 38.7223,
                                "longitude": -9.1393,
                                "count": 12,
                                "bounds": [38.671875, -9.140625, 39.023438, -8.4375],
                                "photo_id": PHOTO["photo_id"],
                                "cover_image": PHOTO["small_url"],
                            }
                        ],
                    },
                )
            },
        )
    },
}
