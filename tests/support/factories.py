"""Factories of records for tests."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.library.label import Label
from chalicelib.library.photo import Photo, State, Visibility
from chalicelib.util.capture_time import CaptureTime

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OWNER = "0d9f6a5e-owner"


def clock(moment: datetime) -> CaptureTime:
    """The capture time of a camera whose clock shows this moment in UTC, at an unknown offset."""
    return CaptureTime(moment.astimezone(UTC).replace(tzinfo=None))


def labels(*names: str) -> tuple[Label, ...]:
    """Labels of these names, the most confident first."""
    return tuple(Label(name, 90.0 - index) for index, name in enumerate(names))


def photo(photo_id: str = "p1", **overrides: Any) -> Photo:
    """A ready, public photo of a beach; keyword arguments override its fields."""
    defaults: dict[str, Any] = {
        "photo_id": photo_id,
        "owner": OWNER,
        "key": f"uploads/{OWNER}/{photo_id}/beach.jpg",
        "filename": "beach.jpg",
        "received_at": NOON,
        "heat": 1000,
        "state": State.READY,
        "visibility": Visibility.PUBLIC,
        "user_tags": ("beach", "sea"),
        "bytes": 1000,
        "width": 40,
        "height": 30,
        "format": "JPEG",
    }
    return Photo(**(defaults | overrides))
