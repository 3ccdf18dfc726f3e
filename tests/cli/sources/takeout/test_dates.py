"""A file's own date is better than Google's, if both can be the same moment."""

import io

import pytest

from tintype_cli.sources.takeout.dates import file_has_date, is_same_moment

NOON = 1_563_019_200  # 2019-07-13T12:00:00Z
HOUR = 3600


@pytest.mark.parametrize(
    ("difference", "same"),
    [
        (0, True),
        (2 * HOUR, True),
        (-9.5 * HOUR, True),
        (5.75 * HOUR, True),
        (14 * HOUR, True),
        (-12 * HOUR + 1, True),
        (14.25 * HOUR, False),
        (24 * HOUR, False),
        (7 * 60, False),
        (365 * 24 * HOUR, False),
    ],
)
def test_difference_of_a_time_zone(difference: float, same: bool) -> None:
    assert is_same_moment(NOON, NOON + int(difference)) is same


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\xff\xd8\xff..2019:07:13 14:00:00\0", True),
        (b"<exif:DateTimeOriginal>2019-07-13T14:00:00+02:00", True),
        (b"2015:01:01 00:00:00\0 2019:07:13 14:00:00\0", True),
        (b"2015:01:01 00:00:00\0", False),
        (b"0000:00:00 00:00:00\0 2019:13:41 99:99:99\0 9999:12:31 23:59:59", False),
        (b"\xff\xd8\xff" + bytes(200_000) + b"2019:07:13 14:00:00", True),
        (b"\xff\xd8\xff" + bytes(300_000) + b"2019:07:13 14:00:00", False),
        (b"....ftypheic" + bytes(300_000) + b"2019:07:13 14:00:00", True),  # HEIC may have its metadata at the end
        (b"", False),
    ],
)
def test_date_in_a_file(data: bytes, found: bool) -> None:
    assert file_has_date(io.BytesIO(data), NOON) is found


def test_date_between_two_chunks() -> None:
    date = b"2019:07:13 14:00:00"
    for before in range(64 * 1024 - len(date) - 1, 64 * 1024 + 2):
        assert file_has_date(io.BytesIO(bytes(before) + date), NOON), before
