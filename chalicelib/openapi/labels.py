"""Finding the labels of photos again."""

from typing import Any

from chalicelib.accounts.identity import Permission
from chalicelib.openapi.operations import json_body, json_response, operation, signed_in_or_key

GROUP = "Labels"
_PROGRESS = {
    "state": "running",
    "tags": ["beach"],
    "photos": 150,
    "labeled": 40,
    "started_at": "2026-11-20T18:00:00.000Z",
    "finished_at": None,
}
PATHS: dict[str, Any] = {
    "/labels/refresh": {
        "post": operation(
            "refresh_labels",
            "Find the labels of your own photos again",
            group=GROUP,
            security=signed_in_or_key(Permission.MANAGE),
            description="For after a change of the labeler. Photos that the current labeler has labeled are left as "
            "they are. Labels that you have removed do not come back, and your own tags stay. With `tags`, only photos "
            "that have any of them. The schedule does it, some photos every few minutes. While it is running, the same "
            "request returns its progress, and any other one gets 409.",
            body=json_body("LabelRefreshRequest", {"tags": ["beach"]}),
            responses={202: json_response("It is running.", "LabelRefresh", _PROGRESS)},
            errors=["invalid_json", "conflict"],
        ),
        "get": operation(
            "get_label_refresh",
            "Get the progress of finding labels again",
            group=GROUP,
            security=signed_in_or_key(Permission.READ),
            responses={
                200: json_response("The progress of the last one, as of the last run.", "LabelRefresh", _PROGRESS)
            },
        ),
    },
}
