import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.ExifTags import IFD, Base

from chalicelib.images import exif
from chalicelib.util.capture_time import parse_capture_time
from tests.support.images import samples


def read(**facts: object) -> exif.ExifData:
    return exif.read(samples.exif(**facts).tobytes())  # type: ignore[arg-type]


def test_missing_exif_gives_defaults() -> None:
    for nothing in (None, b"", "text", b"Exif\0\0", b"Exif\0\0II*\0"):
        assert exif.read(nothing) == exif.ExifData(orientation=1, capture_time=None, camera=None)


def test_date_is_the_clock_of_the_camera_with_its_offset() -> None:
    seen = read(taken="2024:12:31 23:30:00", offset="-05:00").capture_time
    assert seen == parse_capture_time("2024-12-31T23:30:00-05:00")


@pytest.mark.parametrize(
    ("digits", "microseconds"),
    [("45", 450_000), ("5", 500_000), ("05 ", 50_000), ("123456789", 123_456), ("", 0), ("-1", 0)],
)
def test_fraction_of_a_second_follows_the_decimal_point(digits: str, microseconds: int) -> None:
    block = samples.exif(taken="2024:12:31 23:30:00")
    block.get_ifd(IFD.Exif)[Base.SubsecTimeOriginal] = digits
    seen = exif.read(block.tobytes()).capture_time
    assert seen is not None
    assert seen.local.microsecond == microseconds


@pytest.mark.parametrize("offset", [None, "", "   :  ", "local", "+99:00"])
def test_date_without_usable_offset_is_the_clock_alone(offset: str | None) -> None:
    assert read(taken="2008:05:30 15:56:01", offset=offset).capture_time == parse_capture_time("2008-05-30T15:56:01")


@pytest.mark.parametrize(
    "taken",
    ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:13:40 25:61:61", "2024:02:30 10:00:00", "yesterday", "",
     "0001:01:01 00:00:00", "9999:12:31 23:59:59", "1825:01:01 00:00:00"],
)  # fmt: skip
def test_impossible_date_is_none(taken: str) -> None:
    assert read(taken=taken, offset="+01:00").capture_time is None


@pytest.mark.parametrize("orientation", [0, 9, 300])
def test_invalid_orientation_is_upright(orientation: int) -> None:
    assert read(orientation=orientation).orientation == 1


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 40D", "Canon EOS 40D"),
        ("NIKON CORPORATION", "NIKON D850", "NIKON D850"),
        ("Apple", "iPhone 6", "Apple iPhone 6"),
        ("Jolla", "Jolla", "Jolla"),
        ("Canon", "Canon Canon EOS R5", "Canon EOS R5"),
        ("CANON Canon", "EOS R5", "Canon EOS R5"),
        ("OLYMPUS IMAGING CORP.  ", "u1020,S1020     ", "OLYMPUS IMAGING CORP. u1020,S1020"),
        ("", "X100", "X100"),
        ("Fuji\x07\nfilm", "", "Fuji film"),
        ("", "", None),
        ("M" * 300, "x", "M" * 64),
        ("M" * 10_240, "M" * 10_240, "M" * 64),
        ("word " * 2_048, "word " * 2_048, "word"),
        ("a b " * 2_560, "x", ("a b " * 16).strip()),
    ],
)
def test_camera_is_make_and_model_without_repetition(make: str, model: str, camera: str | None) -> None:
    assert read(camera=(make, model)).camera == camera


@pytest.mark.parametrize(
    "hostile", [7, 2**31, -1, 1.5, (1, 2, 3), b"\0\xff\xfe", b"", "\x1b[2J\u202e\0hidden", "\ud800"]
)
def test_camera_of_any_type_does_no_harm(hostile: object) -> None:
    block = samples.exif(orientation=6)
    block[Base.Make], block[Base.Model] = hostile, "X100"
    camera = exif.read(block).camera
    assert camera is not None
    assert camera.endswith("X100")
    assert camera.isprintable()


def test_camera_bytes_that_are_not_text_are_read_as_far_as_possible() -> None:
    block = samples.exif(orientation=6, camera=("Canon", "EOS R5")).tobytes()
    seen = exif.read(block.replace(b"Canon\0", b"Ca\x07\x9fn\0")).camera
    assert seen == "Ca n EOS R5"


def test_broken_exif_ifd_leaves_the_main_ifd() -> None:
    block = samples.exif(orientation=6, taken="2024:01:01 10:00:00").tobytes()
    at = block.index(b"2024:01:01")
    cut = exif.read(block[:at])
    assert (cut.orientation, cut.capture_time) == (6, None)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=10))
def test_arbitrary_exif_does_no_harm(changes: list[tuple[float, int]]) -> None:
    facts = samples.exif(6, "2024:01:01 10:00:00", "+01:00", ("Canon", "Canon EOS 40D"), place=True)
    data = bytearray(facts.tobytes())
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    assert 1 <= exif.read(bytes(data)).orientation <= 8
