"""Photos: the timeline, single photos, their images, edits, the trash and batch actions."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi import search
from chalicelib.openapi.errors import example
from chalicelib.openapi.operations import (
    CACHE_HEADERS,
    NO_CONTENT,
    PHOTO_LINKS,
    cacheable_get,
    image_response,
    json_body,
    json_response,
    operation,
    public,
    redirect,
    signed_in_or_key,
    with_links,
)
from chalicelib.openapi.parameters import CURSOR, IF_MATCH, PHOTO_ID, SCOPE, limit_param, path_param, query_param
from chalicelib.openapi.schemas import EXAMPLE_ID, OWN_PHOTO, PAGE, PHOTO, page_of, record, ref
from chalicelib.routes.pagination import DEFAULT_LIMIT
from chalicelib.routes.photos import STATES, VARIANTS

GROUP = "Photos"
EDIT_GROUP = "Edit photos"
_MISSING_ID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
_CHANGED = {
    200: with_links(json_response("The changed photo.", "Photo", OWN_PHOTO), *PHOTO_LINKS),
    204: {"description": "Done, for an API key without the `read` permission."},
}
PATHS: dict[str, Any] = {
    "/photos": {
        "get": cacheable_get(
            "list_photos",
            "List or search photos, newest first",
            group=GROUP,
            description="All filters combine; without any, this is the timeline. Sorted by the date taken, or by the "
            "date added if that is unknown. A search reads a limited number of rows and photos per request, so a page "
            "may be short or empty and still have a cursor.",
            parameters=[
                *search.FILTERS,
                search.ORDER,
                *search.EXTRAS,
                query_param("state", {"enum": list(STATES)}, "Your own photos in this state; the default is `ready`."),
                limit_param(DEFAULT_LIMIT),
                CURSOR,
                SCOPE,
            ],
            response=json_response("A page of photos.", "SearchPage", PAGE, cached=True),
        )
    },
    "/photos/{photo_id}": {
        "get": cacheable_get(
            "get_photo",
            "Get a photo",
            group=GROUP,
            parameters=[PHOTO_ID],
            response=json_response("The photo.", "Photo", PHOTO, cached=True),
            errors=["photo_not_found"],
        ),
        "patch": operation(
            "update_photo",
            "Update a photo",
            group=EDIT_GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="Fields that you omit stay as they are. `tags` replaces all tags, also the file's keywords and "
            "the detected labels: one that you leave out is removed and not added again. A `label` of null removes the "
            "label. `taken_local` and `offset` correct when the photo was taken. A `taken_local`, `caption`, "
            "`rating`, `place` or `coordinates` of null goes back to what the file says; an empty `caption` or "
            "`place`, a `rating` of 0, and `coordinates` of 0 and 0 remove it. A photo at other `coordinates` gets "
            "their place, unless you have given it another. A library whose setting `places` is `no` takes no "
            "`coordinates`.",
            parameters=[PHOTO_ID, IF_MATCH],
            body=json_body(
                "PhotoUpdate",
                {"tags": ["beach", "sunset"], "status": "public", "caption": "The bay from our terrace", "rating": 4},
            ),
            responses=_CHANGED,
            errors=["invalid_json", "photo_not_found", "conflict", "version_mismatch"],
        ),
        "delete": operation(
            "delete_photo",
            "Delete a photo",
            group=EDIT_GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="Moves the photo to the trash, which keeps it for 30 days, unless `permanent` is true.",
            parameters=[
                PHOTO_ID,
                query_param(
                    "permanent",
                    {"enum": ["true", "false"], "default": "false"},
                    "Delete the photo and its original permanently.",
                ),
            ],
            responses={204: NO_CONTENT},
            errors=["photo_not_found", "conflict"],
        ),
    },
    "/photos/{photo_id}/restore": {
        "post": operation(
            "restore_photo",
            "Restore a photo from the trash",
            group=EDIT_GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            parameters=[PHOTO_ID],
            responses=_CHANGED,
            errors=["photo_not_found", "conflict"],
        )
    },
    "/photos/batch": {
        "post": operation(
            "batch_update_photos",
            "Apply an action to several photos",
            group=EDIT_GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="An error with one photo does not stop the others. The actions `set_time`, `set_offset`, "
            "`shift_time` and `reset_time` correct when the photos were taken. `keep` remembers that these photos are "
            "kept together: `GET /photos/near-duplicates` leaves out groups of photos that are all among them. "
            "`unkeep` with the same photos undoes it. `rate`, `set_caption`, `set_place` and `set_coordinates` set "
            "what their field says, as in `PATCH /photos/{photo_id}`: null goes back to what the file says. "
            "`add_to_album` and `remove_from_album` take an `album_id`. `approve` lets photos that guests have added "
            "into the album that they wait for; `decline` does not, and they stay in your library only. "
            "`delete_permanently` deletes the photos, whether they are in the trash or not; their results have no "
            "`photo`. They are gone at once, and the originals within minutes. "
            "An API key needs the `read` permission to get the changed photos.",
            body=json_body(
                "BatchRequest", {"photo_ids": [EXAMPLE_ID, _MISSING_ID], "action": "tag", "tags": ["beach"]}
            ),
            responses={
                200: json_response(
                    "One result for each photo, in the order of the request.",
                    record(results={"type": "array", "items": ref("BatchResult")}),
                    {
                        "results": [
                            {"photo_id": EXAMPLE_ID, "ok": True, "photo": OWN_PHOTO},
                            {"photo_id": _MISSING_ID, "ok": False, **example("photo_not_found")},
                        ]
                    },
                )
            },
            errors=["invalid_json", "not_found"],
        )
    },
    "/photos/{photo_id}/{variant}": {
        "get": operation(
            "get_photo_variant",
            "Get one image of a photo",
            group=GROUP,
            security=public(Permission.READ),
            description="Only the owner can get the original.",
            parameters=[PHOTO_ID, path_param("variant", "The image.", enum=list(VARIANTS))],
            responses={302: redirect("A redirect to the image at a signed URL.")},
            errors=["photo_not_found", "not_found"],
        )
    },
    "/thumbnails": {
        "get": cacheable_get(
            "list_thumbnails",
            "List thumbnails, newest first",
            group=GROUP,
            parameters=[limit_param(DEFAULT_LIMIT), CURSOR, SCOPE],
            response=json_response(
                "A page of thumbnails.",
                page_of(ref("Thumbnail")),
                {
                    "items": [{name: PHOTO[name] for name in ("photo_id", "filename", "thumbnail_url", "placeholder")}],
                    "cursor": None,
                },
                cached=True,
            ),
        )
    },
    "/thumbnails/{photo_id}": {
        "get": cacheable_get(
            "get_thumbnail",
            "Get the thumbnail of a photo",
            group=GROUP,
            parameters=[PHOTO_ID],
            response=image_response("An image of at most 150x150 pixels.", CACHE_HEADERS),
            errors=["photo_not_found", "not_found"],
        )
    },
}
