import struct
from typing import Any

import pytest
from PIL import Image

from tests.support.images import samples
from tests.unit.images.support import close, opened, reason, render

SCREEN, FRAME = (200, 160), (60, 50)


def on_screen(frame: Image.Image, left: int, top: int, **options: Any) -> bytes:
    """A GIF whose only frame is smaller than its screen."""
    data = bytearray(samples.encoded(frame, "GIF", **options))
    data[6:10] = struct.pack("<HH", *SCREEN)
    colors = 3 << (data[10] & 7) + 1
    at = data.index(b",", 13 + colors)
    data[at + 1 : at + 5] = struct.pack("<HH", left, top)
    return bytes(data)


FULL_PALETTE = Image.frombytes("L", (16, 16), bytes(range(256))).resize(FRAME, Image.Resampling.NEAREST)


@pytest.mark.parametrize("place", [(0, 0), (20, 30), (140, 110)])
@pytest.mark.parametrize(
    ("frame", "options"),
    [
        (samples.quarters(FRAME).quantize(8), {}),
        (samples.quarters(FRAME).quantize(8), {"interlace": 0}),
        (samples.quarters(FRAME).convert("L"), {}),
        (Image.effect_noise(FRAME, 90).convert("RGB").quantize(256), {}),
        (FULL_PALETTE, {}),
        (FULL_PALETTE.convert("RGB").quantize(256), {}),
    ],
    ids=range(6),
)
def test_screen_around_a_smaller_frame_is_transparent(
    frame: Image.Image, options: dict[str, Any], place: tuple[int, int]
) -> None:
    made = render(on_screen(frame, *place, **options))
    assert (made.width, made.height) == SCREEN
    image = opened(made.preview)
    box = (*place, place[0] + FRAME[0], place[1] + FRAME[1])
    assert image.getchannel("A").getbbox() == box
    assert image.crop(box).getchannel("A").getextrema() == (255, 255)
    middle = (FRAME[0] // 4, FRAME[1] // 4)
    seen, wanted = samples.color_at(image.crop(box), *middle), samples.color_at(frame.convert("RGB"), *middle)
    assert frame.getcolors(8) is None or close(seen, wanted, 25)


@pytest.mark.parametrize("halved", [True], indirect=True)
def test_smaller_frame_of_a_large_gif_is_halved_on_a_transparent_screen(halved: bool) -> None:
    data = bytearray(on_screen(samples.quarters((400, 200)).quantize(8), 0, 0))
    data[6:10] = struct.pack("<HH", 700, 400)
    image = opened(render(bytes(data)).resized).convert("RGBA")
    assert image.size == (350, 200)
    assert image.getchannel("A").getbbox() == (0, 0, 200, 100)


def test_smaller_frame_with_a_transparent_color_keeps_it() -> None:
    frame = samples.quarters(FRAME).quantize(8, dither=Image.Dither.NONE)
    clear = frame.getpixel((0, 0))
    image = opened(render(on_screen(frame, 0, 0, transparency=clear)).preview)
    alpha = [image.getpixel(place)[3] for place in ((5, 5), (50, 5), (150, 100))]  # type: ignore[index]
    assert alpha == [0, 255, 0]


@pytest.mark.parametrize(
    "extra",
    [
        b"!\xf9\0",
        b"!\xf9\1\1\0",
        b"!\xf9\3\1\0\0\0",
        b"!\xf9\2\1\0\2\1\0\0",
        b"!\xff\0",
        b"!\xff\x0bNETSCAPE2.0\0",
        b"!\xff\x0bNETSCAPE2.0\1\1\0",
        b"!\xff\x03abc\0",
        b"!\xfe\0",
        b"!\x01\0",
        b"!\x7f\3abc\0",
        b"\0\0\0",
    ],
)
def test_malformed_extension_costs_no_pixel(extra: bytes) -> None:
    plain = samples.encoded(samples.quarters(FRAME), "GIF")
    start = 13 + (3 << (plain[10] & 7) + 1)
    made = render(plain[:start] + extra + plain[start:])
    assert not made.incomplete
    assert close(samples.corners(opened(made.preview))[0], samples.RED, 25)


def test_gif_without_frame_is_named() -> None:
    assert reason(b"GIF89a\x05\0\x05\0\0\0\0;") == "This GIF contains no image."
