from datetime import datetime, timedelta

import pytest

from chalicelib.images.metadata.dates import Meaning, combine, parse_date, parse_offset, parse_rfc_date
from chalicelib.util.capture_time import CaptureTime, parse_capture_time


def local(text: str) -> datetime:
    return parse_capture_time(text).local


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+02:00", 120), ("-0330", -210), ("+9", 540), (" Z ", 0), ("UTC", 0), ("-00:00", 0), ("+15:59", 959),
     ("+16:00", None), ("+26:00", None), ("-99:99", None), ("", None), ("   :  ", None), ("local", None),
     ("02:00", None), ("+02:00:30", None)],
)  # fmt: skip
def test_offset_is_of_a_place_or_none(text: str, minutes: int | None) -> None:
    assert parse_offset(text) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "taken"),
    [("20140901", "2014-09-01"), ("20140901 100000-0500", "2014-09-01T10:00:00-05:00"), ("2014", "2014-01-01"),
     ("20140901T1000Z", "2014-09-01T10:00:00+00:00"), ("2014-09", "2014-09-01"), ("2014-09-01T24:00", "2014-09-02"),
     ("2014:09:01 10:00:00+26:00", "2014-09-01T10:00:00"), ("201", None), ("2014:0:1", None), ("-2014:09:01", None),
     ("2014:09:01 10:60:00", None), ("9" * 10_000, None)],
)  # fmt: skip
def test_date_of_any_spelling(text: str, taken: str | None) -> None:
    assert parse_date(text) == (taken and parse_capture_time(taken))


@pytest.mark.parametrize(
    ("text", "taken"),
    [("Mon, 1 Sep 2014 09:00:00 GMT", "2014-09-01T09:00:00+00:00"), ("2014-09-01T09:00:00", "2014-09-01T09:00:00"),
     ("Mon, 1 Sep 99999 09:00:00 +0200", None), ("Mon, 41 Sep 2014 09:00:00 +0200", None), ("\0", None)],
)  # fmt: skip
def test_date_as_in_mail(text: str, taken: str | None) -> None:
    assert parse_rfc_date(text) == (taken and parse_capture_time(taken))


def test_modification_counts_only_beside_a_position_of_that_time() -> None:
    modified = Meaning.MODIFIED, parse_capture_time("2014-09-01T09:00:00")
    assert combine([modified], None) == modified[1]
    assert combine([modified], local("2014-09-01T07:00:00")) == parse_capture_time("2014-09-01T09:00:00+02:00")
    assert combine([modified], local("2014-08-01T07:00:00")) == parse_capture_time("2014-08-01T07:00:00+00:00")


def test_other_clock_tells_no_offset() -> None:
    times = [(Meaning.ORIGINAL, CaptureTime(local("2014-09-01T09:00:00")))]
    later = (Meaning.DIGITIZED, parse_capture_time("2014-09-01T09:01:00+02:00"))
    assert combine([*times, later], None) == times[0][1]
