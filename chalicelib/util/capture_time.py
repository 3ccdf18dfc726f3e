"""The time a photo was taken: what the camera's clock showed and, if it is known, how far that is from UTC.

Days, months, order and grouping follow the camera's clock: a photo taken at 23:30 on vacation belongs to that evening,
whatever the time was elsewhere.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

# No place on Earth has been further from UTC than 15:13:42 (Alaska, 1867).
MAX_OFFSET = timedelta(hours=15, minutes=59)
FIRST_YEAR = 1826  # of the oldest photograph


@dataclass(frozen=True, slots=True)
class CaptureTime:
    """`local` is the camera's clock, without a time zone, to the microsecond; `offset` is local time minus UTC.

    Raises ValueError for an offset that is not a whole number of minutes, or over 15:59 either way, and for times whose
    moment in UTC is not in the years 1 to 9999.
    """

    local: datetime
    offset: timedelta | None = None

    def __post_init__(self) -> None:
        if self.local.tzinfo is not None:
            raise ValueError("local must have no time zone")
        if self.offset is None:
            return
        if abs(self.offset) > MAX_OFFSET or self.offset % timedelta(minutes=1):
            raise ValueError(f"no place is {self.offset} from UTC")
        try:
            _ = self.local - self.offset
        except OverflowError:
            raise ValueError("the moment in UTC is out of range") from None

    @property
    def utc(self) -> datetime | None:
        """The moment in UTC, or None if the offset is unknown."""
        return None if self.offset is None else (self.local - self.offset).replace(tzinfo=UTC)

    @property
    def presumed_utc(self) -> datetime:
        """The moment in UTC; the camera's clock itself if the offset is unknown."""
        return self.utc or self.local.replace(tzinfo=UTC)

    @property
    def offset_text(self) -> str | None:
        """The offset such as `-08:00`, or None if it is unknown."""
        return None if self.offset is None else self.local.replace(tzinfo=timezone(self.offset)).isoformat()[-6:]

    def __str__(self) -> str:
        """ISO 8601 with microseconds, and with the offset if it is known."""
        return self.local.isoformat(timespec="microseconds") + (self.offset_text or "")


def parse_capture_time(text: str) -> CaptureTime:
    """The capture time of ISO 8601 text with or without an offset; raises ValueError."""
    moment = datetime.fromisoformat(text)
    return CaptureTime(moment.replace(tzinfo=None), moment.utcoffset())
