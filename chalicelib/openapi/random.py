"""A random photo with a label, drawn by weight."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi.operations import image_response, operation, public
from chalicelib.openapi.parameters import SCOPE, TAG, query_param
from chalicelib.openapi.schemas import ID, OWN_PHOTO, record, ref

GROUP = "Random"
_SCHEMA = record(
    photo=ref("Photo"),
    probability={
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 1,
        "description": "The photo's weight divided by the sum of all weights.",
    },
)
_HEADERS: dict[str, Any] = {
    "Cache-Control": {"required": True, "schema": {"const": "no-store"}},
    "X-Photo-Id": {"required": True, "schema": {"type": "string"}},
    "X-Selection-Probability": {
        "required": True,
        "schema": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    },
}
PATHS: dict[str, Any] = {
    "/random": {
        "get": operation(
            "get_random_photo",
            "Get a random photo with a label, or of an album",
            group=GROUP,
            security=public(Permission.READ),
            description="Returns a different image for each request: the resized image, or the preview if that is over "
            "4 MB. With `Accept: application/json`, returns JSON instead. The probability of a photo is its weight "
            "divided by the sum of all weights.",
            parameters=[
                query_param("label", TAG, "The label. Required without `album`.", example="beach"),
                SCOPE,
                query_param("album", {**ID, "minLength": 1}, "The id of an album, instead of label and scope."),
            ],
            responses={
                200: {
                    **image_response("The image, or JSON about the photo.", _HEADERS),
                    "content": {
                        "image/*": {},
                        "application/json": {
                            "schema": _SCHEMA,
                            "example": {"photo": OWN_PHOTO, "probability": 0.0123},
                        },
                    },
                }
            },
            errors=["unauthenticated", "not_found"],
        )
    },
}
