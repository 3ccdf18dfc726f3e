from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.util.capture_time import CaptureTime, parse_capture_time

EVENING = datetime.fromisoformat("2026-03-14T23:30:00.450")


def test_moment_in_utc_is_the_local_time_minus_the_offset() -> None:
    assert CaptureTime(EVENING, timedelta(hours=-8)).utc == datetime(2026, 3, 15, 7, 30, 0, 450_000, tzinfo=UTC)


def test_moment_in_utc_is_unknown_without_an_offset() -> None:
    assert CaptureTime(EVENING).utc is None
    assert CaptureTime(EVENING).presumed_utc == EVENING.replace(tzinfo=UTC)


@pytest.mark.parametrize("offset", [timedelta(hours=26), timedelta(hours=-16), timedelta(seconds=30)])
def test_offsets_of_no_place_are_refused(offset: timedelta) -> None:
    with pytest.raises(ValueError, match="from UTC"):
        CaptureTime(EVENING, offset)


@pytest.mark.parametrize(("local", "hours"), [("0001-01-01T00:00", 2), ("9999-12-31T23:00", -2)])
def test_moments_out_of_range_are_refused(local: str, hours: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        CaptureTime(datetime.fromisoformat(local), timedelta(hours=hours))


def test_local_time_has_no_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CaptureTime(EVENING.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (CaptureTime(EVENING), "2026-03-14T23:30:00.450000"),
        (CaptureTime(EVENING, timedelta(hours=-8)), "2026-03-14T23:30:00.450000-08:00"),
        (CaptureTime(EVENING, timedelta(0)), "2026-03-14T23:30:00.450000+00:00"),
        (
            CaptureTime(datetime.fromisoformat("0999-01-02"), timedelta(hours=5, minutes=45)),
            "0999-01-02T00:00:00.000000+05:45",
        ),
    ],
    ids=["unknown offset", "west", "utc", "year 999"],
)
def test_text_is_iso_8601_and_read_back(time: CaptureTime, text: str) -> None:
    assert str(time) == text
    assert parse_capture_time(text) == time
