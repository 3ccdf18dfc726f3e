"""Corrections of the time a photo was taken.

They are stored beside what the file says, so that reading the file again loses nothing and the user can go back to it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.errors import Invalid
from chalicelib.library.photo import Photo
from chalicelib.util.capture_time import FIRST_YEAR, CaptureTime

# A camera's clock may have no time zone, and local times are up to a day ahead of UTC.
MAX_CLOCK_OFFSET = timedelta(days=1)


def is_plausible(time: CaptureTime, received_at: datetime) -> bool:
    """Whether a photo can have been taken then: photos of the future would stay first in every list."""
    return time.local.year >= FIRST_YEAR and time.presumed_utc <= received_at + MAX_CLOCK_OFFSET


def set_time(photo: Photo, local: datetime) -> Photo:
    """The photo with this time on the camera's clock, its offset unchanged; raises Invalid."""
    known = photo.capture_time
    return _correct(photo, local, known.offset if known else None)


def set_time_and_offset(photo: Photo, local: datetime, offset: timedelta | None) -> Photo:
    """The photo with this time on the camera's clock, this far from UTC; raises Invalid."""
    return _correct(photo, local, offset)


def set_offset(photo: Photo, offset: timedelta | None) -> Photo:
    """The photo with its clock this far from UTC, or at an unknown offset; raises Invalid without a time."""
    return _correct(photo, _known_time(photo).local, offset)


def shift_time(photo: Photo, by: timedelta) -> Photo:
    """The photo with its clock put forward, or back if negative; raises Invalid without a time."""
    known = _known_time(photo)
    try:
        return _correct(photo, known.local + by, known.offset)
    except OverflowError:
        raise Invalid("This shift leaves the calendar.", field="seconds") from None


def reset_time(photo: Photo) -> Photo:
    """The photo with the time that its file says."""
    return replace(photo, corrected_time=None)


def drop_repeated_time(photo: Photo) -> Photo:
    """The photo without a correction that says what the file says, to the millisecond, as the API has it."""
    known, corrected = photo.camera_time, photo.corrected_time
    is_same = known and corrected and _to_milliseconds(known) == _to_milliseconds(corrected)
    return replace(photo, corrected_time=None) if is_same else photo


def _to_milliseconds(time: CaptureTime) -> CaptureTime:
    return replace(time, local=time.local.replace(microsecond=time.local.microsecond // 1000 * 1000))


def _known_time(photo: Photo) -> CaptureTime:
    if photo.capture_time is None:
        raise Invalid("The time this photo was taken is not known; set it first.", field="taken_local")
    return photo.capture_time


def _correct(photo: Photo, local: datetime, offset: timedelta | None) -> Photo:
    error = Invalid(f"A photo can be taken from the year {FIRST_YEAR} to the day it is added.", field="taken_local")
    try:
        time = CaptureTime(local, offset)
    except ValueError:  # the moment in UTC is not in the calendar
        raise error from None
    if not is_plausible(time, photo.received_at):
        raise error
    return replace(photo, corrected_time=None if time == photo.camera_time else time)
