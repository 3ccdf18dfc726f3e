"""Batch actions: one change of many photos, with a result for each."""

from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib.albums.service import AlbumService
from chalicelib.container import Container
from chalicelib.errors import Invalid
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.library.corrections import reset_time, shift_time
from chalicelib.library.keep_groups import group_name, keep, unkeep
from chalicelib.library.photo import Visibility
from chalicelib.library.transitions import Edit, approve, decline
from chalicelib.routes.edits import read_corrections
from chalicelib.routes.results import MAX_BATCH, Action, apply_to_each

# The fields that each action requires, and those it may have.
ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "trash": ((), ()),
    "restore": ((), ()),
    "delete_permanently": ((), ()),
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
    "set_coordinates": (("coordinates",), ()),
    "add_to_album": (("album_id",), ()),
    "remove_from_album": (("album_id",), ()),
    "approve": ((), ()),
    "decline": ((), ()),
}
FIELDS = tuple(dict.fromkeys(field for required, optional in ACTIONS.values() for field in (*required, *optional)))
MAX_SHIFT_SECONDS = 400 * 366 * 24 * 60 * 60


def batch_update_photos(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`POST /photos/batch`: one action on up to 100 photos; one result for each, in the order of the request."""
    owner = request.owner
    request.allow_params()
    body = request.json("photo_ids", "action", *FIELDS)
    photo_ids = validation.photo_ids(body.get("photo_ids"), min_ids=1, max_ids=MAX_BATCH)
    action = _read_action(container, owner, body, photo_ids)
    return {"results": apply_to_each(request, container, action, photo_ids)}


def _read_action(container: Container, owner: str, body: dict[str, Any], photo_ids: tuple[str, ...]) -> Action:
    action = body.get("action")
    if not isinstance(action, str) or action not in ACTIONS:
        raise Invalid(f"action must be one of {', '.join(ACTIONS)}.", field="action")
    _check_fields(action, body)
    editor = container.editor
    edit = partial(editor.edit, owner)
    match action:
        case "trash":
            return partial(editor.trash, owner)
        case "restore":
            return partial(editor.restore, owner)
        case "delete_permanently":
            return partial(editor.erase_later, owner)
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
        case "add_to_album" | "remove_from_album":
            return _read_album_action(container.albums, owner, action, validation.album_id(body["album_id"]))
        case "approve" | "decline":
            return partial(editor.apply, owner, transition=approve if action == "approve" else decline)
        case "favorite" | "unfavorite":
            is_favorite = action == "favorite"
            return lambda photo_id: edit(photo_id, Edit(favorite=is_favorite))
        case "set_time" | "set_offset" | "rate" | "set_caption" | "set_place" | "set_coordinates":
            corrections = read_corrections(body, container.find_place)
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


def _read_album_action(albums: AlbumService, owner: str, action: str, album_id: str) -> Action:
    """Add to an album, which must be there and be one that the caller can add to; or take out of it."""
    if action == "add_to_album":
        albums.get_for_adding(album_id, owner)
        return partial(albums.add_photo, owner, album_id)
    return partial(albums.remove_photo, owner, album_id)


def _read_shift(value: Any) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_SHIFT_SECONDS:
        raise Invalid(f"seconds must be a whole number, at most {MAX_SHIFT_SECONDS:,} either way.", field="seconds")
    return timedelta(seconds=value)
