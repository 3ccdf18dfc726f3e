"""Batch actions: one change of many photos, with a result for each."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Invalid, TintypeError
from chalicelib.http import validation
from chalicelib.http.errors import error_body, internal_error_body
from chalicelib.http.requests import ApiRequest
from chalicelib.ingest.editing import PhotoEditor
from chalicelib.library.corrections import reset_time, shift_time
from chalicelib.library.keep_groups import group_name, keep, unkeep
from chalicelib.library.photo import Photo, Visibility
from chalicelib.library.transitions import Edit
from chalicelib.observability import logger
from chalicelib.routes import serializers
from chalicelib.routes.edits import may_read, read_corrections

MAX_BATCH = 100
# The fields that each action requires, and those it may have.
ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "trash": ((), ()),
    "restore": ((), ()),
    "tag": (("tags",), ()),
    "untag": (("tags",), ()),
    "publish": ((), ()),
    "hide": ((), ()),
    "keep": ((), ()),
    "unkeep": ((), ()),
    "set_time": (("taken_local",), ("offset",)),
    "set_offset": (("offset",), ()),
    "shift_time": (("seconds",), ()),
    "reset_time": ((), ()),
    "favorite": ((), ()),
    "unfavorite": ((), ()),
    "rate": (("rating",), ()),
    "set_caption": (("caption",), ()),
    "set_place": (("place",), ()),
}
FIELDS = tuple(dict.fromkeys(field for required, optional in ACTIONS.values() for field in (*required, *optional)))
MAX_SHIFT_SECONDS = 400 * 366 * 24 * 60 * 60

type Action = Callable[[str], Photo]
"""Changes one photo, given its id."""


def batch_update_photos(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`POST /photos/batch`: one action on up to 100 photos; one result for each, in the order of the request."""
    owner = request.owner
    request.allow_params()
    body = request.json("photo_ids", "action", *FIELDS)
    photo_ids = validation.photo_ids(body.get("photo_ids"), min_ids=1, max_ids=MAX_BATCH)
    action = _read_action(container.editor, owner, body, photo_ids)
    return {"results": [_apply(request, container, action, photo_id) for photo_id in photo_ids]}


def _read_action(editor: PhotoEditor, owner: str, body: dict[str, Any], photo_ids: tuple[str, ...]) -> Action:
    action = body.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise Invalid(f"action must be one of {', '.join(ACTIONS)}.", field="action")
    _check_fields(action, body)
    edit = partial(editor.edit, owner)
    match action:
        case "trash":
            return partial(editor.trash, owner)
        case "restore":
            return partial(editor.restore, owner)
        case "tag" | "untag":
            change = editor.add_tags if action == "tag" else editor.remove_tags
            tags = _read_tags(body)
            return lambda photo_id: change(owner, photo_id, tags)
        case "publish" | "hide":
            visibility = Visibility.PUBLIC if action == "publish" else Visibility.PRIVATE
            return lambda photo_id: edit(photo_id, Edit(visibility=visibility))
        case "keep" | "unkeep":
            transition = partial(keep if action == "keep" else unkeep, group=group_name(photo_ids))
            return partial(editor.apply, owner, transition=transition)
        case "favorite" | "unfavorite":
            is_favorite = action == "favorite"
            return lambda photo_id: edit(photo_id, Edit(favorite=is_favorite))
        case "set_time" | "set_offset" | "rate" | "set_caption" | "set_place":
            corrections = read_corrections(body)
        case "shift_time":
            corrections = (partial(shift_time, by=_read_shift(body["seconds"])),)
        case _:
            corrections = (reset_time,)
    return lambda photo_id: edit(photo_id, Edit(corrections=corrections))


def _check_fields(action: str, body: dict[str, Any]) -> None:
    required, optional = ACTIONS[action]
    for field in FIELDS:
        if field in body and field not in (*required, *optional):
            raise Invalid(f"The action {action} does not take {field}.", field=field)
        if field in required and field not in body:
            raise Invalid(f"The action {action} requires {field}.", field=field)


def _read_tags(body: dict[str, Any]) -> tuple[str, ...]:
    tags = validation.tags(body["tags"])
    if not tags:
        raise Invalid("tags must not be empty.", field="tags")
    return tags


def _read_shift(value: Any) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_SHIFT_SECONDS:
        raise Invalid(f"seconds must be a whole number, at most {MAX_SHIFT_SECONDS:,} either way.", field="seconds")
    return timedelta(seconds=value)


def _apply(request: ApiRequest, container: Container, action: Action, photo_id: str) -> dict[str, Any]:
    """The result for one photo of a batch; an error with one photo does not stop the others."""
    try:
        photo = action(photo_id)
    except TintypeError as error:
        return {"photo_id": photo_id, "ok": False, **error_body(error)}
    except Exception:  # noqa: BLE001 - as in the view itself, for one photo of many
        logger().exception("Batch action failed for a photo", extra={"photo_id": photo_id})
        return {"photo_id": photo_id, "ok": False, **internal_error_body()}
    body = {"photo": serializers.photo_serializer(container, request.viewer).photo(photo)} if may_read(request) else {}
    return {"photo_id": photo_id, "ok": True, **body}
