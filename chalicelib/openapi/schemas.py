"""JSON Schemas that several routes share, and their examples."""

from typing import Any

from chalicelib.accounts.api_keys import GRANTABLE_PERMISSIONS
from chalicelib.accounts.api_keys import MAX_NAME_CHARACTERS as MAX_KEY_NAME_CHARACTERS
from chalicelib.accounts.notifications import Channel
from chalicelib.bundles.models import BundleState, Variant
from chalicelib.http import validation
from chalicelib.http.validation import MAX_NAME_CHARACTERS
from chalicelib.ingest.processing import MAX_BYTES
from chalicelib.library.descriptions import (
    MAX_CAPTION_CHARACTERS,
    MAX_KEYWORDS,
    MAX_PLACE_CHARACTERS,
    MAX_PLACE_NAME_CHARACTERS,
    MAX_PLACE_NAMES,
)
from chalicelib.library.photo import (
    HIDDEN_STATES,
    MAX_ALBUMS,
    MAX_RATING,
    MAX_TAG_CHARACTERS,
    MAX_TAGS,
    MILLIONTHS,
    State,
    Visibility,
)
from chalicelib.library.photo_query import Match
from chalicelib.openapi.errors import STATUS_OF
from chalicelib.openapi.parameters import TAG
from chalicelib.routes.batch import ACTIONS, MAX_SHIFT_SECONDS
from chalicelib.routes.bundles import MAX_BUNDLE_TAGS, MAX_LABELS
from chalicelib.routes.labels import MAX_REFRESH_TAGS
from chalicelib.routes.results import MAX_BATCH
from chalicelib.routes.upload_fields import MAX_DISMISSED_TAGS
from chalicelib.routes.uploads import MAX_DIGESTS
from chalicelib.util.capture_time import FIRST_YEAR

type Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DATE_TIME: Schema = {"type": "string", "format": "date-time", "description": "ISO 8601, UTC, to the millisecond."}
URL: Schema = {
    "type": "string",
    "format": "uri",
    "description": "Signed: valid for a limited time, for anyone.",
}
ID: Schema = {"type": "string"}
STATUS: Schema = {"type": "string", "enum": list(Visibility)}
WEIGHT: Schema = {
    "type": "number",
    "minimum": 1 / MILLIONTHS,
    "maximum": 1 - 1 / MILLIONTHS,
    "description": "The relative frequency in random draws. At most 6 decimal places.",
}
ALBUM: Schema = {
    **ID,
    "description": "The id of an album that you can add to, or the exact title of one of your own.",
}
RIGHTS: Schema = {"type": "array", "items": {"enum": list(GRANTABLE_PERMISSIONS)}, "uniqueItems": True}


def ref(name: str) -> Schema:
    """A reference to a shared schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(optional: dict[str, Schema] | None = None, /, **properties: Schema) -> Schema:
    """An object that has all `properties`, and any of the `optional` ones."""
    return {"type": "object", "required": list(properties), "properties": properties | (optional or {})}


def request_schema(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """A request body, which allows no other fields."""
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})


def open_request_schema(required: tuple[str, ...], **properties: Schema) -> Schema:
    """A request body whose other fields are ignored."""
    return request_schema(required, **properties) | {"additionalProperties": True}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {
        **schema,
        "type": [schema["type"], "null"],
        **({"enum": [*schema["enum"], None]} if "enum" in schema else {}),
    }


def list_of(items: Schema, **extra: Schema) -> Schema:
    """A list in `items`."""
    return record(items={"type": "array", "items": items}, **extra)


def page_of(items: Schema, optional: dict[str, Schema] | None = None, /, **extra: Schema) -> Schema:
    """A page of a list, with its cursor, and any of the `optional` properties."""
    cursor = {"type": ["string", "null"], "description": "The cursor of the next page; null at the end."}
    return record(optional, items={"type": "array", "items": items}, **extra, cursor=cursor)


# No maxLength: the limit applies after normalization.
TAG_TEXT: Schema = {
    "type": "string",
    "minLength": 1,
    "pattern": TAG["pattern"],
    "description": f"At most {MAX_TAG_CHARACTERS} characters after Unicode NFKC normalization.",
}
TAG_LIST: Schema = {"type": "array", "items": TAG_TEXT}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARACTERS}
LABEL: Schema = {"type": "string", "pattern": "^([^*!]|$)"}
LOCAL_TIME: Schema = {
    **TEXT,
    "pattern": f"^{validation.LOCAL_TIME.pattern}$",
    "description": "A time without a zone, as the camera's clock showed it.",
}
UTC_OFFSET: Schema = {
    **TEXT,
    "pattern": f"^{validation.UTC_OFFSET.pattern}$",
    "description": "How far the camera's clock is from UTC. Null: unknown.",
}
SHA256: Schema = {"type": "string", "pattern": f"^{validation.SHA256.pattern}$"}
# No maxLength: the limits apply after normalization.
CAPTION: Schema = {
    **TEXT,
    "description": f"Text with line breaks, never markup, of at most {MAX_CAPTION_CHARACTERS:,} characters after "
    "Unicode NFC normalization. Empty: none.",
}
RATING: Schema = {"type": "integer", "minimum": 0, "maximum": MAX_RATING, "description": "Stars. 0: none."}
PLACE: Schema = {
    **TEXT,
    "description": f"Up to {MAX_PLACE_NAMES} names separated by commas, the most specific first, each of at most "
    f"{MAX_PLACE_NAME_CHARACTERS} characters, {MAX_PLACE_CHARACTERS} in all.",
}
_DEGREES: dict[str, Schema] = {
    "latitude": {"type": "number", "minimum": -90, "maximum": 90},
    "longitude": {"type": "number", "minimum": -180, "maximum": 180},
}
COORDINATES: Schema = record(**_DEGREES)
_NEW_COORDINATES: Schema = {
    **request_schema(tuple(_DEGREES), **_DEGREES),
    "description": "Decimal degrees, of which 6 places are stored. Both 0: none.",
}
_POSITIVE: Schema = {"type": "number", "exclusiveMinimum": 0}
EXPOSURE: Schema = record(
    time={**nullable(_POSITIVE), "description": "In seconds."},
    f_number=nullable(_POSITIVE),
    iso=nullable({"type": "integer", "minimum": 1}),
    focal_length={**nullable(_POSITIVE), "description": "In millimeters."},
    equivalent_focal_length={**nullable(_POSITIVE), "description": "In millimeters, on 35 mm film."},
)
PHOTO_IDS: Schema = {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MAX_BATCH}
_BUNDLE_STATE: Schema = {"enum": list(BundleState)}
_IMAGE_INFO = record(width=COUNT, height=COUNT, bytes=COUNT, format=TEXT)
_API_KEY: dict[str, Schema] = {
    "key_id": ID,
    "name": TEXT,
    "can": RIGHTS,
    "created_at": DATE_TIME,
    "last_used": {
        **nullable(DATE_TIME),
        "description": "Recorded at most every ten minutes: the latest use may be that much later.",
    },
}
_TAG_NAME: Schema = {
    **TEXT,
    "description": "The tag with the first letter of each word in upper case. Words are separated by spaces, and all "
    "other letters are as in the tag.",
}
_BATCH_FIELDS: dict[str, Schema] = {
    "tags": {**TAG_LIST, "minItems": 1},
    "taken_local": nullable(LOCAL_TIME),
    "offset": nullable(UTC_OFFSET),
    "seconds": {
        "type": "integer",
        "minimum": -MAX_SHIFT_SECONDS,
        "maximum": MAX_SHIFT_SECONDS,
        "description": "How far the clock is put forward; negative: back.",
    },
    "rating": nullable(RATING),
    "caption": nullable(CAPTION),
    "place": nullable(PLACE),
    "coordinates": nullable(_NEW_COORDINATES),
    "album_id": {**ID, "description": "The id of the album."},
}
_STATES = [str(state) for state in State if state not in HIDDEN_STATES]

SCHEMAS: dict[str, Schema] = {
    "Error": {
        **record(
            {
                "field": {**TEXT, "description": "The parameter, field or header that is invalid."},
                "needs": {"enum": list(GRANTABLE_PERMISSIONS), "description": "The permission that the API key lacks."},
                "version": {"type": "integer", "description": "The current version of the photo."},
                "limit": {"type": "integer", "description": "The size limit in bytes."},
                "upload_with": {**TEXT, "description": "The route for larger files."},
                "missing": {"type": "array", "items": TEXT, "description": "The settings that are missing or invalid."},
            },
            error={**TEXT, "description": "A message in plain English."},
            code={"enum": list(STATUS_OF), "description": "A machine-readable code."},
        ),
        "description": "The body of every error response.",
    },
    "Photo": record(
        {
            "duplicate_of": {**ID, "description": "The photo with the same bytes. For duplicates only."},
            "recovered": {
                **FLAG,
                "description": "The photo came back from its original after its record had been lost or removed, and "
                "was made private. For the owner only.",
            },
            "dismissed_tags": {
                "type": "array",
                "items": TEXT,
                "description": "Labels and keywords of the file that the owner has removed: they do not come back. For "
                "the owner only.",
            },
            "sha256": {
                **nullable(TEXT),
                "description": "Of the original's bytes, in lower-case hexadecimal; null until it is processed, and if "
                "it was rejected. For the owner only.",
            },
            "camera_time": {
                **nullable(record(taken_local=LOCAL_TIME, offset=nullable(UTC_OFFSET))),
                "description": "What the file says of when it was taken. For the owner only.",
            },
            "incomplete": {
                **FLAG,
                "description": "The file ends early or is damaged: the photo shows what could be read of it. For the "
                "owner only.",
            },
            "labels": {
                "type": "array",
                "items": ref("Label"),
                "description": "The labels in `autoTags`, the most important first. For the owner only.",
            },
            "camera": {**nullable(TEXT), "description": "Make and model, as the file says. For the owner only."},
            "lens": {**nullable(TEXT), "description": "As the file says. For the owner only."},
            "exposure": {**nullable(EXPOSURE), "description": "As the file says. For the owner only."},
            "favorite": {**FLAG, "description": "For the owner only."},
            "rating": {**RATING, "description": "1 to 5 stars, or 0. For the owner only."},
            "place": {
                **nullable(TEXT),
                "description": "Names from the most specific one to the country. For the owner only.",
            },
            "coordinates": {
                **nullable(COORDINATES),
                "description": "Where it was taken, in decimal degrees. For the owner only.",
            },
            "keywords": {
                "type": "array",
                "items": TEXT,
                "maxItems": MAX_KEYWORDS,
                "description": "Those of `tags` that the file contains. For the owner only.",
            },
            "file": {
                **record(
                    caption=TEXT,
                    rating=RATING,
                    place={**nullable(TEXT), "description": "The place at the photo's `coordinates`."},
                    coordinates=nullable(COORDINATES),
                ),
                "description": "What the file says, which a null in an update goes back to. For the owner only.",
            },
            "original_url": {
                **nullable(URL),
                "description": "Browsers save it as `filename`. For the owner only.",
            },
            "processing": {**ref("Processing"), "description": "For the owner only."},
            "albums": {
                "type": "array",
                "items": ID,
                "maxItems": MAX_ALBUMS,
                "description": "The ids of the albums that it is in. For the owner only.",
            },
            "delete_at": {
                **nullable(DATE_TIME),
                "description": "When a photo in the trash is deleted permanently. For the owner only.",
            },
            "guest": {
                **nullable(TEXT),
                "description": "The name of the guest who added it through a shared link. For the owner only.",
            },
            "review_album": {
                **nullable(ID),
                "description": "The id of the album that its guest added it to, and that it waits to be let into. For "
                "the owner only.",
            },
        },
        photo_id=ID,
        filename=TEXT,
        tags={"type": "array", "items": TEXT, "maxItems": MAX_TAGS},
        autoTags={"type": "array", "items": TEXT, "description": "Labels that were detected in the image."},
        label=nullable(TEXT),
        caption={**TEXT, "description": "Text with line breaks, never markup. Empty if there is none."},
        weight=WEIGHT,
        status=STATUS,
        state={"type": "string", "enum": _STATES},
        reason={**nullable(TEXT), "description": "Why the photo was rejected."},
        created_at=DATE_TIME,
        createdAt=DATE_TIME,
        taken_at={**nullable(DATE_TIME), "description": "When it was taken, in UTC; null if `offset` is unknown."},
        taken_local={
            **nullable(LOCAL_TIME),
            "description": "When it was taken by the camera's clock. Lists are sorted by it, or by `created_at`.",
        },
        offset=nullable(UTC_OFFSET),
        width=nullable(COUNT),
        height=nullable(COUNT),
        bytes=nullable(COUNT),
        format=nullable(TEXT),
        placeholder={**nullable(TEXT), "description": "A ThumbHash in base64."},
        image_url={**nullable(URL), "description": "The preview: at most 1,600 pixels wide and high."},
        thumbnail_url=nullable(URL),
        resized_url={
            **nullable(URL),
            "description": "Half the original's width and height. Browsers save it as `filename`.",
        },
        small_url={
            **nullable(URL),
            "description": "For grids: at most 640 pixels wide and high. Null for photos processed by older versions.",
        },
        mine=FLAG,
        version={"type": "integer", "description": "For `If-Match`."},
    ),
    "Label": record(
        name=TEXT,
        confidence={"type": "number", "minimum": 0, "maximum": 100},
        parents={"type": "array", "items": TEXT, "description": "Broader labels."},
    ),
    "Processing": record(
        original=nullable(_IMAGE_INFO),
        resized=nullable(_IMAGE_INFO),
        size_reduction_percent=nullable({"type": "number"}),
        received_at=DATE_TIME,
        finished_at=nullable(DATE_TIME),
        duration_ms=nullable(COUNT),
        event=nullable(
            record(
                bucket=TEXT,
                key=TEXT,
                event_name=nullable(TEXT),
                event_time=nullable(TEXT),
                region=nullable(TEXT),
            )
        ),
    ),
    "PhotoPage": page_of(ref("Photo")),
    "SearchPage": page_of(
        ref("Photo"),
        {
            "found": ref("FoundCount"),
            "unmatched": {"type": "array", "items": ref("Unmatched")},
            "facets": ref("Facets"),
        },
    ),
    "Thumbnail": record(photo_id=ID, filename=TEXT, thumbnail_url=nullable(URL), placeholder=nullable(TEXT)),
    "TrendingTag": record(
        tag_name=_TAG_NAME,
        automatic={"type": "boolean", "description": "Whether this is a tag that labelers give."},
        count=COUNT,
        cover_image=nullable(URL),
        last_updated=DATE_TIME,
    ),
    "TagCount": record(tag_name=_TAG_NAME, count=COUNT),
    "PhotoUpdate": request_schema(
        tags=TAG_LIST,
        label=nullable(LABEL),
        weight=WEIGHT,
        status=STATUS,
        filename=NAME,
        favorite=FLAG,
        taken_local=nullable(LOCAL_TIME),
        offset=nullable(UTC_OFFSET),
        caption=nullable(CAPTION),
        rating=nullable(RATING),
        place=nullable(PLACE),
        coordinates=nullable(_NEW_COORDINATES),
    ),
    "BatchRequest": {
        "anyOf": [
            request_schema(
                ("photo_ids", "action", *required),
                photo_ids=PHOTO_IDS,
                action={"enum": [action for action, fields in ACTIONS.items() if fields == (required, optional)]},
                **{field: _BATCH_FIELDS[field] for field in (*required, *optional)},
            )
            for required, optional in dict.fromkeys(ACTIONS.values())
        ]
    },
    "BatchResult": {
        "anyOf": [
            record({"photo": ref("Photo")}, photo_id=ID, ok={"const": True}),
            ref("BatchError"),
        ]
    },
    "BatchError": record(
        {"field": TEXT},
        photo_id=ID,
        ok={"const": False},
        error=TEXT,
        code={"enum": list(STATUS_OF)},
    ),
    "UploadTicketRequest": request_schema(
        ("filename",),
        filename=NAME,
        bytes=nullable({"type": "integer", "minimum": 1, "maximum": MAX_BYTES}),
        sha256=nullable(SHA256),
        tags=nullable(TAG_LIST),
        label=nullable(LABEL),
        weight=nullable(WEIGHT),
        status=nullable(STATUS),
        album=nullable(ALBUM),
        albums=nullable({"type": "array", "items": ID, "maxItems": MAX_ALBUMS}),
        caption=nullable(CAPTION),
        rating=nullable(RATING),
        favorite=nullable(FLAG),
        place=nullable(PLACE),
        coordinates=nullable(_NEW_COORDINATES),
        dismissed_tags=nullable(
            {
                **TAG_LIST,
                "maxItems": MAX_DISMISSED_TAGS,
                "description": "Labels and keywords of the file that the photo does not get as tags.",
            }
        ),
        taken_local=nullable(LOCAL_TIME),
        offset=nullable(
            {**UTC_OFFSET, "description": "How far the clock of `taken_local` is from UTC. Null: unknown."}
        ),
        created_at={
            **nullable(DATE_TIME),
            "description": "When it was added to another library, which it is listed by. With a zone, not in the "
            f"future, not before {FIRST_YEAR}. An API key needs the `manage` permission.",
        },
        photo_id={
            **nullable({**ID, "pattern": f"^{validation.PHOTO_ID.pattern}$"}),
            "description": "The id that it had in another library; 409 with the code `id_taken` if it is not free. An "
            "API key needs the `manage` permission.",
        },
    ),
    "UploadCheckRequest": request_schema(
        ("sha256",), sha256={"type": "array", "items": SHA256, "minItems": 1, "maxItems": MAX_DIGESTS}
    ),
    "KnownFile": record(
        sha256={**TEXT, "description": "In lower case."},
        photo_id=ID,
        state={"enum": [State.READY, State.TRASHED]},
    ),
    "UploadUrlRequest": open_request_schema(("file_name",), file_name=NAME),
    "UploadTicket": record(
        photo_id=ID,
        upload=record(
            method={"const": "POST"},
            url={"type": "string", "format": "uri"},
            fields={
                "type": "object",
                "additionalProperties": TEXT,
                "description": "The form fields; `file` must follow them.",
            },
        ),
        expires_at=DATE_TIME,
    ),
    "BundleRequest": request_schema(
        tags={"type": "array", "items": TAG_TEXT, "maxItems": MAX_BUNDLE_TAGS},
        match={"enum": list(Match), "default": Match.ANY},
        photo_ids={"type": "array", "items": TEXT},
        album_id=TEXT,
        query=ref("PhotoFilters"),
        title={**TEXT, "minLength": 1, "description": "The zip files are named after it. At most 200 characters."},
        variant={"enum": list(Variant), "default": Variant.ORIGINAL},
        sidecars={
            **FLAG,
            "default": False,
            "description": "Beside each of your own photos an XMP sidecar with its tags, caption, rating, date, "
            "position and place, as `tintype export` writes it: `photo.jpg.xmp`, of raw files `photo.xmp`.",
        },
        notify={**FLAG, "default": False},
    )
    | {
        "anyOf": [
            {"required": ["tags"], "properties": {"tags": {"minItems": 1}}},
            {"required": ["photo_ids"], "properties": {"photo_ids": {"minItems": 1}}},
            {"required": ["album_id"]},
            {"required": ["query"]},
        ]
    },
    "LabelBundleRequest": open_request_schema(
        ("labels",), labels={"type": "array", "items": TAG_TEXT, "minItems": 1, "maxItems": MAX_LABELS}
    ),
    "BundleSummary": record(
        {"warning": {**TEXT, "description": "Why no message will be sent, although one was requested."}},
        bundle_id=ID,
        state=_BUNDLE_STATE,
        photos=COUNT,
        bytes=COUNT,
        notify=FLAG,
    ),
    "Bundle": record(
        bundle_id=ID,
        title={**TEXT, "description": "What its zip files are named after; empty: the day."},
        state=_BUNDLE_STATE,
        created_at=DATE_TIME,
        expires_at=DATE_TIME,
        notify=FLAG,
        reason={**nullable(TEXT), "description": "Why the bundle failed."},
        progress=record(photos_done=COUNT, photos=COUNT, bytes_done=COUNT, bytes=COUNT),
        volumes={
            "type": "array",
            "items": record(
                number={"type": "integer", "minimum": 1},
                url={**nullable(URL), "description": "Redirects to a newly signed URL until the bundle expires."},
                bytes=COUNT,
                photos=COUNT,
            ),
        },
        skipped={
            "type": "array",
            "items": record(photo_id=ID, filename=TEXT, reason=TEXT),
            "description": "Photos whose original was deleted.",
        },
    ),
    "LabelRefreshRequest": request_schema(
        tags={"type": "array", "items": TAG_TEXT, "minItems": 1, "maxItems": MAX_REFRESH_TAGS}
    ),
    "LabelRefresh": record(
        state={"enum": ["none", "running", "finished"], "description": "`none`: never asked for."},
        tags={"type": "array", "items": TEXT, "description": "Empty if it is for the whole library."},
        photos={
            **COUNT,
            "description": "The photos it is for; while it is running and until all have been found, at most.",
        },
        labeled={
            **COUNT,
            "description": "Those that have the labels of the current labeler. Photos that cannot be labeled for a day "
            "are left out, and tried again every day.",
        },
        started_at=nullable(DATE_TIME),
        finished_at=nullable(DATE_TIME),
    ),
    "ApiKey": record(**_API_KEY),
    "NewApiKey": record(
        **_API_KEY, key={**TEXT, "pattern": "^tt_", "description": "The key; it is returned only once."}
    ),
    "SubscriptionRequest": request_schema(("channel",), channel={"enum": list(Channel)}),
    "ApiKeyRequest": request_schema(
        ("name", "can"),
        name={
            "type": "string",
            "minLength": 1,
            "description": f"At most {MAX_KEY_NAME_CHARACTERS} characters; control characters are removed.",
        },
        can={**RIGHTS, "minItems": 1},
    ),
    "Notifications": record(
        subscriptions={
            "type": "array",
            "items": record(
                channel={"enum": list(Channel)},
                address={**TEXT, "description": "The masked address."},
                state={"enum": ["pending", "confirmed"]},
            ),
        },
        channels={
            "type": "array",
            "items": {"enum": list(Channel)},
            "description": "The channels for which your ID token contains a verified address.",
        },
    ),
}

_SIGNATURE = "?X-Amz-Signature=2f9a"
_DERIVATIVES = "https://derivatives.example"
EXAMPLE_ID = "5f0c7d2e9b1a4c3d8e6f7a8b9c0d1e2f"
EXAMPLE_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PHOTO: dict[str, Any] = {
    "photo_id": EXAMPLE_ID,
    "filename": "bay.jpg",
    "tags": ["beach", "sunset"],
    "autoTags": ["sunset"],
    "label": None,
    "caption": "The bay from our terrace",
    "weight": 0.5,
    "status": "public",
    "state": "ready",
    "reason": None,
    "created_at": "2026-11-20T17:42:10.120Z",
    "createdAt": "2026-11-20T17:42:10.120Z",
    "taken_at": "2026-08-02T18:31:05.000Z",
    "taken_local": "2026-08-02T20:31:05.000",
    "offset": "+02:00",
    "width": 4032,
    "height": 3024,
    "bytes": 3512044,
    "format": "JPEG",
    "placeholder": "2fcZFIB3iId/h3iJh4aIYJ2V8g==",
    "image_url": f"{_DERIVATIVES}/{EXAMPLE_ID}/preview.webp{_SIGNATURE}",
    "thumbnail_url": f"{_DERIVATIVES}/{EXAMPLE_ID}/thumbnail.jpg{_SIGNATURE}",
    "resized_url": f"{_DERIVATIVES}/{EXAMPLE_ID}/resized.jpg{_SIGNATURE}",
    "small_url": f"{_DERIVATIVES}/{EXAMPLE_ID}/small.webp{_SIGNATURE}",
    "mine": False,
    "version": 3,
}
OWN_PHOTO: dict[str, Any] = {
    **PHOTO,
    "mine": True,
    "delete_at": None,
    "recovered": False,
    "sha256": EXAMPLE_SHA256,
    "incomplete": False,
    "labels": [{"name": "sunset", "confidence": 92.5, "parents": ["sky"]}],
    "dismissed_tags": ["boat"],
    "camera": "Apple iPhone 15",
    "lens": "iPhone 15 back dual wide camera 5.96mm f/1.6",
    "exposure": {"time": 0.004, "f_number": 1.6, "iso": 80, "focal_length": 5.96, "equivalent_focal_length": 26.0},
    "favorite": True,
    "rating": 4,
    "place": "Cascais, Lisbon, Portugal",
    "coordinates": {"latitude": 38.696824, "longitude": -9.421466},
    "keywords": ["beach"],
    "file": {
        "caption": "",
        "rating": 4,
        "place": "Cascais, Lisbon, Portugal",
        "coordinates": {"latitude": 38.696824, "longitude": -9.421466},
    },
    "camera_time": {"taken_local": "2026-08-02T20:31:05.000", "offset": "+02:00"},
    "original_url": f"https://originals.example/{EXAMPLE_ID}/bay.jpg{_SIGNATURE}",
    "processing": {
        "original": {"width": 4032, "height": 3024, "bytes": 3512044, "format": "JPEG"},
        "resized": {"width": 2016, "height": 1512, "bytes": 731204, "format": "JPEG"},
        "size_reduction_percent": 79.2,
        "received_at": "2026-11-20T17:42:10.120Z",
        "finished_at": "2026-11-20T17:42:11.034Z",
        "duration_ms": 412,
        "event": {
            "bucket": "tintype-prod-originals",
            "key": f"{EXAMPLE_ID}/bay.jpg",
            "event_name": "ObjectCreated:Post",
            "event_time": "2026-11-20T17:42:09.877Z",
            "region": "eu-central-1",
        },
    },
}
PAGE: dict[str, Any] = {"items": [PHOTO], "cursor": "q4Z1nB0T2uYxk3Xf"}
KEY: dict[str, Any] = {
    "key_id": "0b8d1f6e4c2a4e7f9d3b5a6c7e8f9a0b",
    "name": "my scripts",
    "can": ["read", "upload"],
    "created_at": "2026-11-20T17:40:00.000Z",
    "last_used": None,
}
BUNDLE: dict[str, Any] = {
    "bundle_id": "7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a2f",
    "title": "",
    "state": "ready",
    "created_at": "2026-11-20T18:00:00.000Z",
    "expires_at": "2026-11-21T18:00:00.000Z",
    "notify": True,
    "reason": None,
    "progress": {"photos_done": 12, "photos": 12, "bytes_done": 42144528, "bytes": 42144528},
    "volumes": [{"number": 1, "url": "https://api.example/d/q4Z1nB0T2uYxk3Xf", "bytes": 42146210, "photos": 12}],
    "skipped": [],
}
