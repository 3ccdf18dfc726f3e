"""Images that end early or are damaged, in every format that can be decoded in part."""

import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import images
from chalicelib.errors import Unreadable
from tests.support.images import samples
from tests.unit.images.support import close, opened, reason, render

SIZE = (320, 240)
KINDS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("JPEG", "RGB", {}),
    ("JPEG", "RGB", {"subsampling": "4:4:4", "restart_marker_rows": 1}),
    ("JPEG", "L", {}),
    ("PNG", "RGB", {}),
    ("PNG", "L", {}),
    ("PNG", "P", {}),
    ("GIF", "P", {"interlace": 0}),
    ("GIF", "L", {"interlace": 0}),
    ("TIFF", "RGB", {}),
)


def noisy(mode: str) -> Image.Image:
    """The quarters under noise that no encoder can compress away; in a palette, 60 colors."""
    noise = Image.effect_noise(SIZE, 20).convert("RGB")
    picture = Image.blend(samples.quarters(SIZE), noise, 0.2)
    return picture.quantize(60) if mode == "P" else picture.convert(mode)


@pytest.mark.parametrize(("form", "mode", "options"), KINDS)
def test_upper_part_is_displayed_and_the_rest_is_gray(form: str, mode: str, options: dict[str, object]) -> None:
    picture = noisy(mode)
    data = samples.encoded(picture, form, **options)
    whole, part = render(data), render(data[: int(len(data) * 0.6)])
    assert (whole.incomplete, part.incomplete) == (False, True)
    assert (part.width, part.height) == SIZE
    seen = opened(part.preview)
    for x in (20, 300):
        assert close(samples.color_at(seen, x, 20), samples.color_at(opened(whole.preview), x, 20), 20)
        assert close(samples.color_at(seen, x, 235), (128, 128, 128), 8)


@pytest.mark.parametrize("cut", [1, 2, 3, 11])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize(("size", "halved"), [(SIZE, False), ((640, 320), True)], indirect=["halved"])
def test_file_without_its_last_bytes_looks_as_if_it_had_them(
    form: str, cut: int, size: tuple[int, int], halved: bool
) -> None:
    data = samples.encoded(samples.quarters(size), form)
    made = render(data[:-cut])
    assert made.incomplete == (form != "PNG")  # whose last chunk has no pixels
    for seen, wanted in zip(samples.corners(opened(made.preview)), samples.CORNERS, strict=True):
        assert close(seen, wanted, 25)


ONE_COLOR = {"black": (0, 0, 0), "white": (255, 255, 255), "gray": (128, 128, 128), "dark gray": (127, 127, 127)}


@pytest.mark.parametrize("color", ONE_COLOR.values(), ids=ONE_COLOR)
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_image_of_one_color_without_its_last_bytes_is_displayed(form: str, color: tuple[int, int, int]) -> None:
    made = render(samples.encoded(Image.new("RGB", SIZE, color), form)[:-2])
    assert all(close(seen, color, 2) for seen in samples.corners(opened(made.preview)))


@pytest.mark.parametrize("options", [{}, {"idat_chunks": True}], ids=["one chunk", "chunks"])
def test_png_is_incomplete_only_if_it_lacks_pixels(options: dict[str, bool]) -> None:
    data = samples.encoded(noisy("RGB"), "PNG")
    if options:
        data = in_chunks(data, 10_000)
    for cut in range(1, 16):  # IEND, and a part of the checksum before it
        assert not render(data[:-cut]).incomplete
    for cut in (40, 100, 15_000, 20_000 + len(data) % 10_000):
        assert render(data[:-cut]).incomplete


def in_chunks(data: bytes, size: int) -> bytes:
    """A PNG with its pixels in chunks of this size."""
    at = data.index(b"IDAT") - 4
    end = at + 8 + int.from_bytes(data[at : at + 4])
    parts = [b"IDAT" + data[start : min(start + size, end)] for start in range(at + 8, end, size)]
    chunks = ((len(part) - 4).to_bytes(4) + part + zlib.crc32(part).to_bytes(4) for part in parts)
    return data[:at] + b"".join(chunks) + data[end + 4 :]


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_animation_that_ends_after_its_first_frame_is_complete(form: str) -> None:
    frames = [noisy("RGB"), noisy("RGB").rotate(180), noisy("RGB")]
    data = samples.encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    for share in (0.6, 0.8, 0.99):
        assert not render(data[: int(len(data) * share)]).incomplete


@pytest.mark.parametrize("share", [0.35, 0.6, 0.9])
def test_progressive_jpeg_shows_the_scans_that_are_there(share: float) -> None:
    data = samples.encoded(noisy("RGB"), progressive=True)
    made = render(data[: int(len(data) * share)])
    assert made.incomplete
    for seen, wanted in zip(samples.corners(opened(made.preview)), samples.CORNERS, strict=True):
        assert close(seen, wanted, 60)


def test_progressive_jpeg_that_ends_between_its_scans_shows_those_before() -> None:
    data = samples.encoded(noisy("RGB"), progressive=True)
    starts = [at for at in range(len(data)) if data[at : at + 2] in {b"\xff\xda", b"\xff\xc4"} and at > len(data) // 3]
    for start in starts:
        for cut in (start + 1, start + 2, start + 3, start + 9):
            assert render(data[:cut]).incomplete


@pytest.mark.parametrize(("form", "mode", "options"), KINDS)
def test_file_without_any_pixel_is_rejected(form: str, mode: str, options: dict[str, object]) -> None:
    data = samples.encoded(Image.new(mode, SIZE, 200), form, **options)
    pixels = {"JPEG": data.rfind(b"\xff\xda") + 8, "PNG": data.find(b"IDAT") + 4, "TIFF": 140}.get(
        form, data.find(b",", 13 + 768) + 10
    )
    if form == "TIFF":
        data = data[:140]
    assert reason(data[:pixels]) == "The file is incomplete: it ends before the image does."


def test_damaged_png_is_displayed_up_to_the_damage() -> None:
    data = bytearray(samples.encoded(noisy("RGB"), "PNG"))
    at = len(data) * 2 // 3
    data[at : at + 40] = bytes(40)
    made = render(bytes(data))
    assert made.incomplete
    assert not close(samples.color_at(opened(made.preview), 20, 20), (128, 128, 128), 20)


def test_jpeg_with_data_after_its_end_is_complete() -> None:
    data = samples.encoded(noisy("RGB"))
    for after in (bytes(100), b"\xff", b"trailer" * 20_000, data[:2000]):
        assert not render(data + after).incomplete
    assert not render(samples.multi_picture()).incomplete


def test_missing_part_of_an_image_with_alpha_is_transparent() -> None:
    picture = noisy("RGB")
    picture.putalpha(255)
    data = samples.encoded(picture, "PNG")
    image = opened(render(data[: len(data) // 2]).preview)
    assert [image.getpixel((160, y))[3] for y in (10, 235)] == [255, 0]  # type: ignore[index]


@pytest.mark.parametrize("form", ["GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_file_cut_anywhere_gives_an_image_or_a_reason(form: str) -> None:
    data = samples.with_metadata(form, (16, 12)) if form != "GIF" else samples.encoded(samples.quarters((16, 12)), form)
    for end in range(1, len(data), 1 + len(data) // 150):
        with suppress(Unreadable):
            images.render(BytesIO(data[:end]), end)
