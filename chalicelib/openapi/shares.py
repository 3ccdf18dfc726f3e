"""Shared links, for their owners."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi.operations import NO_CONTENT, json_body, json_response, operation, signed_in_or_key
from chalicelib.openapi.parameters import CURSOR, IF_MATCH, limit_param, path_param
from chalicelib.openapi.schemas import (
    COUNT,
    DATE_TIME,
    EXAMPLE_ID,
    FLAG,
    ID,
    TEXT,
    Schema,
    list_of,
    nullable,
    page_of,
    record,
    ref,
    request_schema,
)
from chalicelib.routes.pagination import DEFAULT_LIMIT
from chalicelib.routes.share_fields import MAX_GUEST_BYTES, MAX_GUEST_PHOTOS
from chalicelib.sharing.fields import MAX_NAME_CHARACTERS, MAX_TITLE_CHARACTERS
from chalicelib.sharing.models import (
    MAX_SHARED_PHOTOS,
    MAX_SHARES_PER_ALBUM,
    MAX_SHARES_PER_OWNER,
    Download,
    ShareTerms,
)
from chalicelib.sharing.passwords import MAX_CHARACTERS, MIN_CHARACTERS

GROUP = "Shared links"
EXAMPLE_SHARE_ID = "mfrggzdfmztwq2lk"
EXAMPLE_TOKEN = f"{EXAMPLE_SHARE_ID}.nbswy3dpeb3w64tmmqqho33snr"
DOWNLOAD: Schema = {"enum": list(Download), "description": "`resized` images contain nothing of what the files say."}
# No maxLength: the limits apply after normalization.
_NAME: Schema = {**TEXT, "description": f"For its owner only. At most {MAX_NAME_CHARACTERS} characters."}
_TITLE: Schema = {**TEXT, "description": f"What guests see. At most {MAX_TITLE_CHARACTERS} characters."}
_PASSWORD: Schema = {
    **nullable(TEXT),
    "description": f"{MIN_CHARACTERS} to {MAX_CHARACTERS} characters. Null: none.",
}
_EXPIRES_AT: Schema = {**nullable({"type": "string", "format": "date-time"}), "description": "Null: never."}
_SELECTION_TERMS: dict[str, Schema] = {
    "name": _NAME,
    "download": {**DOWNLOAD, "default": Download.RESIZED},
    "expires_at": _EXPIRES_AT,
    "password": _PASSWORD,
}
_TERMS: dict[str, Schema] = {
    **_SELECTION_TERMS,
    "add": {**FLAG, "default": False, "description": "Whether guests may add photos."},
    "review": {**FLAG, "default": False, "description": "Whether these wait for you to let them into the album."},
    "max_photos": {
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_GUEST_PHOTOS,
        "default": ShareTerms().max_photos,
        "description": "How many photos guests may add in all.",
    },
    "max_bytes": {
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_GUEST_BYTES,
        "default": ShareTerms().max_bytes,
        "description": "How many bytes guests may add in all.",
    },
}
_SHARE: dict[str, Schema] = {
    "share_id": ID,
    "album_id": {**nullable(ID), "description": "Null: a selection of photos."},
    "title": {**TEXT, "description": "That of the album or the selection."},
    "name": _NAME,
    "photos": {**COUNT, "description": "Those in the album now, or those that were selected."},
    "download": DOWNLOAD,
    "add": FLAG,
    "review": FLAG,
    "has_password": FLAG,
    "expires_at": nullable(DATE_TIME),
    "state": {"enum": ["active", "expired"]},
    "created_at": DATE_TIME,
    "passes": {**COUNT, "description": "How often the right password was entered."},
    "wrong_passwords": {**COUNT, "description": "How often a wrong one was entered."},
    "last_wrong_password_at": nullable(DATE_TIME),
    "uploads": record(photos=COUNT, bytes=COUNT, max_photos=COUNT, max_bytes=COUNT),
    "version": {"type": "integer", "description": "For `If-Match`."},
}
SCHEMAS: dict[str, Schema] = {
    "Share": record(**_SHARE),
    "NewShare": record(
        **_SHARE,
        token={**TEXT, "description": "It is returned only once."},
        url={"type": "string", "format": "uri", "description": "The address to send to guests."},
    ),
    "AlbumShareRequest": request_schema((), **_TERMS),
    "PhotoShareRequest": request_schema(
        ("photo_ids",),
        photo_ids={"type": "array", "items": TEXT, "minItems": 1, "maxItems": MAX_SHARED_PHOTOS},
        title=_TITLE,
        **_SELECTION_TERMS,
    ),
    # Fields that are left out stay as they are.
    "ShareUpdate": request_schema(
        (),
        **{name: {key: value for key, value in schema.items() if key != "default"} for name, schema in _TERMS.items()},
    ),
}
_EXAMPLE: dict[str, Any] = {
    "share_id": EXAMPLE_SHARE_ID,
    "album_id": "0f2b5b0a5d7c4e0c9b8a7f6e5d4c3b2a",
    "title": "Summer in Cascais",
    "name": "for the family",
    "photos": 120,
    "download": "resized",
    "add": True,
    "review": True,
    "has_password": True,
    "expires_at": "2026-12-31T23:00:00.000Z",
    "state": "active",
    "created_at": "2026-11-27T16:00:00.000Z",
    "passes": 7,
    "wrong_passwords": 1,
    "last_wrong_password_at": "2026-11-27T17:12:00.000Z",
    "uploads": {"photos": 3, "bytes": 10536132, "max_photos": 200, "max_bytes": 5000000000},
    "version": 2,
}
_NEW = {**_EXAMPLE, "token": EXAMPLE_TOKEN, "url": f"https://photos.example/api/s/{EXAMPLE_TOKEN}"}
_ALBUM_ID = path_param("album_id", "The id of one of your albums.", example=_EXAMPLE["album_id"])
_SHARE_ID = path_param("share", "The id of the shared link.", example=EXAMPLE_SHARE_ID)
_SECURITY = signed_in_or_key(Permission.SHARE)
_CREATED = json_response("The link, with its token and its address, which are returned only once.", "NewShare", _NEW)

PATHS: dict[str, Any] = {
    "/albums/{album_id}/shares": {
        "get": operation(
            "list_album_shares",
            "List the shared links of an album",
            group=GROUP,
            security=_SECURITY,
            description=f"All of them: at most {MAX_SHARES_PER_ALBUM}.",
            parameters=[_ALBUM_ID],
            responses={200: json_response("Newest first.", list_of(ref("Share")), {"items": [_EXAMPLE]})},
            errors=["not_found"],
        ),
        "post": operation(
            "create_album_share",
            "Share an album by a link",
            group=GROUP,
            security=_SECURITY,
            description="Anyone who has the link sees the photos of the album, now and later, whether they are private "
            f"or public. A smart album cannot be shared. At most {MAX_SHARES_PER_ALBUM} links an album and "
            f"{MAX_SHARES_PER_OWNER} of yours in all.",
            parameters=[_ALBUM_ID],
            body=json_body("AlbumShareRequest", {"name": "for the family", "add": True, "password": "cascais 2026"}),
            responses={201: _CREATED},
            errors=["invalid_json", "smart_album", "not_found", "conflict"],
        ),
    },
    "/shares": {
        "get": operation(
            "list_shares",
            "List your shared links",
            group=GROUP,
            security=_SECURITY,
            parameters=[limit_param(DEFAULT_LIMIT), CURSOR],
            responses={
                200: json_response(
                    "Newest first.", page_of(ref("Share")), {"items": [_EXAMPLE], "cursor": "q4Z1nB0T2uYxk3Xf"}
                )
            },
        ),
        "post": operation(
            "create_photo_share",
            "Share some of your photos by a link",
            group=GROUP,
            security=_SECURITY,
            description="Anyone who has the link sees these photos as long as they are yours and not in the trash, "
            "whether they are private or public.",
            body=json_body(
                "PhotoShareRequest", {"photo_ids": [EXAMPLE_ID], "title": "The bay", "download": "original"}
            ),
            responses={201: _CREATED},
            errors=["invalid_json", "photo_not_found", "conflict"],
        ),
    },
}
# The path of one link: `DELETE` and `PATCH` take its id, and `GET`, which is for guests, its token.
SHARE_METHODS: dict[str, Any] = {
    "patch": operation(
        "update_share",
        "Change what a shared link allows",
        group=GROUP,
        security=_SECURITY,
        description="Fields that are left out stay. After any change but that of its name or the limits of uploads, "
        "guests have to enter the password again, and the zip files that they made are deleted.",
        parameters=[_SHARE_ID, IF_MATCH],
        body=json_body("ShareUpdate", {"expires_at": "2026-12-31T23:00:00Z"}),
        responses={200: json_response("The changed link.", "Share", _EXAMPLE)},
        errors=["invalid_json", "not_found", "version_mismatch", "conflict"],
    ),
    "delete": operation(
        "revoke_share",
        "Revoke a shared link",
        group=GROUP,
        security=_SECURITY,
        description="It stops working at once. Addresses of images that guests have already loaded work for up to two "
        "hours more.",
        parameters=[_SHARE_ID],
        responses={204: NO_CONTENT},
        errors=["not_found"],
    ),
}
