"""The doors that photos come in through."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.library.photo import DEFAULT_WEIGHT, MILLIONTHS
from chalicelib.openapi.operations import ABOUT_A_PHOTO, json, leading, operation, sent, somebody
from chalicelib.openapi.parameters import in_path
from chalicelib.openapi.schemas import EXAMPLE_ID, ID, NAME, STATUS, record
from chalicelib.routes.uploads import MAX_THROUGH_LAMBDA, ORIGINALS

GROUP = "Put in"
_CARRIES = f"At most {MAX_THROUGH_LAMBDA:,} bytes; a ticket carries more."
_BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}
_FORM = {
    "type": "object",
    "required": ["label", "img"],
    "properties": {
        "label": {"type": "string", "description": "A word for it; may be empty."},
        "img": {**_BYTES, "description": "The photo, as a file with a name."},
        "weight": {"type": "string", "description": f"Over 0 and under 1; {DEFAULT_WEIGHT / MILLIONTHS} if not given."},
        "tags": {"type": "string", "description": "Words, with commas between them."},
        "status": STATUS,
    },
    "additionalProperties": False,
}
_RECEIVED = "Image uploaded successfully"
_TICKET = {
    "photo_id": EXAMPLE_ID,
    "upload": {
        "method": "POST",
        "url": "https://originals.example/",
        "fields": {"key": f"{EXAMPLE_ID}/bay.jpg", "policy": "eyJleHBpcmF0aW9uIjo"},
    },
    "expires_at": "2026-11-20T18:42:10.120Z",
}
PATHS: dict[str, Any] = {
    "/uploads": {
        "post": operation(
            "open_ticket",
            "A ticket: the permission to put one original straight into the bucket",
            group=GROUP,
            security=somebody(Permission.UPLOAD),
            description="Send the `fields` of the answer as a form to its `url`, and behind them `file`. `sha256`, in "
            "hexadecimal, saves sending what is there already. What is null counts as not said.",
            body=sent("TicketWanted", {"filename": "bay.jpg", "bytes": 3512044, "tags": ["beach"]}),
            answers={
                200: json("There is a photo of these bytes.", record(duplicate_of=ID), {"duplicate_of": EXAMPLE_ID}),
                201: leading(json("The ticket.", "Ticket", _TICKET), "photo", "edit_photo"),
            },
            refuses=["invalid_json"],
        )
    },
    "/upload": {
        "post": operation(
            "upload",
            "A photo in a form",
            group=GROUP,
            security=somebody(Permission.UPLOAD),
            description=_CARRIES,
            body={
                "content": {
                    "multipart/form-data": {
                        "schema": _FORM,
                        "example": {"label": "beach", "img": "(the bytes)", "weight": "0.5", "tags": "sunset,sea"},
                    }
                }
            },
            answers={
                200: leading(
                    json(
                        "It is there; the rest follows by itself.",
                        record(message={"const": _RECEIVED}, photo_id=ID),
                        {"message": _RECEIVED, "photo_id": EXAMPLE_ID},
                    ),
                    *ABOUT_A_PHOTO,
                )
            },
            refuses=["invalid_multipart", "too_large", "unsupported_media_type"],
        ),
        "put": operation(
            "open_address",
            "A URL to PUT one original to",
            group=GROUP,
            security=somebody(Permission.UPLOAD),
            description="Any Content-Type will do.",
            body=sent("AddressWanted", {"file_name": "bay.jpg"}),
            answers={
                200: json(
                    "The URL, good for an hour.",
                    record(url={"type": "string", "format": "uri"}),
                    {"url": f"https://originals.example/{EXAMPLE_ID}/bay.jpg?X-Amz-Signature=2f9a"},
                )
            },
            refuses=["invalid_json"],
        ),
    },
    "/{bucket}/{filename}": {
        "put": operation(
            "put",
            "A photo as the body itself",
            group=GROUP,
            security=somebody(Permission.UPLOAD),
            description=f"{_CARRIES} Of whatever type it is said to be: its content decides.",
            parameters=[
                in_path("bucket", f"The originals bucket, by its name or as `{ORIGINALS}`.", example=ORIGINALS),
                in_path("filename", "What the photo is called.", maxLength=NAME["maxLength"], example="bay.jpg"),
            ],
            body={"content": {"*/*": {}}},
            answers={
                200: leading(
                    json("It is there; the rest follows by itself.", record(photo_id=ID), {"photo_id": EXAMPLE_ID}),
                    *ABOUT_A_PHOTO,
                )
            },
            refuses=["empty_body", "not_found", "too_large"],
        )
    },
}
