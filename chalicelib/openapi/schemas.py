"""The shapes that several routes answer with or take, as JSON Schema, each with the example that is shown for it."""

from typing import Any

from chalicelib.accounts.api_keys import GRANTABLE_PERMISSIONS
from chalicelib.accounts.api_keys import MAX_NAME_CHARACTERS as MAX_KEY_NAME_CHARACTERS
from chalicelib.accounts.notifications import Channel
from chalicelib.bundles.models import BundleState
from chalicelib.http.validation import MAX_NAME_CHARACTERS
from chalicelib.ingest.processing import MAX_BYTES
from chalicelib.library.photo import HIDDEN_STATES, MAX_TAG_CHARACTERS, MAX_TAGS, MILLIONTHS, State, Visibility
from chalicelib.library.search import Match
from chalicelib.openapi.errors import STATUS_OF
from chalicelib.openapi.parameters import TAG
from chalicelib.routes.bundles import MAX_TAGS_TAKEN
from chalicelib.routes.photos import ACTIONS, MAX_BATCH, WITH_TAGS

type Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time", "description": "ISO 8601, UTC, to the millisecond."}
URL: Schema = {"type": "string", "format": "uri", "description": "Signed: good for a while, for whoever has it."}
ID: Schema = {"type": "string"}
STATUS: Schema = {"type": "string", "enum": list(Visibility)}
WEIGHT: Schema = {
    "type": "number",
    "minimum": 1 / MILLIONTHS,
    "maximum": 1 - 1 / MILLIONTHS,
    "description": "How often it is drawn at random beside the others. At most 6 decimal places.",
}
RIGHTS: Schema = {"type": "array", "items": {"enum": list(GRANTABLE_PERMISSIONS)}, "uniqueItems": True}


def ref(name: str) -> Schema:
    """A shape by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def record(optional: dict[str, Schema] | None = None, /, **properties: Schema) -> Schema:
    """An object that has all of these properties, and perhaps some of those."""
    return {"type": "object", "required": list(properties), "properties": properties | (optional or {})}


def accepted(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    """A body with these fields and no others."""
    told = {"type": "object", "properties": properties, "additionalProperties": False}
    return told | ({"required": list(required)} if required else {})


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    if "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {
        **schema,
        "type": [schema["type"], "null"],
        **({"enum": [*schema["enum"], None]} if "enum" in schema else {}),
    }


def listed(items: Schema, **more: Schema) -> Schema:
    """A list in `items`."""
    return record(items={"type": "array", "items": items}, **more)


def page(items: Schema, **more: Schema) -> Schema:
    """A page of a list."""
    cursor = {"type": ["string", "null"], "description": "For the next page; null at the end."}
    return listed(items, **more, cursor=cursor)


# As long as somebody likes: what counts are the characters once it is normalised.
WORD: Schema = {
    "type": "string",
    "minLength": 1,
    "pattern": TAG["pattern"],
    "description": f"At most {MAX_TAG_CHARACTERS} characters, in Unicode's NFKC.",
}
TAGS_SAID: Schema = {"type": "array", "items": WORD}
NAME: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_NAME_CHARACTERS}
LABEL: Schema = {"type": "string", "pattern": "^([^*!]|$)"}
PHOTO_IDS: Schema = {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MAX_BATCH}
_BUNDLE_STATE: Schema = {"enum": list(BundleState)}
_FACTS = record(width=COUNT, height=COUNT, bytes=COUNT, format=TEXT)
_STATES = [str(state) for state in State if state not in HIDDEN_STATES]

SCHEMAS: dict[str, Schema] = {
    "Error": {
        **record(
            {
                "field": {**TEXT, "description": "What in the request is meant."},
                "needs": {
                    "enum": list(GRANTABLE_PERMISSIONS),
                    "description": "The right that the API key does not have.",
                },
                "version": {"type": "integer", "description": "The version that the photo is at."},
                "limit": {"type": "integer", "description": "In bytes."},
                "upload_with": {**TEXT, "description": "The door that carries more."},
                "missing": {"type": "array", "items": TEXT, "description": "The settings that are not there."},
            },
            error={**TEXT, "description": "A sentence for people."},
            code={"enum": list(STATUS_OF), "description": "The same for programs."},
        ),
        "description": "Every answer that is not what was asked for has this shape.",
    },
    "Photo": record(
        {
            "duplicate_of": {**ID, "description": "The photo that shows the same bytes; on duplicates only."},
            "camera": {**or_null(TEXT), "description": "Make and model, as the file tells them. For its owner only."},
            "original_url": {**or_null(URL), "description": "Saves the file under its name. For its owner only."},
            "processing": {**ref("Processing"), "description": "For its owner only."},
        },
        photo_id=ID,
        filename=TEXT,
        tags={"type": "array", "items": TEXT, "maxItems": MAX_TAGS},
        autoTags={"type": "array", "items": TEXT, "description": "Those that were found in the picture."},
        label=or_null(TEXT),
        weight=WEIGHT,
        status=STATUS,
        state={"type": "string", "enum": _STATES},
        reason={**or_null(TEXT), "description": "Why it was rejected."},
        created_at=MOMENT,
        createdAt=MOMENT,
        taken_at=or_null(MOMENT),
        width=or_null(COUNT),
        height=or_null(COUNT),
        bytes=or_null(COUNT),
        format=or_null(TEXT),
        placeholder={**or_null(TEXT), "description": "A thumbhash, in base64."},
        image_url={**or_null(URL), "description": "The preview, of at most 1,600 pixels."},
        thumbnail_url=or_null(URL),
        resized_url={**or_null(URL), "description": "Half the size; a link to it saves it under the photo's name."},
        small_url={
            **or_null(URL),
            "description": "For a grid: of at most 640 pixels; null for photos of before there was one.",
        },
        mine=FLAG,
        version={"type": "integer", "description": "For `If-Match`."},
    ),
    "Processing": record(
        original=or_null(_FACTS),
        resized=or_null(_FACTS),
        size_reduction_percent=or_null({"type": "number"}),
        received_at=MOMENT,
        finished_at=or_null(MOMENT),
        duration_ms=or_null(COUNT),
        event=or_null(
            record(
                bucket=TEXT,
                key=TEXT,
                event_name=or_null(TEXT),
                event_time=or_null(TEXT),
                region=or_null(TEXT),
            )
        ),
    ),
    "Page": page(ref("Photo")),
    "Thumbnail": record(photo_id=ID, filename=TEXT, thumbnail_url=or_null(URL), placeholder=or_null(TEXT)),
    "TrendingTag": record(
        tag_name={**TEXT, "description": "In title case."},
        count=COUNT,
        cover_image=or_null(URL),
        last_updated=MOMENT,
    ),
    "Tag": record(tag_name=TEXT, count=COUNT),
    "Edit": accepted(tags=TAGS_SAID, label=or_null(LABEL), weight=WEIGHT, status=STATUS, filename=NAME),
    "BatchWanted": {
        "anyOf": [
            accepted(
                ("photo_ids", "action", "tags"),
                photo_ids=PHOTO_IDS,
                action={"enum": [action for action in ACTIONS if action in WITH_TAGS]},
                tags={**TAGS_SAID, "minItems": 1},
            ),
            accepted(
                ("photo_ids", "action"),
                photo_ids=PHOTO_IDS,
                action={"enum": [action for action in ACTIONS if action not in WITH_TAGS]},
            ),
        ]
    },
    "BatchResult": {
        "anyOf": [
            record(photo_id=ID, ok={"const": True}, photo=ref("Photo")),
            ref("BatchRefusal"),
        ]
    },
    "BatchRefusal": record(
        {"field": TEXT},
        photo_id=ID,
        ok={"const": False},
        error=TEXT,
        code={"enum": list(STATUS_OF)},
    ),
    "TicketWanted": accepted(
        ("filename",),
        filename=NAME,
        bytes=or_null({"type": "integer", "minimum": 1, "maximum": MAX_BYTES}),
        sha256=or_null({"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}),
        tags=or_null(TAGS_SAID),
        label=or_null(LABEL),
        weight=or_null(WEIGHT),
        status=or_null(STATUS),
    ),
    "AddressWanted": accepted(("file_name",), file_name=NAME),
    "Ticket": record(
        photo_id=ID,
        upload=record(
            method={"const": "POST"},
            url={"type": "string", "format": "uri"},
            fields={
                "type": "object",
                "additionalProperties": TEXT,
                "description": "The form's fields; `file` comes behind them, last.",
            },
        ),
        expires_at=MOMENT,
    ),
    "BundleWanted": accepted(
        tags={"type": "array", "items": WORD, "maxItems": MAX_TAGS_TAKEN},
        match={"enum": list(Match), "default": Match.ANY},
        photo_ids={"type": "array", "items": TEXT},
        notify={**FLAG, "default": False},
    )
    | {
        "anyOf": [
            {"required": ["tags"], "properties": {"tags": {"minItems": 1}}},
            {"required": ["photo_ids"], "properties": {"photo_ids": {"minItems": 1}}},
        ]
    },
    "DownloadWanted": accepted(
        ("labels",), labels={"type": "array", "items": WORD, "minItems": 1, "maxItems": MAX_TAGS_TAKEN}
    ),
    "BundleOrdered": record(bundle_id=ID, state=_BUNDLE_STATE, photos=COUNT, bytes=COUNT),
    "Bundle": record(
        bundle_id=ID,
        state=_BUNDLE_STATE,
        created_at=MOMENT,
        expires_at=MOMENT,
        notify=FLAG,
        reason={**or_null(TEXT), "description": "Why it failed."},
        progress=record(photos_done=COUNT, photos=COUNT, bytes_done=COUNT, bytes=COUNT),
        volumes={
            "type": "array",
            "items": record(
                number={"type": "integer", "minimum": 1},
                url={**or_null(URL), "description": "Signs afresh at each click, until the bundle expires."},
                bytes=COUNT,
                photos=COUNT,
            ),
        },
        skipped={
            "type": "array",
            "items": record(photo_id=ID, filename=TEXT, reason=TEXT),
            "description": "Photos whose original was gone.",
        },
    ),
    "ApiKey": record(
        key_id=ID,
        name=TEXT,
        can=RIGHTS,
        created_at=MOMENT,
        last_used=or_null(MOMENT),
    ),
    "NewApiKey": record(
        key_id=ID,
        name=TEXT,
        can=RIGHTS,
        created_at=MOMENT,
        last_used=or_null(MOMENT),
        key={**TEXT, "pattern": "^tt_", "description": "The key itself, shown this once."},
    ),
    "NotificationWanted": accepted(("channel",), channel={"enum": list(Channel)}),
    "ApiKeyWanted": accepted(
        ("name", "can"),
        name={
            "type": "string",
            "minLength": 1,
            "description": f"At most {MAX_KEY_NAME_CHARACTERS} characters, control characters not counted.",
        },
        can={**RIGHTS, "minItems": 1},
    ),
    "Notifications": record(
        subscriptions={
            "type": "array",
            "items": record(
                channel={"enum": list(Channel)},
                address={**TEXT, "description": "Masked."},
                state={"enum": ["pending", "confirmed"]},
            ),
        },
        channels={
            "type": "array",
            "items": {"enum": list(Channel)},
            "description": "Those that the caller's sign-in has a verified address for.",
        },
    ),
}

_SIGNED = "?X-Amz-Signature=2f9a"
_DERIVED = "https://derivatives.example"
EXAMPLE_ID = "5f0c7d2e9b1a4c3d8e6f7a8b9c0d1e2f"
PHOTO: dict[str, Any] = {
    "photo_id": EXAMPLE_ID,
    "filename": "bay.jpg",
    "tags": ["beach", "sunset"],
    "autoTags": ["sunset"],
    "label": None,
    "weight": 0.5,
    "status": "public",
    "state": "ready",
    "reason": None,
    "created_at": "2026-11-20T17:42:10.120Z",
    "createdAt": "2026-11-20T17:42:10.120Z",
    "taken_at": "2026-08-02T18:31:05.000Z",
    "width": 4032,
    "height": 3024,
    "bytes": 3512044,
    "format": "JPEG",
    "placeholder": "2fcZFIB3iId/h3iJh4aIYJ2V8g==",
    "image_url": f"{_DERIVED}/{EXAMPLE_ID}/preview.webp{_SIGNED}",
    "thumbnail_url": f"{_DERIVED}/{EXAMPLE_ID}/thumbnail.jpg{_SIGNED}",
    "resized_url": f"{_DERIVED}/{EXAMPLE_ID}/resized.jpg{_SIGNED}",
    "small_url": f"{_DERIVED}/{EXAMPLE_ID}/small.webp{_SIGNED}",
    "mine": False,
    "version": 3,
}
OWN_PHOTO: dict[str, Any] = {
    **PHOTO,
    "mine": True,
    "camera": "Apple iPhone 15",
    "original_url": f"https://originals.example/{EXAMPLE_ID}/bay.jpg{_SIGNED}",
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
    "state": "ready",
    "created_at": "2026-11-20T18:00:00.000Z",
    "expires_at": "2026-11-21T18:00:00.000Z",
    "notify": True,
    "reason": None,
    "progress": {"photos_done": 12, "photos": 12, "bytes_done": 42144528, "bytes": 42144528},
    "volumes": [{"number": 1, "url": "https://api.example/d/q4Z1nB0T2uYxk3Xf", "bytes": 42146210, "photos": 12}],
    "skipped": [],
}
