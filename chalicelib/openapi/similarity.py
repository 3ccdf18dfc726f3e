"""Look-alikes: near-duplicates and similar photos."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.library.similarity import Comparison
from chalicelib.openapi.operations import json_response, operation, public, signed_in_or_key
from chalicelib.openapi.parameters import CURSOR, PHOTO_ID, limit_param
from chalicelib.openapi.schemas import DATE_TIME, EXAMPLE_ID, ID, OWN_PHOTO, list_of, nullable, page_of, record, ref
from chalicelib.routes.similarity import GROUPS_LIMIT, SIMILAR_LIMIT

GROUP = "Look-alikes"
_GROUP = record(
    keep={
        **ID,
        "description": "The suggested photo to keep: the one with the most pixels, of those one with a camera or "
        "capture time in its file, then the one with the most bytes, then the one received first.",
    },
    photos={"type": "array", "items": ref("Photo"), "minItems": 2},
)
_AS_OF = {**nullable(DATE_TIME), "description": "When the photos were compared; null before the first time."}
_STATE = {
    "enum": list(Comparison),
    "description": "`pending`: the library has not been compared yet. `unavailable`: this photo can't be compared, "
    "because it has not been labeled by the vision labeler.",
}
PATHS: dict[str, Any] = {
    "/photos/near-duplicates": {
        "get": operation(
            "list_near_duplicates",
            "List groups of near-duplicates",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="Groups of your own photos that look almost the same: bursts, and copies that were resized, "
            "cropped or encoded again. The schedule finds them some minutes after an upload. Exact duplicates are in "
            "`GET /photos?state=duplicate`. Groups that you keep (`keep` in `POST /photos/batch`) are left out until "
            "they get another photo. A page can have fewer groups than `limit` before the last one.",
            parameters=[limit_param(GROUPS_LIMIT), CURSOR],
            responses={
                200: json_response(
                    "A page of groups, the one with the newest photo first.",
                    page_of(_GROUP, as_of=_AS_OF),
                    {
                        "items": [{"keep": EXAMPLE_ID, "photos": [OWN_PHOTO, OWN_PHOTO]}],
                        "cursor": None,
                        "as_of": "2026-11-20T17:45:00.000Z",
                    },
                )
            },
        )
    },
    "/photos/{photo_id}/similar": {
        "get": operation(
            "find_similar_photos",
            "Find similar photos",
            group=GROUP,
            security=public(Permission.READ),
            description="Your own photos that show something similar, the most similar first. Only the owner of a "
            "photo can ask for it.",
            parameters=[PHOTO_ID, limit_param(SIMILAR_LIMIT)],
            responses={
                200: json_response(
                    "The similar photos.", list_of(ref("Photo"), state=_STATE), {"items": [OWN_PHOTO], "state": "ready"}
                )
            },
            errors=["photo_not_found"],
        )
    },
}
