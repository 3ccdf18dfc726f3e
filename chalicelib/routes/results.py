"""The results of an action on many photos: one for each, so that an error with one does not stop the others."""

from collections.abc import Callable
from typing import Any

from chalicelib.container import Container
from chalicelib.errors import TintypeError
from chalicelib.http.errors import error_body, internal_error_body
from chalicelib.http.requests import ApiRequest
from chalicelib.library.photo import Photo
from chalicelib.observability import logger
from chalicelib.routes import serializers
from chalicelib.routes.edits import may_read

MAX_BATCH = 100

type Action = Callable[[str], Photo | None]
"""Changes one photo, given its id; returns None if it is deleted."""


def apply_to_each(
    request: ApiRequest, container: Container, action: Action, photo_ids: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Apply the action to each photo; returns the results in the order of the ids."""
    return [_apply(request, container, action, photo_id) for photo_id in photo_ids]


def _apply(request: ApiRequest, container: Container, action: Action, photo_id: str) -> dict[str, Any]:
    try:
        photo = action(photo_id)
    except TintypeError as error:
        return {"photo_id": photo_id, "ok": False, **error_body(error)}
    except Exception:  # noqa: BLE001 - as in the view itself, for one photo of many
        logger().exception("Batch action failed for a photo", extra={"photo_id": photo_id})
        return {"photo_id": photo_id, "ok": False, **internal_error_body()}
    if photo is None or not may_read(request):
        return {"photo_id": photo_id, "ok": True}
    body = serializers.photo_serializer(container, request.viewer).photo(photo)
    return {"photo_id": photo_id, "ok": True, "photo": body}
