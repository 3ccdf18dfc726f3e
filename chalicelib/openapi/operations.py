"""OpenAPI operations: one route's parameters, body, security and responses."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi import errors as errors_
from chalicelib.openapi.parameters import IF_NONE_MATCH
from chalicelib.openapi.schemas import ref

type Node = dict[str, Any]
"""A part of the document."""
type Security = list[dict[str, list[str]]]

SIGN_IN = "signIn"
API_KEY = "apiKey"
CACHE_HEADERS: Node = {
    "Cache-Control": {"required": True, "schema": {"type": "string"}},
    "ETag": {"description": "Only for anonymous callers.", "schema": {"type": "string"}},
}
NOT_MODIFIED: Node = {"description": "The cached response with that `ETag` is still current.", "headers": CACHE_HEADERS}
PHOTO_LINKS = ("get_photo", "update_photo", "delete_photo", "restore_photo", "get_thumbnail")
ALBUM_LINKS = ("get_album", "update_album", "delete_album", "list_album_photos", "add_album_photos", "put_album_order")
# From a response that contains an id to the operations that take it.
LINKS: Node = {
    operation_id: {"operationId": operation_id, "parameters": {name: f"$response.body#/{name}"}}
    for name, operation_ids in {
        "photo_id": PHOTO_LINKS,
        "key_id": ("revoke_api_key",),
        "bundle_id": ("get_bundle", "delete_bundle"),
        "album_id": ALBUM_LINKS,
    }.items()
    for operation_id in operation_ids
}
NO_CONTENT: Node = {"description": "Done."}


def operation(
    operation_id: str,
    summary: str,
    *,
    group: str,
    security: Security,
    responses: Mapping[int, Node],
    errors: Iterable[str] = (),
    parameters: Iterable[Node] = (),
    body: Node | None = None,
    description: str | None = None,
) -> Node:
    """An operation; `errors` are its error codes in addition to those of every route."""
    own = tuple(errors)
    codes = (*errors_.COMMON_ERRORS, *_security_errors(security, own), *own)
    node: Node = {"operationId": operation_id, "summary": summary, "tags": [group], "security": security}
    if description:
        node["description"] = description
    if parameters:
        node["parameters"] = list(parameters)
    if body:
        node["requestBody"] = {"required": True, **body}
    successes = {str(status): response for status, response in responses.items()}
    node["responses"] = successes | errors_.error_responses(codes)
    return node


def cacheable_get(
    operation_id: str,
    summary: str,
    *,
    group: str,
    response: Node,
    parameters: Iterable[Node] = (),
    errors: Iterable[str] = ("unauthenticated",),
    description: str | None = None,
) -> Node:
    """A public GET with a cacheable response; `If-None-Match` may get 304."""
    return operation(
        operation_id,
        summary,
        group=group,
        security=public(Permission.READ),
        description=description,
        parameters=[*parameters, IF_NONE_MATCH],
        responses={200: response, 304: NOT_MODIFIED},
        errors=errors,
    )


def public(permission: Permission | None = None) -> Security:
    """Anyone; an API key needs this permission."""
    return [{}, *signed_in_or_key(permission)]


def signed_in_or_key(permission: Permission | None = None) -> Security:
    """A signed-in user, or an API key with this permission."""
    return [{SIGN_IN: []}, {API_KEY: [str(permission)] if permission else []}]


def signed_in() -> Security:
    """A signed-in user; no API key."""
    return [{SIGN_IN: []}]


def json_response(description: str, schema: str | Node, example: Any, *, cached: bool = False) -> Node:
    """A JSON response; `schema` is a schema, or the name of a shared one."""
    node: Node = {
        "description": description,
        "content": {
            "application/json": {"schema": ref(schema) if isinstance(schema, str) else schema, "example": example}
        },
    }
    return node | ({"headers": CACHE_HEADERS} if cached else {})


def with_links(response: Node, *operation_ids: str) -> Node:
    """The response, linked to operations that take the id in it."""
    return {**response, "links": {name: {"$ref": f"#/components/links/{name}"} for name in operation_ids}}


def image_response(description: str, headers: Node) -> Node:
    """An image response."""
    return {"description": description, "headers": headers, "content": {"image/*": {}}}


def redirect(description: str) -> Node:
    """A 302 response."""
    location = {"required": True, "schema": {"type": "string", "format": "uri"}}
    return {"description": description, "headers": {"Location": location}}


def json_body(schema: str, example: Any) -> Node:
    """A JSON request body; `schema` is the name of a shared schema."""
    return {"content": {"application/json": {"schema": ref(schema), "example": example}}}


def _security_errors(security: Security, own: tuple[str, ...]) -> Iterable[str]:
    if {} not in security:
        yield "unauthenticated"
    accepts_any_key = any(API_KEY in scheme and not scheme[API_KEY] for scheme in security)
    # Routes that require an ID token respond this way to every key, whatever its permissions.
    if not accepts_any_key and "id_token_required" not in own:
        yield "forbidden"
