import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from chalicelib.images import png
from tests.support.images import samples
from tests.unit.images.support import close, opened, reason, render

SIZE = (64, 48)
BROKEN_CRC = b"\0\1\2\3"


def chunk(name: bytes, body: bytes, crc: bytes | None = None) -> bytes:
    """A chunk, with a right CRC unless another is given."""
    return struct.pack(">I", len(body)) + name + body + (crc or struct.pack(">I", zlib.crc32(name + body)))


def keyed(depth: int, colors: int, pixels: tuple[int, ...], key: bytes, palette: bytes = b"") -> bytes:
    """A PNG of one row; `pixels` are its samples."""
    bits = "".join(f"{value:0{depth}b}" for value in pixels)
    row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
    head = struct.pack(">IIBBBBB", len(pixels) // (3 if colors == 2 else 1), 1, depth, colors, 0, 0, 0)
    body = chunk(b"IHDR", head) + (chunk(b"PLTE", palette) if palette else b"") + chunk(b"tRNS", key)
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "alpha"),
    [
        (keyed(1, 0, (0, 1), b"\0\1"), [255, 0]),
        (keyed(1, 0, (0, 1), b"\0\0"), [0, 255]),
        (keyed(2, 0, (0, 1, 2, 3), b"\0\2"), [255, 255, 0, 255]),
        (keyed(4, 0, (0, 9, 10, 15), b"\0\x09"), [255, 0, 255, 255]),
        (keyed(4, 0, (0, 9, 10, 15), b"\xff\xf9"), [255, 0, 255, 255]),
        (keyed(8, 0, (0, 9, 99, 255), b"\0\x63"), [255, 255, 0, 255]),
        (keyed(16, 0, (0, 0x1234, 0x1235, 65_535), b"\x12\x34"), [255, 0, 255, 255]),
        (keyed(8, 2, (1, 2, 3, 1, 2, 4), b"\0\1\0\2\0\3"), [0, 255]),
        (keyed(16, 2, (0x1234, 0x5678, 0x9ABC, 1, 2, 3), b"\x12\x34\x56\x78\x9a\xbc"), [0, 255]),
        (keyed(1, 3, (0, 1), b"\xff\0", bytes(range(6))), [255, 0]),
        (keyed(2, 3, (0, 1, 2, 3), b"\xff\0", bytes(range(12))), [255, 0, 255, 255]),
        (keyed(4, 3, (0, 9, 10, 15), b"\xff" * 9 + b"\0\x80", bytes(range(48))), [255, 0, 128, 255]),
        (keyed(8, 3, (0, 1, 2, 3), b"\xff\xff\0", bytes(range(12))), [255, 255, 0, 255]),
    ],
)
def test_color_key_makes_those_pixels_transparent_at_every_depth(data: bytes, alpha: list[int]) -> None:
    assert list(opened(render(data).preview).getchannel("A").tobytes()) == alpha


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"tEXt", b"Comment\0hello", BROKEN_CRC),
        chunk(b"tEXt", b"Comment\0hello", b"\xff\xff\xff\xff"),
        chunk(b"zTXt", b"Comment\0\0not deflated"),
        chunk(b"zTXt", b"Comment\0\7" + zlib.compress(b"hello")),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(5_000_000))),
        chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(bytes(5_000_000))),
        chunk(b"iTXt", b""),
        chunk(b"iCCP", b"sRGB\0\0not deflated"),
        chunk(b"iCCP", b"sRGB\0\7" + zlib.compress(samples.plain_srgb())),
        chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(samples.plain_srgb()), BROKEN_CRC),
        chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(bytes(40_000_000))),
        chunk(b"iCCP", b"sRGB"),
        chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
        chunk(b"eXIf", samples.exif(6).tobytes()[6:], BROKEN_CRC),
        chunk(b"acTL", b"\0\0"),
        chunk(b"acTL", struct.pack(">II", 9, 0), BROKEN_CRC),
        chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", bytes(25)),
        chunk(b"acTL", struct.pack(">II", 2, 0)) + chunk(b"fcTL", struct.pack(">5IHHBB", 7, 999, 9, 9, 9, 1, 1, 0, 0)),
        chunk(b"fdAT", b"\0"),
        chunk(b"gAMA", b"\0"),
        chunk(b"cHRM", bytes(31)),
        chunk(b"sRGB", b""),
        chunk(b"pHYs", b"\0\0"),
        chunk(b"tIME", b"", BROKEN_CRC),
        chunk(b"tRNS", b"\0"),
        chunk(b"prVt", bytes(99), BROKEN_CRC),
    ],
    ids=range(26),
)
def test_damage_outside_the_pixels_costs_no_pixel(extra: bytes) -> None:
    plain = samples.encoded(samples.quarters(SIZE), "PNG")
    for at in (33, len(plain) - 12):
        made = render(plain[:at] + extra + plain[at:])
        assert not made.incomplete
        assert (made.width, made.height) == SIZE
        for seen, wanted in zip(samples.corners(opened(made.preview)), samples.CORNERS, strict=True):
            assert close(seen, wanted, 25)


@pytest.mark.parametrize("at_end", [False, True])
def test_intact_metadata_is_read_wherever_it_is(at_end: bool) -> None:
    plain = samples.encoded(samples.quarters(SIZE), "PNG")
    at = len(plain) - 12 if at_end else 33
    block = samples.exif(6, taken="2024:07:14 18:30:00", camera=("Canon", "Canon EOS 40D")).tobytes()[6:]
    extra = chunk(b"tEXt", b"a\0b", BROKEN_CRC) + chunk(b"eXIf", block)
    made = render(plain[:at] + extra + plain[at:])
    assert (made.metadata.camera, made.width, made.height) == ("Canon EOS 40D", 48, 64)


def test_profile_above_the_limit_of_pillow_is_applied() -> None:
    profile = samples.display_p3().ljust(1_100_000, b"\0")
    data = samples.encoded(Image.new("RGB", SIZE, (234, 51, 35)), "PNG", icc_profile=profile)
    assert len(data) < 10_000
    assert close(samples.corners(opened(render(data).preview))[0], (255, 0, 0), 6)


def test_texts_are_read_up_to_a_limit_in_all() -> None:
    plain = samples.encoded(samples.quarters(SIZE), "PNG")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(1_000_000)))
    many = plain[:33] + text * 50 + chunk(b"tEXt", b"last\0word") + plain[33:]
    image = png.open_image(BytesIO(many))
    assert "Comment" in image.info
    assert image.incomplete is False  # type: ignore[attr-defined]


def test_still_image_of_an_animation_is_used() -> None:
    made = render(samples.animation("PNG", SIZE))
    assert close(samples.corners(opened(made.preview))[0], samples.RED, 25)


@pytest.mark.parametrize("name", [b"IHDR", b"PLTE"])
def test_damage_of_what_the_pixels_need_is_named(name: bytes) -> None:
    data = samples.encoded(samples.quarters(SIZE).quantize(8), "PNG")
    at = data.index(name)
    size = int.from_bytes(data[at - 4 : at])
    assert "damaged" in reason(data[: at + 4 + size] + BROKEN_CRC + data[at + 8 + size :])


def test_png_without_pixels_is_damaged_or_incomplete() -> None:
    data = samples.encoded(samples.quarters(SIZE), "PNG")
    at = data.index(b"IDAT") - 4
    assert "damaged" in reason(data[:at] + data[-12:])
    assert "incomplete" in reason(data[:at])
