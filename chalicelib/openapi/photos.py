"""Photos one by one and many at once: listed, shown, changed, taken away."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi.errors import example
from chalicelib.openapi.operations import (
    ABOUT_A_PHOTO,
    CACHED,
    DONE,
    anybody,
    image,
    json,
    leading,
    lookup,
    operation,
    redirect,
    sent,
    somebody,
)
from chalicelib.openapi.parameters import CURSOR, IF_MATCH, PHOTO_ID, SCOPE, in_path, limit, query
from chalicelib.openapi.schemas import EXAMPLE_ID, OWN_PHOTO, PAGE, PHOTO, page, record, ref
from chalicelib.routes.gallery import DEFAULT_LIMIT, STATES, VARIANTS

GROUP = "Photos"
CHANGE = "Change"
_GONE = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
PATHS: dict[str, Any] = {
    "/photos": {
        "get": lookup(
            "timeline",
            "Every photo, newest first",
            group=GROUP,
            description="By the date it was taken, else by when it came.",
            parameters=[
                query("from", {"type": "string"}, "A date, or a time in ISO 8601.", example="2026-01-01"),
                query("to", {"type": "string"}, "The same; a date is meant with its whole day.", example="2026-01-31"),
                query("state", {"enum": list(STATES)}, "One's own photos in this state, not those ready."),
                limit(DEFAULT_LIMIT),
                CURSOR,
                SCOPE,
            ],
            answer=json("A page.", "Page", PAGE, cached=True),
        )
    },
    "/photos/{photo_id}": {
        "get": lookup(
            "photo",
            "One photo",
            group=GROUP,
            parameters=[PHOTO_ID],
            answer=json("The photo.", "Photo", PHOTO, cached=True),
            refuses=["photo_not_found"],
        ),
        "patch": operation(
            "edit_photo",
            "Change what is said of a photo",
            group=CHANGE,
            security=somebody(Permission.MANAGE),
            description="What is not named stays. `tags` are all the tags it has then: a label that was found and is "
            "not among them does not come back. A `label` of null takes the label away.",
            parameters=[PHOTO_ID, IF_MATCH],
            body=sent("Edit", {"tags": ["beach", "sunset"], "status": "public"}),
            answers={200: leading(json("The photo as it is now.", "Photo", OWN_PHOTO), *ABOUT_A_PHOTO)},
            refuses=["invalid_json", "photo_not_found", "conflict", "version_mismatch"],
        ),
        "delete": operation(
            "delete_photo",
            "To the trash, or for ever",
            group=CHANGE,
            security=somebody(Permission.MANAGE),
            description="The trash keeps it for 30 days.",
            parameters=[
                PHOTO_ID,
                query("permanent", {"enum": ["true", "false"], "default": "false"}, "For ever, its original too."),
            ],
            answers={204: DONE},
            refuses=["photo_not_found", "conflict"],
        ),
    },
    "/photos/{photo_id}/restore": {
        "post": operation(
            "restore_photo",
            "Out of the trash",
            group=CHANGE,
            security=somebody(Permission.MANAGE),
            parameters=[PHOTO_ID],
            answers={200: leading(json("The photo as it is now.", "Photo", OWN_PHOTO), *ABOUT_A_PHOTO)},
            refuses=["photo_not_found", "conflict"],
        )
    },
    "/photos/batch": {
        "post": operation(
            "batch",
            "One change of many photos",
            group=CHANGE,
            security=somebody(Permission.MANAGE),
            description="What goes wrong with one keeps no other waiting.",
            body=sent("BatchWanted", {"photo_ids": [EXAMPLE_ID, _GONE], "action": "tag", "tags": ["beach"]}),
            answers={
                200: json(
                    "A result for each photo, in the order they were named.",
                    record(results={"type": "array", "items": ref("BatchResult")}),
                    {
                        "results": [
                            {"photo_id": EXAMPLE_ID, "ok": True, "photo": OWN_PHOTO},
                            {"photo_id": _GONE, "ok": False, **example("photo_not_found")},
                        ]
                    },
                )
            },
            refuses=["invalid_json"],
        )
    },
    "/photos/{photo_id}/{variant}": {
        "get": operation(
            "variant",
            "One image of a photo",
            group=GROUP,
            security=anybody(Permission.READ),
            description="The original for its owner only.",
            parameters=[PHOTO_ID, in_path("variant", "Which one.", enum=list(VARIANTS))],
            answers={302: redirect("To the image, by a signed URL.")},
            refuses=["photo_not_found", "not_found"],
        )
    },
    "/thumbnails": {
        "get": lookup(
            "thumbnails",
            "Every thumbnail, newest first",
            group=GROUP,
            parameters=[limit(DEFAULT_LIMIT), CURSOR, SCOPE],
            answer=json(
                "A page.",
                page(ref("Thumbnail")),
                {
                    "items": [{name: PHOTO[name] for name in ("photo_id", "filename", "thumbnail_url", "placeholder")}],
                    "cursor": None,
                },
                cached=True,
            ),
        )
    },
    "/thumbnails/{photo_id}": {
        "get": lookup(
            "thumbnail",
            "The bytes of one thumbnail",
            group=GROUP,
            parameters=[PHOTO_ID],
            answer=image("At most 150x150, in its own type.", CACHED),
            refuses=["photo_not_found", "not_found"],
        )
    },
}
