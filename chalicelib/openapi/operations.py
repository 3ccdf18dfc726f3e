"""One route's entry in the document: who may ask, with what, and everything it may answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi import errors
from chalicelib.openapi.parameters import IF_NONE_MATCH
from chalicelib.openapi.schemas import ref

type Told = dict[str, Any]

SIGN_IN = "signIn"
API_KEY = "apiKey"
CACHED: Told = {
    "Cache-Control": {"required": True, "schema": {"type": "string"}},
    "ETag": {"description": "For somebody who is not signed in.", "schema": {"type": "string"}},
}
NOT_MODIFIED: Told = {"description": "What is kept under that `ETag` is still right.", "headers": CACHED}
ABOUT_A_PHOTO = ("photo", "edit_photo", "delete_photo", "restore_photo", "thumbnail")
# What leads on from an answer that names one thing.
LINKS: Told = {
    route: {"operationId": route, "parameters": {name: f"$response.body#/{name}"}}
    for name, routes in {
        "photo_id": ABOUT_A_PHOTO,
        "key_id": ("revoke_key",),
        "bundle_id": ("bundle", "cancel_bundle"),
    }.items()
    for route in routes
}
DONE: Told = {"description": "It is as was asked."}


def operation(
    name: str,
    summary: str,
    *,
    group: str,
    security: list[dict[str, list[str]]],
    answers: Mapping[int, Told],
    refuses: Iterable[str] = (),
    parameters: Iterable[Told] = (),
    body: Told | None = None,
    description: str | None = None,
) -> Told:
    """The entry of one route; `refuses` are the codes it has beside those that every route has."""
    own = tuple(refuses)
    codes = (*errors.EVERYWHERE, *_refused(security, own), *own)
    told: Told = {"operationId": name, "summary": summary, "tags": [group], "security": security}
    if description:
        told["description"] = description
    if parameters:
        told["parameters"] = list(parameters)
    if body:
        told["requestBody"] = {"required": True, **body}
    told["responses"] = {str(status): answer for status, answer in answers.items()} | errors.answers(codes)
    return told


def lookup(
    name: str,
    summary: str,
    *,
    group: str,
    answer: Told,
    parameters: Iterable[Told] = (),
    refuses: Iterable[str] = ("unauthenticated",),
    description: str | None = None,
) -> Told:
    """The entry of a route that anybody may read, whose answer caches keep: asked again, it may be 304."""
    return operation(
        name,
        summary,
        group=group,
        security=anybody(Permission.READ),
        description=description,
        parameters=[*parameters, IF_NONE_MATCH],
        answers={200: answer, 304: NOT_MODIFIED},
        refuses=refuses,
    )


def anybody(right: Permission | None = None) -> list[dict[str, list[str]]]:
    """Whoever asks; an API key needs this right."""
    return [{}, *somebody(right)]


def somebody(right: Permission | None = None) -> list[dict[str, list[str]]]:
    """Somebody signed in, or an API key with this right."""
    return [{SIGN_IN: []}, {API_KEY: [str(right)] if right else []}]


def a_person() -> list[dict[str, list[str]]]:
    """Somebody signed in themselves."""
    return [{SIGN_IN: []}]


def json(description: str, schema: str | Told, example: Any, *, cached: bool = False, **headers: Told) -> Told:
    """An answer in JSON."""
    shape = ref(schema) if isinstance(schema, str) else schema
    told: Told = {
        "description": description,
        "content": {"application/json": {"schema": shape, "example": example}},
    }
    named = {name.replace("_", "-"): header for name, header in headers.items()} | (CACHED if cached else {})
    return told | ({"headers": named} if named else {})


def leading(answer: Told, *routes: str) -> Told:
    """The same answer, with the routes to ask next about the one thing that it tells of."""
    return {**answer, "links": {route: {"$ref": f"#/components/links/{route}"} for route in routes}}


def image(description: str, headers: Told) -> Told:
    """An answer that is a picture, in its own type."""
    return {"description": description, "headers": headers, "content": {"image/*": {}}}


def redirect(description: str) -> Told:
    """An answer that points elsewhere."""
    location = {"required": True, "schema": {"type": "string", "format": "uri"}}
    return {"description": description, "headers": {"Location": location}}


def sent(schema: str, example: Any) -> Told:
    """A body in JSON."""
    return {"content": {"application/json": {"schema": ref(schema), "example": example}}}


def _refused(security: list[dict[str, list[str]]], own: tuple[str, ...]) -> Iterable[str]:
    if {} not in security:
        yield "unauthenticated"
    asks_nothing = any(API_KEY in way and not way[API_KEY] for way in security)
    # Where an id token is asked for, a key is told so, whatever it may do.
    if not asks_nothing and "id_token_required" not in own:
        yield "forbidden"
