"""The deployment itself: health, and this document."""

from typing import Any

from chalicelib.openapi.operations import CACHE_HEADERS, NOT_MODIFIED, json_response, operation, public
from chalicelib.openapi.parameters import IF_NONE_MATCH
from chalicelib.openapi.schemas import DATE_TIME, TEXT, record

GROUP = "System"
LABELS = {
    **record({"reason": TEXT, "since": DATE_TIME}, status={"enum": ["ok", "pending"]}),
    "description": "`pending`: photos are published without labels for now, and get them when the labeler works again.",
}
PATHS: dict[str, Any] = {
    "/health": {
        "get": operation(
            "get_health",
            "Check the health of the service",
            group=GROUP,
            security=public(),
            responses={
                200: json_response(
                    "All required services respond.",
                    record(status={"const": "ok"}, stage=TEXT, labels=LABELS),
                    {"status": "ok", "stage": "prod", "labels": {"status": "ok"}},
                )
            },
        )
    },
    "/openapi.json": {
        "get": operation(
            "get_openapi",
            "Get this document",
            group=GROUP,
            security=public(),
            parameters=[IF_NONE_MATCH],
            responses={
                200: {
                    "description": "An OpenAPI 3.1 document.",
                    "headers": CACHE_HEADERS,
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
