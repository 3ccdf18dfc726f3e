from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import Invalid
from chalicelib.library.corrections import (
    drop_repeated_time,
    reset_time,
    set_offset,
    set_time,
    set_time_and_offset,
    shift_time,
)
from chalicelib.library.photo import Photo
from chalicelib.library.transitions import Transition
from chalicelib.util.capture_time import CaptureTime, parse_capture_time
from tests.support.factories import NOON, clock, photo

AT_CAMERA = parse_capture_time("2026-03-14T23:30:00.450000-08:00")
DATED = photo(camera_time=AT_CAMERA)
UNDATED = photo()
OTHER = datetime.fromisoformat("2019-07-01T08:00")


@pytest.mark.parametrize(
    ("camera", "corrected", "is_same"),
    [
        ("2019-05-06T07:08:09.123456+02:00", "2019-05-06T07:08:09.123000+02:00", True),
        ("2019-05-06T07:08:09.123456+02:00", "2019-05-06T07:08:09.124000+02:00", False),
        ("2019-05-06T07:08:09.123456+02:00", "2019-05-06T07:08:09.123000", False),
        ("2019-05-06T07:08:09.123456", "2019-05-06T07:08:09.123000", True),
    ],
)
def test_correction_that_says_what_the_file_says_is_dropped(camera: str, corrected: str, *, is_same: bool) -> None:
    before = photo(camera_time=parse_capture_time(camera), corrected_time=parse_capture_time(corrected))
    assert drop_repeated_time(before) == (replace(before, corrected_time=None) if is_same else before)


def test_set_time_keeps_the_offset_and_what_the_file_says() -> None:
    corrected = set_time(DATED, OTHER)
    assert corrected.capture_time == CaptureTime(OTHER, timedelta(hours=-8))
    assert corrected.camera_time == AT_CAMERA
    assert set_time(UNDATED, OTHER).capture_time == CaptureTime(OTHER)


def test_set_offset_moves_the_moment_and_not_the_clock() -> None:
    corrected = set_offset(DATED, timedelta(hours=2))
    assert corrected.capture_time == CaptureTime(AT_CAMERA.local, timedelta(hours=2))
    assert set_offset(DATED, None).capture_time == CaptureTime(AT_CAMERA.local)


def test_time_and_offset_are_checked_together() -> None:
    newest = set_time_and_offset(UNDATED, clock(NOON + timedelta(hours=30)).local, timedelta(hours=14))
    assert newest.capture_time == CaptureTime(clock(NOON + timedelta(hours=30)).local, timedelta(hours=14))
    with pytest.raises(Invalid):
        set_time(UNDATED, clock(NOON + timedelta(hours=30)).local)


def test_shift_moves_the_clock_and_is_undone_by_its_opposite() -> None:
    shifted = shift_time(DATED, timedelta(hours=-25, seconds=1))
    assert str(shifted.capture_time) == "2026-03-13T22:30:01.450000-08:00"
    assert shift_time(shifted, timedelta(hours=25, seconds=-1)) == DATED


def test_corrections_add_up_and_are_reset_at_once() -> None:
    corrected = set_offset(shift_time(set_time(DATED, OTHER), timedelta(days=1)), None)
    assert str(corrected.capture_time) == "2019-07-02T08:00:00.000000"
    assert reset_time(corrected) == DATED
    assert reset_time(set_time(UNDATED, OTHER)) == UNDATED


@pytest.mark.parametrize("correct", [lambda p: set_offset(p, None), lambda p: shift_time(p, timedelta(hours=1))])
def test_photo_without_a_time_must_get_one_first(correct: Transition) -> None:
    with pytest.raises(Invalid, match="not known"):
        correct(UNDATED)


@pytest.mark.parametrize(
    "local", ["0001-01-01T00:00", "1825-12-31T23:59:59", "9999-12-31T23:59:59", "2026-11-21T12:01"]
)
@pytest.mark.parametrize("dated", [DATED, UNDATED], ids=["dated", "undated"])
def test_times_before_photography_and_after_the_upload_are_invalid(local: str, dated: Photo) -> None:
    with pytest.raises(Invalid) as error:
        set_time(dated, datetime.fromisoformat(local))
    assert error.value.field == "taken_local"


@pytest.mark.parametrize("by", [timedelta(days=400 * 366), timedelta(days=-4_000_000), timedelta(days=4_000_000)])
def test_shift_out_of_range_is_invalid(by: timedelta) -> None:
    with pytest.raises(Invalid):
        shift_time(DATED, by)


def test_offset_can_move_a_time_of_the_first_and_last_day() -> None:
    newest = replace(UNDATED, camera_time=clock(NOON + timedelta(days=1)))
    with pytest.raises(Invalid):
        set_offset(newest, timedelta(hours=-1))
    assert set_offset(newest, timedelta(hours=1)).capture_time
