from io import BytesIO

import pytest

from chalicelib.errors import Unreadable
from chalicelib.images import jxl_header
from chalicelib.images.jxl_header import ExtraChannel, Header
from tests.support.images import jxl, samples

# Fields of image metadata: not the default, then as named.
PLAIN = ((0, 1), (0, 1))
NO_EXTRA_FIELDS_8_BITS = ((0, 1), (0, 1), (0, 1), (0, 2), (1, 1))


def header(data: bytes) -> Header:
    return jxl_header.read_header(BytesIO(data))


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize(
    "size", [(1, 1), (8, 8), (256, 256), (640, 480), (300, 200), (513, 17), (1600, 900), (9000, 2)]
)
def test_size_is_read_in_every_form(size: tuple[int, int], lossless: bool) -> None:
    found = header(samples.encoded(samples.quarters(size), "JPEG XL", lossless=lossless))
    assert (found.width, found.height) == size


@pytest.mark.parametrize(("ratio", "width"), [(1, 240), (2, 288), (3, 320), (4, 360), (5, 426), (6, 300), (7, 480)])
def test_width_may_be_a_ratio_of_the_height(ratio: int, width: int) -> None:
    data = b"\xff\x0a" + jxl.bits((0, 1), *jxl.side(240), (ratio, 3), (1, 1))
    assert header(data) == Header(width, 240)


def test_default_metadata_is_one_bit() -> None:
    assert header(jxl.codestream()) == Header(300, 200)


def test_orientation_preview_and_animation_are_read() -> None:
    extra = (
        (0, 1),
        (1, 1),
        (5, 3),
        (1, 1),
        (0, 1),
        *jxl.side(20),
        (0, 3),
        *jxl.side(30),
        (1, 1),
        (1, 1),
        (0, 2),
        (1, 3),
    )
    still = (*extra, (0, 1), (0, 1), (1, 2), (1, 1), (0, 2), (1, 1), (1, 1))
    assert header(jxl.codestream(*still)) == Header(300, 200, bits=10, orientation=6)
    moving = (*extra, (1, 1), (0, 2), (0, 2), (0, 2), (0, 1), (0, 1), (0, 2), (1, 1), (0, 2), (1, 1), (1, 1))
    assert header(jxl.codestream(*moving)) == Header(300, 200, orientation=6, animated=True)


def test_extra_channels_are_read() -> None:
    alpha = ((0, 1), (0, 2), (0, 1), (0, 2), (0, 2), (1, 2), (2, 4), (0x4142, 16), (1, 1))
    black = ((0, 1), (2, 2), (2, 4), (1, 1), (0, 2), (7, 4), (0, 2), (0, 2))
    spot = ((0, 1), (2, 2), (0, 4), (0, 1), (0, 2), (0, 2), (0, 2), (0, 64))
    data = jxl.codestream(*NO_EXTRA_FIELDS_8_BITS, (2, 2), (2, 4), *alpha, *black, *spot, (1, 1), (1, 1), (1, 1))
    assert header(data).extra_channels == (
        ExtraChannel(0, premultiplied=True),
        ExtraChannel(4),
        ExtraChannel(2),
        ExtraChannel(0),
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (((1, 1),), None),
        (((0, 1), (1, 1)), None),  # a profile
        (((0, 1), (0, 1), (0, 2), (1, 2), (1, 2), (0, 1), (2, 2), (14, 4)), (1, 16)),
        (((0, 1), (0, 1), (0, 2), (1, 2), (2, 2), (9, 4), (0, 1), (2, 2), (14, 4)), (11, 16)),
        (((0, 1), (0, 1), (0, 2), (1, 2), (2, 2), (7, 4), (0, 1), (3, 2), (0, 6)), (9, 18)),
        (((0, 1), (0, 1), (1, 2), (1, 2), (0, 1), (2, 2), (14, 4)), (1, 16)),  # gray
        (((0, 1), (0, 1), (0, 2), (1, 2), (1, 2), (0, 1), (2, 2), (11, 4)), None),  # sRGB
        (((0, 1), (0, 1), (0, 2), (1, 2), (1, 2), (1, 1), (4_545_455, 24)), None),  # a gamma
    ],
    ids=["default", "profile", "PQ", "P3-PQ", "BT.2020-HLG", "gray-PQ", "sRGB", "gamma"],
)
def test_code_points_are_those_of_hdr(fields: tuple[tuple[int, int], ...], expected: tuple[int, int] | None) -> None:
    data = jxl.codestream(*NO_EXTRA_FIELDS_8_BITS, (0, 2), (1, 1), *fields)
    assert header(data).code_points == ((12, 16) if expected == (11, 16) else expected)


def test_codestream_in_parts_is_joined() -> None:
    data = jxl.codestream()
    parts = [jxl.box(b"jxlp", bytes(4) + data[:3]), jxl.box(b"Exif", bytes(8)), jxl.box(b"jxlp", bytes(4) + data[3:])]
    assert header(jxl.container(*parts)) == Header(300, 200)
    assert header(jxl.container(jxl.box(b"jxlc", data))) == Header(300, 200)


def test_wide_and_open_boxes_are_read() -> None:
    data = jxl.codestream()
    wide = b"\0\0\0\1jxlc" + (16 + len(data)).to_bytes(8) + data
    assert header(jxl.container(wide)) == header(jxl.container(b"\0\0\0\0jxlc" + data)) == Header(300, 200)


@pytest.mark.parametrize("data", [b"\xff\x0a", jxl.codestream()[:4], jxl.container(), jxl.container(b"\0\0\0\4jxlc")])
def test_header_that_is_cut_off_or_damaged_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        header(data)
