import struct
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import headers
from chalicelib.errors import Unreadable
from tests import pictures


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (257, 130)])
def test_every_header_tells_the_size(size: tuple[int, int]) -> None:
    picture = pictures.quarters(size)
    for data, read in (
        (pictures.encoded(picture), headers.jpeg),
        (pictures.encoded(picture, progressive=True), headers.jpeg),
        (pictures.encoded(picture, exif=pictures.exif(6), comment=b"x" * 60_000), headers.jpeg),
        (pictures.encoded(picture, "PNG"), headers.png),
        (pictures.encoded(picture, "WEBP"), headers.webp),
        (pictures.encoded(picture, "WEBP", lossless=False), headers.webp),
        (pictures.encoded(picture, "WEBP", exif=pictures.exif(6)), headers.webp),
    ):
        declared = read(BytesIO(data))
        assert (declared.width, declared.height) == size


def cost(*, progressive: bool = False, subsampling: str = "4:2:0") -> float:
    data = pictures.encoded(pictures.quarters(), progressive=progressive, subsampling=subsampling)
    return headers.jpeg(BytesIO(data)).bytes_per_pixel


def test_a_jpeg_whose_coefficients_are_kept_costs_more() -> None:
    assert cost() == 2.4
    assert cost(progressive=True, subsampling="4:2:0") == pytest.approx(4.2)
    assert cost(progressive=True, subsampling="4:4:4") == pytest.approx(7.2)


def test_so_does_one_with_a_scan_for_each_colour() -> None:
    data = pictures.encoded(pictures.quarters())
    at = data.index(b"\xff\xda")
    assert data[at + 4] == 3
    one = data[: at + 2] + struct.pack(">HB2B3B", 8, 1, 1, 0, 0, 63, 0) + data[at + 14 :]
    assert headers.jpeg(BytesIO(one)).bytes_per_pixel > 4


def test_padding_and_stray_bytes_between_segments_are_passed_over() -> None:
    data = pictures.encoded(pictures.quarters())
    padded = data[:2] + b"\0\0stray\xff\0\xff\xff\xff" + data[2:]
    assert headers.jpeg(BytesIO(padded)).width == 640
    with pytest.raises(Unreadable, match="damaged"):
        headers.jpeg(BytesIO(data[:2] + bytes(70_000) + data[2:]))


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\0\x01",
        b"\xff\xd8" + b"\xff\xc0\0\x0b\x08\0\x10\0\x10\x00\0\0\0" + b"\xff\xda\0\x04\x01\0",
        b"\xff\xd8" + b"\xff\xe0\0\x02" * 10_001,
        b"\xff\xd8\xff\xda\0\x04\x01\0",
    ],
)
def test_a_jpeg_without_a_frame_is_damaged_or_incomplete(data: bytes) -> None:
    with pytest.raises(Unreadable):
        headers.jpeg(BytesIO(data))


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_a_picture_without_width_or_height_is_damaged(size: tuple[int, int]) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        headers.png(BytesIO(pictures.giant(*size)))
    with pytest.raises(Unreadable, match="damaged"):
        headers.jpeg(BytesIO(pictures.giant_jpeg(*size)))


def test_a_mark_of_a_scan_across_two_blocks_is_counted() -> None:
    data = pictures.encoded(Image.new("RGB", (16, 16)), progressive=True)
    start = data.index(b"\xff\xda") + 2  # from here it is read in blocks
    head, scan = data[:start], data[start : start + 12]
    most = (scan + b"\xff\xda" * (headers.MAX_SCANS - 1)).ljust(headers.BLOCK_BYTES - 1, b"\0")
    assert headers.jpeg(BytesIO(head + most)).width == 16
    with pytest.raises(Unreadable, match="passes"):
        headers.jpeg(BytesIO(head + most + b"\xff\xda"))
