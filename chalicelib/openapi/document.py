"""The document as a whole."""

import json
from functools import cache
from typing import Any

from chalicelib.openapi import account, bundles, errors, gallery, photos, system, uploads
from chalicelib.openapi.operations import API_KEY, LINKS, SIGN_IN
from chalicelib.openapi.parameters import CACHE_BUSTERS
from chalicelib.openapi.schemas import SCHEMAS

VERSION = "0.1.0"
SUBJECTS = (gallery, photos, uploads, bundles, account, system)
GROUPS = {
    gallery.GROUP: "Tags, and the photos under them.",
    photos.GROUP: "One by one, or all of them.",
    uploads.GROUP: "Four doors into the library; the fifth is any S3 tool.",
    photos.CHANGE: "What owners do to their own photos.",
    bundles.GROUP: "One's own photos as zip files.",
    account.GROUP: "One's own affairs.",
    system.GROUP: "Of the library as a whole.",
}
DESCRIPTION = """A photo library of your own.

Every answer that is not what was asked for is `{"error": "a sentence", "code": "snake_case"}`; what the caller may not
see answers 404. Unknown parameters and fields are refused and named. Lists come in pages: `cursor` goes on where the
page before ended. Answers to people who are not signed in carry an `ETag` and may be kept by caches; image URLs are
signed and stay the same for an hour. A path that has other methods than the one asked for answers 405,
`method_not_allowed`."""


def document() -> dict[str, Any]:
    """The API in OpenAPI 3.1; addresses are relative to where the document itself lies."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tintype",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "."}],
        "tags": [{"name": name, "description": told} for name, told in GROUPS.items()],
        "paths": {path: _on(methods) for subject in SUBJECTS for path, methods in sorted(subject.PATHS.items())},
        "components": {
            "schemas": SCHEMAS,
            "parameters": CACHE_BUSTERS,
            "responses": errors.shared(),
            "links": LINKS,
            "securitySchemes": {
                SIGN_IN: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An id token, or an access token, of one's own sign-in.",
                },
                API_KEY: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, `tt_...`; each route names the right that the key must have.",
                },
            },
        },
    }


@cache
def served() -> bytes:
    """The document as it is answered."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()


def printed() -> str:
    """The document as people read it."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def _on(methods: dict[str, Any]) -> dict[str, Any]:
    """A path with its methods; every GET takes what goes around caches."""
    busters = [{"$ref": f"#/components/parameters/{name}"} for name in CACHE_BUSTERS]
    return {
        method: {**told, "parameters": [*told.get("parameters", []), *busters]} if method == "get" else told
        for method, told in methods.items()
    }
