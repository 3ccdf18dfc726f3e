"""OpenAPI parameters that several routes share."""

from typing import Any

from chalicelib.http.requests import MAX_LIMIT

# At most 64 characters, but only when it is normalized: no schema can tell.
TAG = {"type": "string", "minLength": 1, "pattern": "^[^*!]"}


def query_param(name: str, schema: dict[str, Any], description: str, **extra: Any) -> dict[str, Any]:
    """A query parameter."""
    return {"name": name, "in": "query", "description": description, "schema": schema, **extra}


def tags_param(name: str, description: str, max_tags: int, **extra: Any) -> dict[str, Any]:
    """A query parameter with tags, which may be repeated: `?tag=sea&tag=dog`."""
    schema = {"type": "array", "items": TAG, "maxItems": max_tags}
    return query_param(name, schema, description, style="form", explode=True, **extra)


def limit_param(default: int) -> dict[str, Any]:
    """The page size."""
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default}
    return query_param("limit", schema, "The maximum number of items.")


def path_param(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """A path parameter."""
    text = {"type": "string", "minLength": 1, **schema}
    return {"name": name, "in": "path", "required": True, "description": description, "schema": text}


CURSOR = query_param("cursor", {"type": "string", "minLength": 1}, "The `cursor` of the previous page.")
SCOPE = query_param(
    "scope",
    {"type": "string", "enum": ["mine", "public"]},
    "Your own photos or public photos. The default is `mine` if you are signed in, else `public`.",
)
PHOTO_ID = path_param("photo_id", "The id of the photo.", example="5f0c7d2e9b1a4c3d8e6f7a8b9c0d1e2f")
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of a cached response; 304 if that response is still current.",
    "schema": {"type": "string"},
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": 'The `version` that you read, like `3` or `"3"`; 412 if it has changed since. Optional.',
    "schema": {"type": "string", "pattern": '^(\\*|[0-9]{1,15}|"[0-9]{1,15}")$'},
}
# On every GET.
CACHE_BUSTERS = {
    name: query_param(name, {"type": "string"}, "Ignored; clients add it to bypass caches.") for name in ("t", "_")
}
