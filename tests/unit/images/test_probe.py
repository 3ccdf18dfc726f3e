import struct
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.errors import Unreadable
from chalicelib.images import probe, webp
from tests.support.images import samples


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (257, 130)])
def test_every_header_gives_the_size(size: tuple[int, int]) -> None:
    picture = samples.quarters(size)
    for data, read in (
        (samples.encoded(picture), probe.jpeg),
        (samples.encoded(picture, progressive=True), probe.jpeg),
        (samples.encoded(picture, exif=samples.exif(6), comment=b"x" * 60_000), probe.jpeg),
        (samples.encoded(picture, "PNG"), probe.png),
        (samples.encoded(picture, "WEBP"), webp.probe),
        (samples.encoded(picture, "WEBP", lossless=False), webp.probe),
        (samples.encoded(picture, "WEBP", exif=samples.exif(6)), webp.probe),
        (samples.encoded(picture, "GIF"), probe.gif),
        (samples.encoded(picture, "GIF", comment=b"x" * 5000, transparency=0), probe.gif),
    ):
        declared = read(BytesIO(data))
        assert (declared.width, declared.height) == size


def cost(*, progressive: bool = False, subsampling: str = "4:2:0") -> float:
    data = samples.encoded(samples.quarters(), progressive=progressive, subsampling=subsampling)
    return probe.jpeg(BytesIO(data)).bytes_per_pixel


def test_progressive_jpeg_needs_more_memory() -> None:
    assert cost() == 2.4
    assert cost(progressive=True, subsampling="4:2:0") == pytest.approx(4.2)
    assert cost(progressive=True, subsampling="4:4:4") == pytest.approx(7.2)


def test_jpeg_with_one_scan_per_component_needs_more_memory() -> None:
    data = samples.encoded(samples.quarters())
    at = data.index(b"\xff\xda")
    assert data[at + 4] == 3
    one = data[: at + 2] + struct.pack(">HB2B3B", 8, 1, 1, 0, 0, 63, 0) + data[at + 14 :]
    assert probe.jpeg(BytesIO(one)).bytes_per_pixel > 4


def test_padding_and_stray_bytes_between_segments_are_skipped() -> None:
    data = samples.encoded(samples.quarters())
    padded = data[:2] + b"\0\0stray\xff\0\xff\xff\xff" + data[2:]
    assert probe.jpeg(BytesIO(padded)).width == 640
    with pytest.raises(Unreadable, match="damaged"):
        probe.jpeg(BytesIO(data[:2] + bytes(70_000) + data[2:]))


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
def test_jpeg_without_frame_is_damaged_or_incomplete(data: bytes) -> None:
    with pytest.raises(Unreadable):
        probe.jpeg(BytesIO(data))


@pytest.mark.parametrize("size", [(0, 5), (5, 0)])
def test_image_without_width_or_height_is_damaged(size: tuple[int, int]) -> None:
    with pytest.raises(Unreadable, match="damaged"):
        probe.png(BytesIO(samples.huge_png(*size)))
    with pytest.raises(Unreadable, match="damaged"):
        probe.jpeg(BytesIO(samples.huge_jpeg(*size)))


def test_scan_marker_across_two_blocks_is_counted() -> None:
    data = samples.encoded(Image.new("RGB", (16, 16)), progressive=True)
    start = data.index(b"\xff\xda") + 2  # from here it is read in blocks
    head, scan = data[:start], data[start : start + 12]
    most = (scan + b"\xff\xda" * (probe.MAX_SCANS - 1)).ljust(probe.BLOCK_BYTES - 1, b"\0")
    assert probe.jpeg(BytesIO(head + most)).width == 16
    with pytest.raises(Unreadable, match="scans"):
        probe.jpeg(BytesIO(head + most + b"\xff\xda"))


@pytest.mark.parametrize("segment", [b"\xff\xe5\0\2", b"\xff\xe5\0\4ab", b"\xff\xfe\0\2"])
def test_jpeg_with_too_many_segments_is_rejected_with_the_reason(segment: bytes) -> None:
    data = samples.encoded(samples.quarters((16, 12)))
    assert probe.jpeg(BytesIO(data[:2] + segment * 9000 + data[2:])).width == 16
    with pytest.raises(Unreadable, match=r"^This JPEG has more than 10,000 segments and cannot be processed\.$"):
        probe.jpeg(BytesIO(data[:2] + segment * 11_000 + data[2:]))


CONTROL = b"!\xf9\4%c\0\0\0\0"


def test_gif_with_transparent_pixels_costs_more_memory() -> None:
    plain, larger = gif((0, 0, 20, 10)), gif((0, 0, 30, 40))
    assert {probe.gif(BytesIO(data)).bytes_per_pixel for data in (plain, larger)} == {3.4}
    control = gif((0, 0, 20, 10), before=CONTROL % 0)
    assert probe.gif(BytesIO(control)).bytes_per_pixel == 3.4
    transparent = [gif((0, 0, 20, 10), before=CONTROL % 1), gif((0, 0, 1, 1)), gif((1, 0, 20, 10)), gif((0, 0, 30, 5))]
    assert {probe.gif(BytesIO(data)).bytes_per_pixel for data in transparent} == {4.6}


def gif(frame: tuple[int, int, int, int], *, screen: tuple[int, int] = (20, 10), before: bytes = b"") -> bytes:
    """The beginning of a GIF: its screen, extensions, and the descriptor of its first frame."""
    return b"GIF89a" + struct.pack("<HHBBB", *screen, 0, 0, 0) + before + b"," + struct.pack("<4H", *frame)


def test_gif_size_covers_screen_and_first_frame() -> None:
    for frame, size in (((0, 0, 20, 10), (20, 10)), ((5, 5, 3, 3), (20, 10)), ((15, 0, 10, 30), (25, 30))):
        declared = probe.gif(BytesIO(gif(frame)))
        assert (declared.width, declared.height) == size


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gif((0, 0, 5, 5), before=b"!\xfe" + b"\xffx" + bytes(254) + b"\0;"), "contains no image"),
        (gif((0, 0, 5, 5), before=b"!\xfe" + (b"\xff" + bytes(255)) * 10_001 + b"\0"), "damaged"),
        (gif((0, 0, 5, 5), before=b"?" * 10_001), "damaged"),
        (gif((0, 0, 5, 5))[:-1], "incomplete"),
        (b"GIF89a" + struct.pack("<HHBBB", 5, 5, 0xF7, 0, 0) + bytes(200), "incomplete"),
        (gif((0, 0, 0, 0), screen=(0, 0)), "damaged"),
    ],
)
def test_gif_without_image_is_rejected(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        probe.gif(BytesIO(data))


def chunk(name: bytes, size: int) -> bytes:
    """A PNG chunk of zeros, with an unchecked CRC."""
    return struct.pack(">I", size) + name + bytes(size + 4)


def test_file_with_too_much_metadata_is_rejected() -> None:
    png, jpeg = samples.encoded(samples.quarters((9, 9)), "PNG"), samples.encoded(samples.quarters((9, 9)))
    parts = b"\xff\xe1\xff\xff" + bytes(65_533)
    for data, read in (
        (png[:33] + chunk(b"prVt", 33 << 20) + png[33:], probe.png),
        (png[:-12] + chunk(b"tEXt", 33 << 20) + png[-12:], probe.png),
        (png[:33] + chunk(b"prVt", 0) * 99_000 + chunk(b"prVt", 20 << 20) + png[33:], probe.png),
        (jpeg[:2] + parts * 520 + jpeg[2:], probe.jpeg),
    ):
        with pytest.raises(Unreadable, match="more than 32 MB of metadata"):
            read(BytesIO(data))
    assert probe.png(BytesIO(png[:33] + chunk(b"prVt", 9 << 20) + png[33:])).width == 9
    assert probe.jpeg(BytesIO(jpeg[:2] + parts * 100 + jpeg[2:])).width == 9


def test_png_with_too_many_chunks_is_rejected() -> None:
    data = samples.encoded(samples.quarters((9, 9)), "PNG")
    with pytest.raises(Unreadable, match="more than 100,000 chunks"):
        probe.png(BytesIO(data[:33] + chunk(b"IDAT", 0) * 100_001 + data[33:]))


def test_later_frames_of_an_animation_do_not_count_as_metadata() -> None:
    data = samples.encoded(samples.quarters((9, 9)), "PNG")
    assert probe.png(BytesIO(data[:-12] + chunk(b"fdAT", 20 << 20) * 3 + data[-12:])).width == 9


def test_file_size_counts_if_the_decoder_buffers_the_file() -> None:
    data = samples.encoded(samples.quarters((9, 9)), "WEBP")
    assert webp.probe(BytesIO(data)).fixed_bytes == 2 * len(data)
