"""The fields by which a request edits a photo."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.library.corrections import reset_time, set_offset, set_time, set_time_and_offset
from chalicelib.library.descriptions import set_caption, set_place, set_rating
from chalicelib.library.filenames import clean_filename
from chalicelib.library.photo import clean_visibility
from chalicelib.library.positions import FindPlace, set_coordinates
from chalicelib.library.transitions import Edit, Transition

EDITABLE = (
    *("tags", "label", "weight", "status", "filename", "favorite"),
    *("taken_local", "offset", "caption", "rating", "place", "coordinates"),
)


def may_read(request: ApiRequest) -> bool:
    """Whether the caller, who may edit photos, may also read them."""
    return Permission.READ in request.signed_in_caller.permissions


def read_edit(body: dict[str, Any], find_place: FindPlace | None) -> Edit:
    """The fields to change; places of new coordinates are found by `find_place`.

    null removes the label and the offset, goes back to the file's time, caption, rating, place and coordinates, and is
    invalid for every other field.
    """
    return Edit(
        tags=validation.tags(body["tags"]) if "tags" in body else None,
        label=_read_label(body["label"]) if "label" in body else None,
        weight=validation.weight(body["weight"]) if "weight" in body else None,
        visibility=clean_visibility(body["status"]) if "status" in body else None,
        filename=clean_filename(validation.filename(body)) if "filename" in body else None,
        favorite=validation.favorite(body["favorite"]) if "favorite" in body else None,
        corrections=read_corrections(body, find_place),
    )


def read_corrections(body: dict[str, Any], find_place: FindPlace | None) -> tuple[Transition, ...]:
    """The corrections of what the file says that the fields ask for; raises Invalid."""
    return (*_read_time_corrections(body), *_read_descriptions(body, find_place))


def _read_time_corrections(body: dict[str, Any]) -> tuple[Transition, ...]:
    local = validation.local_time(body["taken_local"], "taken_local") if "taken_local" in body else None
    offset = validation.utc_offset(body["offset"], "offset") if "offset" in body else None
    if local and "offset" in body:
        return (partial(set_time_and_offset, local=local, offset=offset),)
    corrections: list[Transition] = []
    if "taken_local" in body:
        corrections.append(partial(set_time, local=local) if local else reset_time)
    if "offset" in body:
        corrections.append(partial(set_offset, offset=offset))
    return tuple(corrections)


def _read_descriptions(body: dict[str, Any], find_place: FindPlace | None) -> Iterator[Transition]:
    if "caption" in body:
        yield partial(set_caption, caption=validation.caption(body["caption"]))
    if "rating" in body:
        yield partial(set_rating, rating=validation.rating(body["rating"]))
    if "coordinates" in body:
        coordinates = validation.coordinates(body["coordinates"])
        yield partial(set_coordinates, coordinates=coordinates, find_place=find_place)
    if "place" in body:  # after the coordinates, as it counts instead of theirs
        yield partial(set_place, place=validation.place(body["place"]))


def _read_label(value: Any) -> str:
    return "" if value is None else validation.label(value)
