"""Guests: what anyone can do who has a shared link."""

from typing import Any

from chalicelib.ingest.processing import MAX_BYTES
from chalicelib.library.photo import State
from chalicelib.openapi.bundles import BUNDLE_ID, SUMMARY
from chalicelib.openapi.operations import (
    Node,
    image_response,
    json_body,
    json_response,
    operation,
    public,
    redirect,
)
from chalicelib.openapi.parameters import CURSOR, PHOTO_ID, limit_param, path_param
from chalicelib.openapi.schemas import (
    BUNDLE,
    COUNT,
    DATE_TIME,
    EXAMPLE_ID,
    FLAG,
    ID,
    LOCAL_TIME,
    NAME,
    PHOTO,
    TEXT,
    URL,
    Schema,
    nullable,
    page_of,
    record,
    ref,
    request_schema,
)
from chalicelib.openapi.shares import DOWNLOAD, EXAMPLE_TOKEN, SHARE_METHODS
from chalicelib.openapi.uploads import TICKET
from chalicelib.routes.guests import IMAGES, ORIGINAL, RESIZED
from chalicelib.routes.pagination import DEFAULT_LIMIT
from chalicelib.sharing.fields import MAX_GUEST_NAME_CHARACTERS
from chalicelib.sharing.guest_bundles import MAX_GUEST_BUNDLES
from chalicelib.sharing.guest_uploads import PENDING
from chalicelib.sharing.passes import PASS_LIFETIME
from chalicelib.sharing.passwords import MAX_CHARACTERS

GROUP = "Guests"
_DAY: Schema = {**nullable({"type": "string", "format": "date"}), "description": "By the camera's clock."}
SCHEMAS: dict[str, Schema] = {
    "SharedContent": record(
        **{
            "title": TEXT,
            "description": TEXT,
            "photos": COUNT,
            "cover_image": nullable(URL),
            "download": DOWNLOAD,
            "add": {**FLAG, "description": "Whether guests may add photos."},
            "review": {**FLAG, "description": "Whether these wait for the album's owner to let them in."},
            "expires_at": nullable(DATE_TIME),
            "max_upload_bytes": {**COUNT, "description": "The largest photo that can be added now; 0: none can."},
            "from": {**_DAY, "description": "The day of the first photo."},
            "to": {**_DAY, "description": "The day of the last photo."},
        }
    ),
    "SharedPhoto": record(
        photo_id=ID,
        filename=TEXT,
        caption=TEXT,
        taken_local=nullable(LOCAL_TIME),
        width=nullable(COUNT),
        height=nullable(COUNT),
        format=nullable(TEXT),
        placeholder=nullable(TEXT),
        image_url=nullable(URL),
        small_url=nullable(URL),
        thumbnail_url=nullable(URL),
        resized_url={**nullable(URL), "description": "Null if the link allows no downloads."},
        original={**FLAG, "description": "Whether the original can be downloaded."},
        guest={**nullable(TEXT), "description": "The name of the guest who added it."},
    ),
    "PasswordRequest": request_schema(("password",), password={**TEXT, "minLength": 1, "maxLength": MAX_CHARACTERS}),
    "GuestUploadRequest": request_schema(
        ("name", "filename", "bytes"),
        name={
            **TEXT,
            "minLength": 1,
            "description": f"The guest's name: at most {MAX_GUEST_NAME_CHARACTERS} characters after normalization.",
        },
        filename={**NAME, "description": "It ends like an image, for example in `.jpg`."},
        bytes={"type": "integer", "minimum": 1, "maximum": MAX_BYTES, "description": "The exact size of the file."},
    ),
    "GuestUpload": record(
        photo_id=ID,
        state={
            "enum": [*map(str, (State.UPLOADING, State.PROCESSING, State.READY)), PENDING, str(State.REJECTED)],
            "description": f"`{PENDING}`: it waits for the album's owner.",
        },
        reason={**nullable(TEXT), "description": "Why it was rejected."},
    ),
}
TOKEN = path_param("share", "The token of the shared link.", example=EXAMPLE_TOKEN)
GUEST_PASS: Node = {
    "name": "X-Share-Pass",
    "in": "header",
    "description": "The pass for the link's password, if it has one.",
    "schema": {"type": "string"},
}
_PHOTO: dict[str, Any] = {
    **{name: PHOTO[name] for name in ("photo_id", "filename", "caption", "taken_local", "width", "height", "format")},
    **{name: PHOTO[name] for name in ("placeholder", "image_url", "small_url", "thumbnail_url", "resized_url")},
    "original": False,
    "guest": None,
}
_CONTENT = {
    "title": "Summer in Cascais",
    "description": "Two weeks by the sea.",
    "photos": 120,
    "cover_image": PHOTO["small_url"],
    "download": "resized",
    "add": True,
    "review": True,
    "expires_at": None,
    "max_upload_bytes": MAX_BYTES,
    "from": "2026-08-01",
    "to": "2026-08-14",
}
_LINK_ERRORS = ("not_found", "expired")
_ERRORS = (*_LINK_ERRORS, "password_required")
_PHOTO_ERRORS = (*_ERRORS, "photo_not_found")
_PAGE = {"content": {"text/html; charset=utf-8": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}}
_VARIANTS = [*IMAGES, RESIZED, ORIGINAL]


def _guest_get(operation_id: str, summary: str, response: Node, *, description: str = "", **options: Any) -> Node:
    """A GET of guests, which may need a pass; `others` are further responses, by status."""
    parameters = [TOKEN, *options.pop("parameters", ()), GUEST_PASS]
    return operation(
        operation_id,
        summary,
        group=GROUP,
        security=public(),
        description=description or None,
        parameters=parameters,
        responses={200: response, **options.pop("others", {})},
        **{"errors": _ERRORS, **options},
    )


PATHS: dict[str, Any] = {
    "/shares/{share}": {
        "get": _guest_get(
            "get_shared",
            "Get what a shared link shows",
            json_response("What it shows and allows.", "SharedContent", _CONTENT),
            description="A link that was revoked or never existed gets 404, one that has expired 410, and one with a "
            "password 401, `password_required`, without a valid pass.",
        ),
        **SHARE_METHODS,
    },
    "/shares/{share}/pass": {
        "post": operation(
            "exchange_password",
            "Enter the password of a shared link",
            group=GROUP,
            security=public(),
            description="Send the pass in `X-Share-Pass`. It ends when the link is changed. After ten wrong passwords "
            "within 15 minutes nobody can enter another one for a while; passes stay valid.",
            parameters=[TOKEN],
            body=json_body("PasswordRequest", {"password": "cascais 2026"}),
            responses={
                200: json_response(
                    f"A pass for {int(PASS_LIFETIME.total_seconds()) // 3600} hours.",
                    record(**{"pass": TEXT, "expires_at": DATE_TIME}),
                    {"pass": "q4Z1nB0T2uYxk3Xf", "expires_at": "2026-11-28T04:00:00.000Z"},
                )
            },
            errors=["invalid_json", *_LINK_ERRORS, "wrong_password", "too_many_attempts"],
        )
    },
    "/shares/{share}/photos": {
        "get": _guest_get(
            "list_shared_photos",
            "List the photos of a shared link",
            json_response(
                "In the order of the album, or of the selection. A page may be short.",
                page_of(ref("SharedPhoto")),
                {"items": [_PHOTO], "cursor": None},
            ),
            parameters=[limit_param(DEFAULT_LIMIT), CURSOR],
        )
    },
    "/shares/{share}/photos/{photo_id}": {
        "get": _guest_get(
            "get_shared_photo",
            "Get one photo of a shared link",
            json_response("The photo.", "SharedPhoto", _PHOTO),
            parameters=[PHOTO_ID],
            errors=_PHOTO_ERRORS,
        )
    },
    "/shares/{share}/photos/{photo_id}/{variant}": {
        "get": _guest_get(
            "get_shared_photo_variant",
            "Get an image of a photo of a shared link",
            json_response(
                "The signed URL, if `Accept` prefers JSON.",
                record(url=URL),
                {"url": "https://images.example.org/5d8c/resized.jpg?Expires=1795348800&Signature=c2ln"},
            ),
            others={302: redirect("A redirect to the image at a signed URL.")},
            description="Downloads, `resized` and `original`, need a link that allows them; an original is that of a "
            "photo whose owner made the link. Anything else gets 404.",
            parameters=[PHOTO_ID, path_param("variant", "The image.", enum=_VARIANTS, example="preview")],
            errors=_PHOTO_ERRORS,
        )
    },
    "/shares/{share}/uploads": {
        "post": operation(
            "create_guest_upload",
            "Create an upload ticket for a guest",
            group=GROUP,
            security=public(),
            description="Send `upload.fields` as a multipart form to `upload.url`, followed by `file`, within 15 "
            "minutes. The file must have exactly that size. A link that takes no photos gets 404; one that takes no "
            "more, 409.",
            parameters=[TOKEN, GUEST_PASS],
            body=json_body("GuestUploadRequest", {"name": "Grandma", "filename": "bay.jpg", "bytes": 3512044}),
            responses={201: json_response("The ticket.", "UploadTicket", TICKET)},
            errors=["invalid_json", *_ERRORS, "conflict"],
        )
    },
    "/shares/{share}/uploads/{photo_id}": {
        "get": _guest_get(
            "get_guest_upload",
            "Get the state of a photo that was added with a shared link",
            json_response("Its state.", "GuestUpload", {"photo_id": EXAMPLE_ID, "state": PENDING, "reason": None}),
            description="A photo that its owner has removed or not let into the album gets 404.",
            parameters=[PHOTO_ID],
            errors=_PHOTO_ERRORS,
        )
    },
    "/shares/{share}/bundles": {
        "post": operation(
            "create_guest_bundle",
            "Download all photos of a shared link as zip files",
            group=GROUP,
            security=public(),
            description="What the link allows: resized images, or also the originals of the one who made it. Within an "
            "hour guests of a link get the same bundle, as long as it shows the same photos. At most "
            f"{MAX_GUEST_BUNDLES} bundles within a day. A link that allows no downloads gets 404.",
            parameters=[TOKEN, GUEST_PASS],
            responses={202: json_response("The bundle is queued.", "BundleSummary", SUMMARY)},
            errors=[*_ERRORS, "too_many_photos", "conflict"],
        )
    },
    "/shares/{share}/bundles/{bundle_id}": {
        "get": _guest_get(
            "get_guest_bundle",
            "Get a bundle of a shared link and its progress",
            json_response("Each volume has a URL as soon as it is built.", "Bundle", BUNDLE),
            description="It ends when the link is revoked, ends, or is changed.",
            parameters=[BUNDLE_ID],
        )
    },
    "/shares/{share}/cover": {
        "get": operation(
            "get_shared_cover",
            "Get the cover of a shared link",
            group=GROUP,
            security=public(),
            description="For messengers. A link with a password has none.",
            parameters=[TOKEN],
            responses={200: image_response("A small image.", {})},
            errors=_LINK_ERRORS,
        )
    },
    "/s/{share}": {
        "get": operation(
            "preview_share",
            "Open a shared link",
            group=GROUP,
            security=public(),
            description="A small page that forwards to the page of guests. It shows messengers title and cover, but "
            "of a link with a password, an expired one or an unknown one nothing.",
            parameters=[TOKEN],
            responses={
                200: {"description": "The page.", **_PAGE},
                404: {"description": "There is no such link.", **_PAGE},
                410: {"description": "The link has expired.", **_PAGE},
            },
        )
    },
}
