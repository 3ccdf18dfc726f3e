"""The library itself: whether it is well, and what its API is."""

from typing import Any

from chalicelib.openapi.operations import CACHED, NOT_MODIFIED, anybody, json, operation
from chalicelib.openapi.parameters import IF_NONE_MATCH
from chalicelib.openapi.schemas import TEXT, record

GROUP = "Library"
PATHS: dict[str, Any] = {
    "/health": {
        "get": operation(
            "health",
            "Whether everything that a request needs answers",
            group=GROUP,
            security=anybody(),
            answers={
                200: json("It does.", record(status={"const": "ok"}, stage=TEXT), {"status": "ok", "stage": "prod"})
            },
        )
    },
    "/openapi.json": {
        "get": operation(
            "openapi",
            "This document",
            group=GROUP,
            security=anybody(),
            parameters=[IF_NONE_MATCH],
            answers={
                200: {
                    "description": "OpenAPI 3.1.",
                    "headers": CACHED,
                    "content": {
                        "application/json": {
                            "schema": {"type": "object", "required": ["openapi", "info", "paths"]},
                            "example": {"openapi": "3.1.0", "info": {"title": "Tintype"}, "paths": {}},
                        }
                    },
                },
                304: NOT_MODIFIED,
            },
        )
    },
}
