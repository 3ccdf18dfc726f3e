"""Relabeling of photos after the labeler has changed."""

from typing import Any

from chalicelib.container import Container
from chalicelib.errors import Invalid
from chalicelib.http import validation
from chalicelib.http.requests import ApiRequest
from chalicelib.http.responses import Response, json_response
from chalicelib.routes import serializers

MAX_REFRESH_TAGS = 10


def refresh_labels(request: ApiRequest, container: Container) -> Response:
    """`POST /labels/refresh`: 202 with the progress; that of the running request if it is the same."""
    owner = request.owner
    request.allow_params()
    tags = _read_tags(request.json("tags"))
    return json_response(serializers.relabeling(container.relabeling_requests.start(owner, tags)), status=202)


def get_label_refresh(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /labels/refresh`: the progress of the last one."""
    owner = request.owner
    request.allow_params()
    return serializers.relabeling(container.relabeling_requests.get(owner))


def _read_tags(body: dict[str, Any]) -> tuple[str, ...]:
    if "tags" not in body:
        return ()
    tags = validation.search_tags(body["tags"], "tags", max_tags=MAX_REFRESH_TAGS)
    if not tags:
        raise Invalid("tags must not be empty. Leave it out for your whole library.", field="tags")
    return tags
