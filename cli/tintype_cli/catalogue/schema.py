"""The JSON Schema of a line of a catalogue. Readers ignore fields that they don't know."""

from typing import Any

from tintype_cli.catalogue.lines import VERSION

type Json = dict[str, Any]

_TEXT: Json = {"type": "string"}
_TEXT_OR_NULL: Json = {"type": ["string", "null"]}
_LARGEST = 2**53 - 1  # what all programs read as an integer (RFC 8259, 6)
_COUNT: Json = {"type": "integer", "minimum": 0, "maximum": _LARGEST}
_COUNT_OR_NULL: Json = {"type": ["integer", "null"], "minimum": 0, "maximum": _LARGEST}
_VERSION_OR_NULL: Json = {"type": ["integer", "null"], "minimum": -_LARGEST, "maximum": _LARGEST}
_BOOLEAN_OR_NULL: Json = {"type": ["boolean", "null"]}
_ID: Json = {"type": "string", "minLength": 1, "maxLength": 128}
_ID_OR_NULL: Json = {"type": ["string", "null"], "minLength": 1, "maxLength": 128}
_TIME_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
_LOCAL_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?$"
_OFFSET_PATTERN = r"^[+-](0[0-9]|1[0-5]):[0-5][0-9]$"
_TIME: Json = {"type": "string", "pattern": _TIME_PATTERN}
_TIME_OR_NULL: Json = {"type": ["string", "null"], "pattern": _TIME_PATTERN}
_LOCAL_OR_NULL: Json = {"type": ["string", "null"], "pattern": _LOCAL_PATTERN}
_OFFSET_OR_NULL: Json = {"type": ["string", "null"], "pattern": _OFFSET_PATTERN}
_TEXTS: Json = {"type": "array", "items": _TEXT}
_TEXTS_OR_NULL: Json = {"type": ["array", "null"], "items": _TEXT}
_RATING_OR_NULL: Json = {"type": ["integer", "null"], "minimum": 0, "maximum": 5}


def _object(properties: Json, optional: tuple[str, ...] = ()) -> Json:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def _or_null(schema: Json) -> Json:
    return {**schema, "type": [schema["type"], "null"]}


_COORDINATES_OR_NULL = _or_null(
    _object(
        {
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": -180, "maximum": 180},
        }
    )
)
_HEADER = _object({
    "type": {"const": "catalogue"},
    "version": {"type": "integer", "minimum": 1, "maximum": VERSION},
    "exported_at": _TIME,
    "tintype": {**_TEXT, "description": "The version of the command that wrote the catalogue."},
})  # fmt: skip

_PHOTO = _object({
    "type": {"const": "photo"},
    "photo_id": _ID,
    "path": {
        "type": ["string", "null"],
        # No part begins with a dot: nothing leads out of the folder.
        "pattern": r"^originals(/[^/\\.\u0000-\u001f][^/\\\u0000-\u001f]*)+$",
        "description": "The original, below the folder of the export. Null: there was none to copy.",
    },
    "filename": {**_TEXT, "minLength": 1},
    "sha256": {
        "type": ["string", "null"],
        "pattern": "^[0-9a-f]{64}$",
        "description": "Of the file at `path`; without a path, as the library says.",
    },
    "bytes": _COUNT_OR_NULL,
    "format": _TEXT_OR_NULL,
    "width": _COUNT_OR_NULL,
    "height": _COUNT_OR_NULL,
    "state": {"enum": ["processing", "ready", "rejected", "duplicate", "trashed"]},
    "reason": {**_TEXT_OR_NULL, "description": "Why the photo was rejected."},
    "duplicate_of": {**_ID_OR_NULL, "description": "The photo with the same bytes."},
    "created_at": {**_TIME, "description": "When it was added to the library."},
    "delete_at": {**_TIME_OR_NULL, "description": "When a photo in the trash is deleted permanently."},
    "version": {**_VERSION_OR_NULL, "description": "Of the record; rises with each change."},
    "tags": {**_TEXTS, "description": "Of the user, of the file (`keywords`) and labels (`autoTags`)."},
    "autoTags": _TEXTS,
    "keywords": _TEXTS_OR_NULL,
    "dismissed_tags": {**_TEXTS_OR_NULL, "description": "Labels and keywords that the owner has removed."},
    "label": _TEXT_OR_NULL,
    "weight": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "status": {"enum": ["public", "private"]},
    "caption": _TEXT,
    "rating": _RATING_OR_NULL,
    "favorite": _BOOLEAN_OR_NULL,
    "taken_local": {**_LOCAL_OR_NULL, "description": "When it was taken, by the camera's clock, as corrected."},
    "offset": {**_OFFSET_OR_NULL, "description": "How far that clock is from UTC."},
    "camera_time": {
        **_or_null(_object({"taken_local": {**_TEXT, "pattern": _LOCAL_PATTERN}, "offset": _OFFSET_OR_NULL})),
        "description": "What the file says of it.",
    },
    "place": {**_TEXT_OR_NULL, "description": "Names from the most specific one to the country."},
    "coordinates": _COORDINATES_OR_NULL,
    "file": {
        **_or_null(_object({
            "caption": _TEXT,
            "rating": _RATING_OR_NULL,
            "place": _TEXT_OR_NULL,
            "coordinates": _COORDINATES_OR_NULL,
        }, optional=("coordinates",))),
        "description": "What the file says of these.",
    },
    "albums": {"type": "array", "items": _ID},
    "guest": {**_TEXT_OR_NULL, "description": "The name of the guest who added it through a shared link."},
    "review_album": {**_ID_OR_NULL, "description": "The album that it waits to be let into."},
    "recovered": _BOOLEAN_OR_NULL,
}, optional=("dismissed_tags",))  # fmt: skip

_ALBUM = _object({
    "type": {"const": "album"},
    "album_id": _ID,
    "title": {**_TEXT, "minLength": 1},
    "description": _TEXT,
    "order": {"enum": ["newest", "oldest", "manual"]},
    "query": {"type": ["object", "null"], "description": "The search of a smart album, as in the API."},
    "photos": {**_COUNT_OR_NULL, "description": "How many are in it, other people's too. Null for a smart album."},
    "cover_photo_id": _ID_OR_NULL,
    "created_at": _TIME,
    "updated_at": _TIME,
    "version": _VERSION_OR_NULL,
    "photo_ids": {
        "type": "array",
        "items": _ID,
        "maxItems": 1000,
        "description": "Of an album in order by hand: the owner's photos that come first, in that order.",
    },
    "members": {
        "type": ["array", "null"],
        "items": _object({
            "email": _TEXT_OR_NULL,
            "role": {"enum": ["viewer", "contributor"]},
            "state": {"enum": ["active", "pending"]},
            "added_at": _TIME,
        }),
        "description": "For the record: an import invites nobody. Null: the key could not read them.",
    },
})  # fmt: skip

_SHARE = _object({
    "type": {"const": "share"},
    "share_id": _ID,
    "album_id": _ID_OR_NULL,
    "title": _TEXT,
    "name": _TEXT,
    "photos": _COUNT,
    "download": {"enum": ["none", "resized", "original"]},
    "add": {"type": "boolean"},
    "review": {"type": "boolean"},
    "has_password": {"type": "boolean"},
    "expires_at": _TIME_OR_NULL,
    "state": {"enum": ["active", "expired"]},
    "created_at": _TIME,
})  # fmt: skip

_END = _object({
    "type": {"const": "end"},
    "photos": _COUNT,
    "albums": _COUNT,
    "shares": {**_COUNT_OR_NULL, "description": "Null: the key could not read them."},
})  # fmt: skip

# By `type`.
LINES: dict[str, Json] = {"catalogue": _HEADER, "photo": _PHOTO, "album": _ALBUM, "share": _SHARE, "end": _END}

SCHEMA: Json = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A line of catalogue.jsonl, the catalogue of a Tintype export",
    "description": "See catalogue.md. Readers ignore fields that they don't know.",
    "oneOf": [{"$ref": f"#/$defs/{name}"} for name in LINES],
    "$defs": LINES,
}
