"""The OpenAPI document as a whole."""

import json
from functools import cache
from typing import Any

from chalicelib.openapi import (
    account,
    albums,
    bundles,
    errors,
    gallery,
    guests,
    labels,
    members,
    photos,
    random,
    search,
    shares,
    similarity,
    system,
    uploads,
)
from chalicelib.openapi.operations import API_KEY, LINKS, SIGN_IN
from chalicelib.openapi.parameters import CACHE_BUSTERS
from chalicelib.openapi.schemas import SCHEMAS

VERSION = "0.1.0"
SUBJECTS = (
    gallery,
    photos,
    search,
    similarity,
    labels,
    random,
    uploads,
    albums,
    members,
    bundles,
    shares,
    guests,
    account,
    system,
)
GROUPS = {
    gallery.GROUP: "Tags and search.",
    photos.GROUP: "Photos, thumbnails and image files.",
    search.GROUP: "Suggestions and the map.",
    photos.EDIT_GROUP: "Changes to your own photos.",
    labels.GROUP: "Labels that a labeler finds.",
    similarity.GROUP: "Near-duplicates and similar photos.",
    random.GROUP: "Weighted random draws.",
    uploads.GROUP: "Four ways to upload; any S3 tool can also copy files into the originals bucket.",
    albums.GROUP: "Sets of photos with a title, by hand or by a search.",
    members.GROUP: "Other people who see your albums.",
    bundles.GROUP: "Your own photos as zip files.",
    shares.GROUP: "Links that show an album or some photos to anyone who has them.",
    guests.GROUP: "What anyone can do who has a shared link.",
    account.GROUP: "Your profile, API keys and notifications.",
    system.GROUP: "Health and this document.",
}
DESCRIPTION = """A photo library that you run yourself.

Every error response is `{"error": "a sentence", "code": "snake_case"}`. A photo that the caller may not see gets 404.

A query parameter appears once, except `tag` and `not`, and is not empty. Names and values are compared as they are,
without removing spaces around them or ignoring case; but tags, also in `label` and `prefix`, are normalized like stored
tags, and have at most 64 characters then. Any other parameter or field is an error that names it. `t` and `_` are
ignored on every GET.

Lists are paginated: pass `cursor` from one page to get the next.
Responses to anonymous callers have an `ETag` and may be cached. Image URLs are signed and stay the same for an hour.
HEAD works wherever GET does. A method that a path does not support gets 405, `method_not_allowed`."""


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document; its server URL is relative to the document's own."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tintype",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "."}],
        "tags": [{"name": name, "description": description} for name, description in GROUPS.items()],
        "paths": {path: _with_params(item) for subject in SUBJECTS for path, item in sorted(subject.PATHS.items())},
        "components": {
            "schemas": SCHEMAS | search.SCHEMAS | albums.SCHEMAS | members.SCHEMAS | shares.SCHEMAS | guests.SCHEMAS,
            "parameters": CACHE_BUSTERS,
            "responses": errors.shared_responses(),
            "links": LINKS,
            "securitySchemes": {
                SIGN_IN: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An ID token or an access token from signing in; also without `Bearer`.",
                },
                API_KEY: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, `tt_...`. Each route names the permission that the key needs.",
                },
            },
        },
    }


@cache
def compact_json() -> bytes:
    """The document as compact JSON, as the API serves it."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()


def indented_json() -> str:
    """The document as indented JSON."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def _with_params(path_item: dict[str, Any]) -> dict[str, Any]:
    """A path item whose GET accepts the cache-busting parameters."""
    busters = [{"$ref": f"#/components/parameters/{name}"} for name in CACHE_BUSTERS]
    return {
        method: {**entry, "parameters": [*entry.get("parameters", []), *busters]} if method == "get" else entry
        for method, entry in path_item.items()
    }
