"""Parameters that several routes take, as OpenAPI tells them."""

from typing import Any

from chalicelib.http.requests import MAX_LIMIT

TAG = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^*!]"}


def query(name: str, schema: dict[str, Any], description: str, **more: Any) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def several(name: str, description: str, at_most: int, **more: Any) -> dict[str, Any]:
    """A tag of the query that may be repeated: `?tag=sea&tag=dog`."""
    schema = {"type": "array", "items": TAG, "maxItems": at_most}
    return query(name, schema, description, style="form", explode=True, **more)


def limit(default: int) -> dict[str, Any]:
    """How many at most."""
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default}
    return query("limit", schema, "How many at most.")


def in_path(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """A piece of the path."""
    told = {"type": "string", "minLength": 1, **schema}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": told}


CURSOR = query("cursor", {"type": "string", "minLength": 1}, "From the answer before: goes on behind it.")
SCOPE = query(
    "scope",
    {"type": "string", "enum": ["mine", "public"]},
    "Whose photos. Without it `mine` for somebody signed in, else `public`.",
)
PHOTO_ID = in_path("photo_id", "The photo.", example="5f0c7d2e9b1a4c3d8e6f7a8b9c0d1e2f")
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an answer that is kept: 304 where it is still right.",
    "schema": {"type": "string"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": 'The version that is meant, like `3` or `"3"`; without it, or with `*`, whichever is there.',
    "schema": {"type": "string", "pattern": '^(\\*|[0-9]{1,15}|"[0-9]{1,15}")$'},
}
# On every GET.
CACHE_BUSTERS = {name: query(name, {"type": "string"}, "Ignored: a way around caches.") for name in ("t", "_")}
