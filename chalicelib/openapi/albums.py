"""Albums: lists of them, their photos and their order."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.albums.models import (
    MAX_ALBUMS,
    MAX_ORDERED_PHOTOS,
    MAX_TITLE_CHARACTERS,
    AlbumOrder,
    Role,
)
from chalicelib.albums.summaries import MAX_TO_REVIEW
from chalicelib.library.descriptions import MAX_CAPTION_CHARACTERS
from chalicelib.library.photo import MAX_ALBUMS as MAX_ALBUMS_OF_PHOTO
from chalicelib.openapi import search
from chalicelib.openapi.errors import example
from chalicelib.openapi.operations import (
    ALBUM_LINKS,
    NO_CONTENT,
    json_body,
    json_response,
    operation,
    signed_in_or_key,
    with_links,
)
from chalicelib.openapi.parameters import CURSOR, IF_MATCH, PHOTO_ID, limit_param, path_param, query_param
from chalicelib.openapi.schemas import (
    COUNT,
    DATE_TIME,
    EXAMPLE_ID,
    ID,
    OWN_PHOTO,
    PAGE,
    PHOTO,
    PHOTO_IDS,
    TEXT,
    URL,
    nullable,
    page_of,
    record,
    ref,
    request_schema,
)
from chalicelib.routes.pagination import DEFAULT_LIMIT
from chalicelib.routes.results import MAX_BATCH

GROUP = "Albums"
_ALBUM_ID = "0c4e2a6f8b1d4f3a9c5e7d2b6a8f0e1c"
_MISSING_ID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
ALBUM: dict[str, Any] = {
    "album_id": _ALBUM_ID,
    "title": "Lisbon",
    "description": "Two weeks in August.",
    "order": "newest",
    "query": None,
    "role": "owner",
    "photos": 128,
    "bytes": 449542144,
    "cover_image": PHOTO["small_url"],
    "cover_photo_id": None,
    "created_at": "2026-11-20T18:42:10.120Z",
    "updated_at": "2026-11-20T18:42:10.120Z",
    "version": 1,
}
# No maxLength: the limits apply after normalization.
_TITLE = {
    **TEXT,
    "minLength": 1,
    "description": f"1 to {MAX_TITLE_CHARACTERS} characters without invisible characters and repeated spaces.",
}
_DESCRIPTION = {
    **TEXT,
    "description": f"Text with line breaks, at most {MAX_CAPTION_CHARACTERS:,} characters. Empty if there is none.",
}
_ORDER = {
    "enum": list(AlbumOrder),
    "description": "`manual`: by hand; photos that were not put in order follow, newest first.",
}
_QUERY = {
    **search.FILTERS_OBJECT,
    "minProperties": 1,
    "description": "The filters of `GET /photos` that a smart album finds its owner's photos with; those that can be "
    "repeated are lists.",
}
_FIELDS: dict[str, Any] = {
    "album_id": ID,
    "title": TEXT,
    "description": _DESCRIPTION,
    "order": _ORDER,
    "query": {**nullable(_QUERY), "description": "The search of a smart album; null for any other."},
    "role": {"enum": list(Role), "description": "The caller's."},
    "photos": {**nullable(COUNT), "description": "Null for a smart album."},
    "bytes": {**nullable(COUNT), "description": "Of all originals. Null for a smart album."},
    "cover_image": nullable(URL),
    "cover_photo_id": {**nullable(ID), "description": "The cover that the owner chose; null: the latest photo added."},
    "created_at": DATE_TIME,
    "updated_at": DATE_TIME,
    "version": {"type": "integer", "description": "For `If-Match`."},
}
_DAY = {**nullable(TEXT), "description": "A day by the camera's clock, as in 2026-11-27; null without photos."}
_RESULTS = {"type": "array", "items": ref("BatchResult")}
_EXAMPLE_RESULTS = [
    {"photo_id": EXAMPLE_ID, "ok": True, "photo": OWN_PHOTO | {"albums": [_ALBUM_ID]}},
    {"photo_id": _MISSING_ID, "ok": False, **example("photo_not_found")},
]
SCHEMAS: dict[str, Any] = {
    "Album": record(**_FIELDS),
    "AlbumDetails": record(
        {"to_review": {**COUNT, "maximum": MAX_TO_REVIEW, "description": "Photos of guests. For the owner only."}},
        **_FIELDS,
        **{"from": _DAY, "to": _DAY},
    ),
    "CreatedAlbum": record({"results": _RESULTS}, **_FIELDS),
    "AlbumRequest": request_schema(
        ("title",),
        title=_TITLE,
        description=nullable(_DESCRIPTION),
        order=nullable(_ORDER),
        query=nullable(_QUERY),
        photo_ids={**PHOTO_IDS, "minItems": 0},
    ),
    "AlbumUpdate": request_schema(
        title=_TITLE,
        description=_DESCRIPTION,
        order=_ORDER,
        cover_photo_id={**nullable(ID), "description": "A photo of the album; null: the latest photo added."},
        query=_QUERY,
    ),
    "AlbumPhotosRequest": request_schema(("photo_ids",), photo_ids=PHOTO_IDS),
    "AlbumOrderRequest": request_schema(
        ("photo_ids",), photo_ids={**PHOTO_IDS, "minItems": 0, "maxItems": MAX_ORDERED_PHOTOS}
    ),
}
_PATH_ID = path_param("album_id", "The id of the album.", example=_ALBUM_ID)
_CHANGED = {
    200: with_links(json_response("The changed album.", "Album", ALBUM | {"version": 2}), *ALBUM_LINKS),
    204: {"description": "Done, for an API key without the `read` permission."},
}
PATHS: dict[str, Any] = {
    "/albums": {
        "get": operation(
            "list_albums",
            "List albums",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="Your own albums, the latest first; or those that others have shared with you, the one that "
            "you were added to last first.",
            parameters=[
                query_param("scope", {"enum": ["mine", "shared"], "default": "mine"}, "Whose albums."),
                limit_param(DEFAULT_LIMIT),
                CURSOR,
            ],
            responses={
                200: json_response("A page of albums.", page_of(ref("Album")), {"items": [ALBUM], "cursor": None})
            },
        ),
        "post": operation(
            "create_album",
            "Create an album",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description=f"With photos of your own, or empty; at most {MAX_ALBUMS:,} albums. With a `query`, it is a "
            "smart album: it shows what a search in your library finds, newest first, and no photos can be added. "
            "An API key without the `read` permission gets null for counts and cover. Null means not set.",
            body=json_body("AlbumRequest", {"title": "Lisbon", "photo_ids": [EXAMPLE_ID, _MISSING_ID]}),
            responses={
                201: with_links(
                    json_response(
                        "The album, with a result for each of `photo_ids`.",
                        "CreatedAlbum",
                        ALBUM | {"photos": 1, "bytes": 3512044, "results": _EXAMPLE_RESULTS},
                    ),
                    *ALBUM_LINKS,
                )
            },
            errors=["invalid_json", "conflict"],
        ),
    },
    "/albums/{album_id}": {
        "get": operation(
            "get_album",
            "Get an album",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            parameters=[_PATH_ID],
            responses={
                200: with_links(
                    json_response(
                        "The album.", "AlbumDetails", ALBUM | {"from": "2025-08-12", "to": "2025-08-26", "to_review": 0}
                    ),
                    *ALBUM_LINKS,
                )
            },
            errors=["not_found"],
        ),
        "patch": operation(
            "update_album",
            "Update an album",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="For its owner. Fields that you omit stay as they are.",
            parameters=[_PATH_ID, IF_MATCH],
            body=json_body("AlbumUpdate", {"title": "Lisbon and Porto", "order": "oldest"}),
            responses=_CHANGED,
            errors=["invalid_json", "not_found", "conflict", "version_mismatch"],
        ),
        "delete": operation(
            "delete_album",
            "Delete an album",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="For its owner. The album and its shared links are gone at once; its photos stay in their "
            "owners' libraries.",
            parameters=[_PATH_ID],
            responses={204: NO_CONTENT},
            errors=["not_found", "conflict"],
        ),
    },
    "/albums/{album_id}/photos": {
        "get": operation(
            "list_album_photos",
            "List or search the photos of an album",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="In the album's order. A search within an album reads a limited number of photos per request, "
            "so a page may be short or empty and still have a cursor. Of the photos of others, it searches their "
            "captions, tags and dates only.",
            parameters=[
                _PATH_ID,
                *search.FILTERS,
                query_param(
                    "review",
                    {"enum": ["true", "false"]},
                    "`true`: the photos of guests that wait for a review, without filters. For the owner only.",
                ),
                limit_param(DEFAULT_LIMIT),
                CURSOR,
            ],
            responses={200: json_response("A page of photos.", "PhotoPage", PAGE)},
            errors=["not_found"],
        ),
        "post": operation(
            "add_album_photos",
            "Add photos to an album",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description=f"Up to {MAX_BATCH} photos of your own, for the album's owner and contributors. A photo can be "
            f"in {MAX_ALBUMS_OF_PHOTO} albums. An error with one photo does not stop the others.",
            parameters=[_PATH_ID],
            body=json_body("AlbumPhotosRequest", {"photo_ids": [EXAMPLE_ID, _MISSING_ID]}),
            responses={
                200: json_response(
                    "One result for each photo, in the order of the request.",
                    record(results=_RESULTS),
                    {"results": _EXAMPLE_RESULTS},
                )
            },
            errors=["invalid_json", "not_found"],
        ),
    },
    "/albums/{album_id}/photos/{photo_id}": {
        "delete": operation(
            "remove_album_photo",
            "Take a photo out of an album",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="Any photo of an album of your own, and your own photos from any album. The photo stays in its "
            "owner's library.",
            parameters=[_PATH_ID, PHOTO_ID],
            responses={204: NO_CONTENT},
            errors=["not_found", "photo_not_found", "conflict"],
        )
    },
    "/albums/{album_id}/order": {
        "put": operation(
            "put_album_order",
            "Put the photos of an album in order",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description=f"For its owner, and albums of at most {MAX_ORDERED_PHOTOS:,} photos. The `order` of the album "
            "becomes `manual`: these photos come first, the others follow, newest first.",
            parameters=[_PATH_ID, IF_MATCH],
            body=json_body("AlbumOrderRequest", {"photo_ids": [EXAMPLE_ID]}),
            responses=_CHANGED,
            errors=["invalid_json", "not_found", "conflict", "version_mismatch"],
        )
    },
}
