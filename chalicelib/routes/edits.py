"""The fields by which a request edits a photo."""

from functools import partial
from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.library.corrections import reset_time, set_offset, set_time, set_time_and_offset
from chalicelib.library.filenames import clean_filename
from chalicelib.library.photo import clean_visibility
from chalicelib.library.transitions import Edit, Transition

EDITABLE = ("tags", "label", "weight", "status", "filename", "taken_local", "offset")


def may_read(request: ApiRequest) -> bool:
    """Whether the caller, who may edit photos, may also read them."""
    return Permission.READ in request.signed_in_caller.permissions


def read_edit(body: dict[str, Any]) -> Edit:
    """The fields to change; null removes label, time correction and offset, and is invalid for every other field."""
    return Edit(
        tags=validation.tags(body["tags"]) if "tags" in body else None,
        label=_read_label(body["label"]) if "label" in body else None,
        weight=validation.weight(body["weight"]) if "weight" in body else None,
        visibility=clean_visibility(body["status"]) if "status" in body else None,
        filename=clean_filename(validation.filename(body)) if "filename" in body else None,
        corrections=read_corrections(body),
    )


def read_corrections(body: dict[str, Any]) -> tuple[Transition, ...]:
    """The corrections that `taken_local` and `offset` ask for; raises Invalid."""
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


def _read_label(value: Any) -> str:
    return "" if value is None else validation.label(value)
