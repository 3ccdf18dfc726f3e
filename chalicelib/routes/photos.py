"""Changing over HTTP: what owners say of their own photos, checked, then handed to `editor`."""

from typing import Any

from chalicelib.container import Library
from chalicelib.errors import Invalid, TintypeError
from chalicelib.http import validation
from chalicelib.http.requests import Answer, Call, done, explained, failed
from chalicelib.ingest.editing import Transition
from chalicelib.library import transitions
from chalicelib.library.photo import Photo, Visibility, clean_filename, clean_visibility
from chalicelib.library.transitions import Edit
from chalicelib.observability import logger
from chalicelib.routes import serializers

EDITABLE = ("tags", "label", "weight", "status", "filename")
MAX_BATCH = 100
WITH_TAGS = frozenset({"tag", "untag"})
ACTIONS = ("trash", "restore", "tag", "untag", "publish", "hide")


def edit(call: Call, library: Library, photo_id: str) -> dict[str, Any]:
    """`PATCH /photos/{photo_id}`; with `If-Match`, only at that version."""
    owner = call.owner
    call.only()
    wanted = _edit(call.json(*EDITABLE))
    return _said(call, library, library.editor.edit(owner, photo_id, wanted, call.version))


def delete(call: Call, library: Library, photo_id: str) -> Answer:
    """`DELETE /photos/{photo_id}`: to the trash; with `permanent=true` for ever."""
    owner = call.owner
    call.only("permanent")
    if call.choice("permanent", "true", "false") == "true":
        library.editor.erase(owner, photo_id)
    else:
        library.editor.trash(owner, photo_id)
    return done()


def restore(call: Call, library: Library, photo_id: str) -> dict[str, Any]:
    """`POST /photos/{photo_id}/restore`."""
    owner = call.owner
    call.only()
    return _said(call, library, library.editor.restore(owner, photo_id))


def batch(call: Call, library: Library) -> dict[str, Any]:
    """`POST /photos/batch`: one action on up to 100 photos, a result for each in the order they were named."""
    owner = call.owner
    call.only()
    body = call.json("photo_ids", "action", "tags")
    photo_ids, change = validation.ids(body.get("photo_ids"), at_least=1, at_most=MAX_BATCH), _action(library, body)
    return {"results": [_tried(call, library, owner, photo_id, change) for photo_id in photo_ids]}


def _said(call: Call, library: Library, photo: Photo) -> dict[str, Any]:
    return serializers.photo_serializer(library, call.viewer).photo(photo)


def _tried(call: Call, library: Library, owner: str, photo_id: str, change: Transition) -> dict[str, Any]:
    """What came of one photo; whatever went wrong with it keeps no other waiting."""
    try:
        photo = library.editor.apply(owner, photo_id, change)
    except TintypeError as problem:
        return {"photo_id": photo_id, "ok": False, **explained(problem)}
    except Exception:  # noqa: BLE001 - as at the edge itself, for one photo of many
        logger().exception("A photo of a batch failed", extra={"photo_id": photo_id})
        return {"photo_id": photo_id, "ok": False, **failed()}
    return {"photo_id": photo_id, "ok": True, "photo": _said(call, library, photo)}


def _edit(body: dict[str, Any]) -> Edit:
    """What is wanted; null takes a label away, and is no value for anything else."""
    return Edit(
        tags=validation.tags(body["tags"]) if "tags" in body else None,
        label=_label(body["label"]) if "label" in body else None,
        weight=validation.weight(body["weight"]) if "weight" in body else None,
        visibility=clean_visibility(body["status"]) if "status" in body else None,
        filename=clean_filename(validation.filename(body)) if "filename" in body else None,
    )


def _label(value: Any) -> str:
    return "" if value is None else validation.label(value)


def _action(library: Library, body: dict[str, Any]) -> Transition:
    action = body.get("action")
    if action not in ACTIONS:
        raise Invalid(f"action must be one of {', '.join(ACTIONS)}.", field="action")
    if (action in WITH_TAGS) != ("tags" in body):
        raise Invalid(f"tags belong to the actions {' and '.join(sorted(WITH_TAGS))}, and to no other.", field="tags")
    words = validation.tags(body["tags"]) if "tags" in body else ()
    if action in WITH_TAGS and not words:
        raise Invalid("tags must not be empty.", field="tags")
    match action:
        case "trash":
            return lambda photo: transitions.trash(photo, library.editor.now())
        case "restore":
            return lambda photo: transitions.restore(photo, library.editor.now())
        case "tag":
            return lambda photo: transitions.add_tags(photo, words)
        case "untag":
            return lambda photo: transitions.remove_tags(photo, words)
        case "publish":
            return lambda photo: transitions.apply_edit(photo, Edit(visibility=Visibility.PUBLIC))
        case _:
            return lambda photo: transitions.apply_edit(photo, Edit(visibility=Visibility.PRIVATE))
