import struct
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import images
from chalicelib.errors import Unreadable
from chalicelib.images import webp_rows
from tests.support.images import samples
from tests.unit.images.support import close, corners, opened, reason, render

SIZE = (64, 48)
INCOMPLETE = "The file is incomplete: it ends before the image does."
type Chunks = list[tuple[bytes, bytes]]


def chunk(name: bytes, body: bytes, declared: int | None = None) -> bytes:
    return name + struct.pack("<I", len(body) if declared is None else declared) + body + bytes(len(body) % 2)


def riff(*parts: bytes, declared: int | None = None) -> bytes:
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) if declared is None else declared) + body


def bitstream(size: tuple[int, int] = SIZE, **options: object) -> bytes:
    """The chunk of a simple WebP of the quarters."""
    return samples.encoded(samples.quarters(size), "WEBP", **options)[12:]


def extended(flags: int, size: tuple[int, int] = SIZE) -> bytes:
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + b"".join((side - 1).to_bytes(3, "little") for side in size))


def animated(flags: int, frame: tuple[int, int], at: tuple[int, int], image: bytes) -> bytes:
    """An animation of one frame on a canvas of SIZE, with a red background."""
    numbers = [side // 2 for side in at] + [side - 1 for side in frame] + [100]
    head = b"".join(number.to_bytes(3, "little") for number in numbers) + b"\0"
    return riff(extended(flags), chunk(b"ANIM", b"\0\0\xff\xff\0\0"), chunk(b"ANMF", head + image))


def noisy(mode: str) -> Image.Image:
    picture = Image.blend(samples.quarters((320, 240)), Image.effect_noise((320, 240), 20).convert("RGB"), 0.2)
    return picture.convert(mode)


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("moving", [True, False])
def test_rows_before_the_end_are_displayed_and_the_rest_is_gray(lossless: bool, moving: bool) -> None:
    options = {"save_all": True, "append_images": [noisy("RGB").rotate(180)]} if moving else {}
    data = samples.encoded(noisy("RGB"), "WEBP", lossless=lossless, **options)
    whole, part = render(data), render(data[: len(data) * 6 // 10 // (2 if moving else 1)])
    assert (whole.incomplete, part.incomplete) == (False, True)
    before, after = opened(whole.preview), opened(part.preview)
    for x in (20, 300):
        assert close(samples.color_at(after, x, 20), samples.color_at(before, x, 20), 20)
        assert close(samples.color_at(after, x, 235), (128, 128, 128), 8)


@pytest.mark.parametrize("lossless", [True, False])
def test_missing_rows_of_an_image_with_alpha_are_transparent(lossless: bool) -> None:
    picture = noisy("RGB")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size).point(lambda value: value // 2 + 128))
    data = samples.encoded(picture, "WEBP", lossless=lossless)
    for cut in (20, 21, len(data) // 5):
        image = opened(render(data[:-cut]).preview)
        assert image.getpixel((160, 20))[3] > 100  # type: ignore[index]
        assert image.getpixel((160, 238))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("lossless", [True, False])
def test_damage_within_the_pixels_costs_the_rows_after_it(lossless: bool) -> None:
    data = samples.encoded(noisy("RGB"), "WEBP", lossless=lossless)
    partial = data[: len(data) // 2]
    size = len(partial) - 20  # as if the file were complete
    made = render(partial[:4] + struct.pack("<I", size + 12) + partial[8:16] + struct.pack("<I", size) + partial[20:])
    assert made.incomplete
    assert not close(samples.color_at(opened(made.preview), 20, 20), (128, 128, 128), 20)


def test_file_without_a_row_is_rejected() -> None:
    data = samples.encoded(noisy("RGB"), "WEBP", lossless=False)
    for end in (12, 16, 25, 31, 200):
        assert reason(data[:end]) == INCOMPLETE


def test_rows_are_not_decoded_without_the_functions_of_libwebp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webp_rows, "_library", lambda: None)
    data = samples.encoded(noisy("RGB"), "WEBP")
    assert reason(data[: len(data) // 2]) == INCOMPLETE


EXIF = chunk(b"EXIF", samples.exif(1).tobytes())
VARIANTS = {
    "size of the file too small": riff(bitstream(), declared=20),
    "size of the file too large": riff(bitstream(), declared=1 << 20),
    "size of the file zero": riff(bitstream(), declared=0),
    "data after the end": riff(bitstream()) + b"data" * 30,
    "chunk after the end too large": riff(extended(8), bitstream(), chunk(b"EXIF", b"x" * 9, 5000)),
    "chunk before the picture too large": riff(extended(8), chunk(b"EXIF", b"x" * 30, 50_000), bitstream()),
    "chunk before the picture too small": riff(extended(8), chunk(b"EXIF", b"\0" * 30, 8), bitstream()),
    "unknown chunk of odd size without padding": riff(extended(0), chunk(b"what", b"x" * 9)[:-1], bitstream()),
    "unknown chunk before the picture": riff(extended(0), chunk(b"what", b"x" * 9), bitstream()),
    "unreadable EXIF": riff(extended(8), bitstream(), chunk(b"EXIF", b"\xff" * 40)),
    "EXIF before the picture": riff(extended(8), EXIF, bitstream()),
    "unreadable XMP": riff(extended(4), bitstream(), chunk(b"XMP ", b"\xff<" * 40)),
    "unreadable profile": riff(extended(32), chunk(b"ICCP", b"profile"), bitstream()),
    "empty profile": riff(extended(32), chunk(b"ICCP", b""), bitstream()),
    "profile after the picture": riff(extended(32), bitstream(), chunk(b"ICCP", b"profile")),
    "flags of chunks that are missing": riff(extended(0x2C), bitstream()),
    "flag of an animation that is none": riff(extended(2), bitstream()),
    "all flags": riff(extended(0xFF), bitstream()),
    "animation without its flag": animated(0, SIZE, (0, 0), bitstream()),
    "simple picture with metadata": riff(bitstream(), EXIF),
    "second picture": riff(bitstream(), bitstream((8, 8))),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_damage_outside_the_picture_costs_no_pixel(name: str) -> None:
    made = render(VARIANTS[name])
    assert not made.incomplete
    assert (made.width, made.height) == SIZE
    for seen, wanted in zip(corners(VARIANTS[name]), samples.CORNERS, strict=True):
        assert close(seen, wanted)


@pytest.mark.parametrize("flags", [0x02, 0x12, 0x00])
def test_canvas_around_a_smaller_frame_is_transparent(flags: int) -> None:
    image = opened(render(animated(flags, (20, 20), (10, 12), bitstream((20, 20)))).preview)
    alpha = [image.getpixel(place)[3] for place in ((1, 1), (9, 20), (11, 13), (28, 30), (40, 40))]  # type: ignore[index]
    assert alpha == [0, 0, 255, 255, 0]


def test_rows_of_a_smaller_frame_are_displayed_at_its_position() -> None:
    lossy = samples.encoded(noisy("RGB").crop((0, 0, 48, 48)), "WEBP", quality=100, lossless=False)[12:]
    data = animated(2, (48, 48), (10, 0), lossy)
    made = render(data[: len(data) * 8 // 10])
    image = opened(made.preview)
    assert made.incomplete
    assert [image.getpixel(place)[3] for place in ((2, 2), (20, 2), (20, 46))] == [0, 255, 0]  # type: ignore[index]


@pytest.mark.parametrize("lossless", [True, False])
def test_file_cut_at_every_length_gives_an_image_or_a_reason(lossless: bool) -> None:
    picture = samples.quarters((24, 20))
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    data = samples.encoded(picture, "WEBP", lossless=lossless, exif=samples.exif(6))
    for end in range(1, len(data)):
        with suppress(Unreadable):
            images.render(BytesIO(data[:end]), end)
