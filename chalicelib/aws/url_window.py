"""Time windows: a signed URL stays the same throughout a window, so that browsers can cache the image."""

from datetime import UTC, datetime, timedelta

URL_WINDOW = timedelta(hours=1)


def window_start(now: datetime, window: timedelta = URL_WINDOW) -> datetime:
    """When the window that contains `now` started, in UTC."""
    seconds = window.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
