"""Windows of time: a signed URL stays the same throughout one, so that browsers keep what lies behind it."""

from datetime import UTC, datetime, timedelta

URL_WINDOW = timedelta(hours=1)


def window_start(now: datetime, window: timedelta = URL_WINDOW) -> datetime:
    """When the window of this moment opened, in UTC."""
    seconds = window.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
