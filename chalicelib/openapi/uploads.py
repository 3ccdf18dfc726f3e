"""Uploads: tickets and presigned URLs for S3, and small files through the API itself."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.library.photo import DEFAULT_WEIGHT, MILLIONTHS
from chalicelib.openapi.operations import (
    PHOTO_LINKS,
    json_body,
    json_response,
    operation,
    signed_in_or_key,
    with_links,
)
from chalicelib.openapi.parameters import path_param
from chalicelib.openapi.schemas import (
    ALBUM,
    EXAMPLE_ID,
    EXAMPLE_SHA256,
    ID,
    NAME,
    STATUS,
    list_of,
    record,
    ref,
)
from chalicelib.routes.uploads import MAX_BODY_BYTES, ORIGINALS

GROUP = "Uploads"
_SIZE_LIMIT = f"At most {MAX_BODY_BYTES:,} bytes; for larger files use `POST /uploads`."
_BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}
_FORM = {
    "type": "object",
    "required": ["label", "img"],
    "properties": {
        "label": {"type": "string", "description": "The photo's label; may be empty."},
        "img": {**_BYTES, "description": "The photo, as a file with a filename."},
        "weight": {
            "type": "string",
            "description": f"Greater than 0 and less than 1; the default is {DEFAULT_WEIGHT / MILLIONTHS}.",
        },
        "tags": {"type": "string", "description": "Tags, separated by commas."},
        "status": STATUS,
        "album": ALBUM,
    },
    "additionalProperties": False,
}
_UPLOADED_MESSAGE = "Image uploaded successfully"
TICKET = {
    "photo_id": EXAMPLE_ID,
    "upload": {
        "method": "POST",
        "url": "https://originals.example/",
        "fields": {"key": f"{EXAMPLE_ID}/bay.jpg", "policy": "eyJleHBpcmF0aW9uIjo"},
    },
    "expires_at": "2026-11-20T18:42:10.120Z",
}
KNOWN = {"sha256": EXAMPLE_SHA256, "photo_id": EXAMPLE_ID, "state": "ready"}
_UPLOADED = "The photo is uploaded. Processing continues in the background."
PATHS: dict[str, Any] = {
    "/uploads": {
        "post": operation(
            "create_upload_ticket",
            "Create an upload ticket",
            group=GROUP,
            security=signed_in_or_key(Permission.UPLOAD),
            description="Send `upload.fields` in the response as a multipart form to `upload.url`, followed by `file`. "
            "With `sha256`, in hexadecimal, you avoid uploading a file that you already have; an API key needs the "
            "`read` permission for that; the photo that you have joins the `album` and the `albums` then, and changes "
            "in nothing else. `albums` are ids of albums that you can add to. What you say of the photo is as after "
            "`PATCH /photos/{photo_id}`: it counts instead of what the file says, where the two differ. A ticket whose "
            "`photo_id` is that of an unused ticket of yours replaces that one, if `filename` is the same, too. Null "
            "means not set.",
            body=json_body("UploadTicketRequest", {"filename": "bay.jpg", "bytes": 3512044, "tags": ["beach"]}),
            responses={
                200: json_response(
                    "You already have a photo with these bytes.", record(duplicate_of=ID), {"duplicate_of": EXAMPLE_ID}
                ),
                201: with_links(json_response("The ticket.", "UploadTicket", TICKET), "get_photo", "update_photo"),
            },
            errors=["invalid_json", "conflict", "id_taken"],
        )
    },
    "/uploads/check": {
        "post": operation(
            "check_uploads",
            "Check which files you already have",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            description="For imports, before anything is uploaded: which of these files, by their SHA-256, your "
            "library has, ready or in the trash. Others are left out, also those that are still being processed, "
            "those that were rejected, and what guests have added.",
            body=json_body("UploadCheckRequest", {"sha256": [EXAMPLE_SHA256]}),
            responses={
                200: json_response(
                    "Those that you have, in the order of the request.", list_of(ref("KnownFile")), {"items": [KNOWN]}
                )
            },
            errors=["invalid_json"],
        )
    },
    "/upload": {
        "post": operation(
            "upload_form",
            "Upload a photo in a multipart form",
            group=GROUP,
            security=signed_in_or_key(Permission.UPLOAD),
            description=_SIZE_LIMIT,
            body={
                "content": {
                    "multipart/form-data": {
                        "schema": _FORM,
                        "example": {"label": "beach", "img": "(the bytes)", "weight": "0.5", "tags": "sunset,sea"},
                    }
                }
            },
            responses={
                200: with_links(
                    json_response(
                        _UPLOADED,
                        record(message={"const": _UPLOADED_MESSAGE}, photo_id=ID),
                        {"message": _UPLOADED_MESSAGE, "photo_id": EXAMPLE_ID},
                    ),
                    *PHOTO_LINKS,
                )
            },
            errors=["invalid_multipart", "too_large", "unsupported_media_type"],
        ),
        "put": operation(
            "create_upload_url",
            "Create a presigned PUT URL",
            group=GROUP,
            security=signed_in_or_key(Permission.UPLOAD),
            description="The upload may have any Content-Type.",
            body=json_body("UploadUrlRequest", {"file_name": "bay.jpg"}),
            responses={
                200: json_response(
                    "The URL, which is valid for an hour.",
                    record(url={"type": "string", "format": "uri"}),
                    {"url": f"https://originals.example/{EXAMPLE_ID}/bay.jpg?X-Amz-Signature=2f9a"},
                )
            },
            errors=["invalid_json"],
        ),
    },
    "/{bucket}/{filename}": {
        "put": operation(
            "upload_body",
            "Upload a photo as the request body",
            group=GROUP,
            security=signed_in_or_key(Permission.UPLOAD),
            description=f"{_SIZE_LIMIT} The Content-Type is ignored: the content decides.",
            parameters=[
                path_param("bucket", f"The name of the originals bucket, or `{ORIGINALS}`.", example=ORIGINALS),
                path_param("filename", "The filename of the photo.", maxLength=NAME["maxLength"], example="bay.jpg"),
            ],
            body={"content": {"*/*": {}}},
            responses={
                200: with_links(json_response(_UPLOADED, record(photo_id=ID), {"photo_id": EXAMPLE_ID}), *PHOTO_LINKS)
            },
            errors=["empty_body", "not_found", "too_large"],
        )
    },
}
