"""The deployment itself: health."""

from typing import Any

from chalicelib.container import Container
from chalicelib.http.requests import ApiRequest
from chalicelib.routes import serializers


def get_health(request: ApiRequest, container: Container) -> dict[str, Any]:
    """`GET /health`: 200 if all required tables and buckets respond, else 503; `labels` is the state of the labeler."""
    request.allow_params()
    container.check_health()
    return {
        "status": "ok",
        "stage": container.settings.stage,
        "labels": serializers.labeler_health(container.outages.load()),
    }
