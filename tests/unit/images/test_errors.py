import warnings
from contextlib import suppress
from functools import cache, partial
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib import images
from chalicelib.errors import Unreadable
from tests.support.images import samples
from tests.unit.images.support import ALL, opened, reason, render


@cache
def noise(form: str) -> bytes:
    """An image that fills many blocks of a file."""
    return samples.encoded(Image.effect_noise((400, 300), 80).convert("RGB"), form)


def test_empty_file_is_rejected() -> None:
    assert reason(b"") == "This file is empty."


def test_text_file_is_rejected_as_text() -> None:
    assert reason(samples.TEXT) == (
        "This is a text file, not an image; "
        "only AVIF, GIF, HEIC, JPEG, JPEG XL, PNG, RAW, TIFF and WebP can be processed."
    )


def test_svg_is_rejected_because_of_scripts() -> None:
    assert "SVG files are not supported because they can contain scripts" in reason(samples.SVG)


def test_decompression_bomb_is_rejected_by_its_declared_size() -> None:
    assert len(samples.huge_png()) < 10_000
    assert reason(samples.huge_png()) == (
        "This image is 50,000 x 50,000 pixels; at most 70 megapixels of this format can be processed."
    )
    assert "65,535 x 65,535 pixels; at most 156 megapixels" in reason(samples.huge_jpeg(65_535, 65_535))
    assert "8,000 x 8,000 pixels; at most 52 mega" in reason(
        samples.huge_jpeg(8000, 8000, progressive=True, subsampling="4:4:4")
    )
    assert "16,000 x 16,000 pixels; at most 24 megapixels" in reason(samples.huge_webp(16_000, 16_000))
    assert "at most 65,535 per side" in reason(samples.huge_png(70_000, 10))
    assert "at most 16,383 per side" in reason(samples.huge_webp(17_000, 10))


@pytest.mark.parametrize("form", ["AVIF", "HEIC"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated_image_is_rejected_if_its_decoder_shows_no_part(form: str, share: float) -> None:
    assert reason(samples.truncated(noise(form), share)) in {
        "The file is incomplete: it ends before the image does.",
        "The image data is damaged and cannot be read.",
    }


def test_jpeg_with_too_many_scans_is_rejected() -> None:
    data = samples.encoded(samples.quarters((64, 64)), progressive=True)
    last = data.rindex(b"\xff\xda")
    assert "more than 200 scans" in reason(data[:last] + data[last:-2] * 300 + data[-2:])


with_metadata = cache(partial(samples.with_metadata, size=(64, 48)))


@settings(max_examples=350, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(ALL),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_mutated_bytes_give_an_image_or_a_reason(form: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(with_metadata(form))
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    with suppress(Unreadable):
        assert opened(render(bytes(data)).thumbnail).size == (150, 150)


def test_file_too_large_for_its_pixels_is_rejected() -> None:
    data = samples.encoded(samples.quarters((64, 48)), "WEBP")
    with pytest.raises(Unreadable, match="64 x 48 pixels in 0 MB; a file this large cannot be processed"):
        images.render(BytesIO(data), len(data), max_memory=int(64 * 48 * 15.6) + len(data))


def test_only_allowed_formats_are_opened() -> None:
    data = samples.encoded(samples.quarters(), "PNG")
    with pytest.raises(Unreadable, match="PNG images are not supported; only JPEG can be processed"):
        images.render(BytesIO(data), len(data), allowed=frozenset({"JPEG"}))


def test_broken_mpo_index_still_gives_the_first_image() -> None:
    data = samples.multi_picture()
    at = data.index(b"MPF\0")
    assert render(data[: at + 4] + b"\xff" * 40 + data[at + 44 :]).width == 640


# Whose fault it is


class Failing(BytesIO):
    """A file whose disk fails from a certain position on."""

    def __init__(self, data: bytes, good: int) -> None:
        super().__init__(data)
        self.good = good

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or self.tell() + size > self.good:
            raise OSError("the disk is gone")
        return super().read(size)


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("share", [0, 0.5])
def test_disk_error_is_not_reported_as_image_error(form: str, share: float) -> None:
    data = noise(form)
    with pytest.raises(OSError, match="the disk is gone"):
        images.render(Failing(data, int(len(data) * share)), len(data))


@pytest.mark.parametrize("form", ALL)
def test_download_that_broke_off_is_not_an_incomplete_image(form: str) -> None:
    data = samples.encoded(samples.quarters((64, 48)), form)
    with pytest.raises(OSError, match="The file has "):
        images.render(BytesIO(data[:-2]), len(data))


@pytest.mark.parametrize("place", [2**62, 2**63 - 1, 2**64 - 1])
def test_impossible_offset_is_an_image_error(tmp_path: Path, place: int) -> None:
    path = tmp_path / "large.tif"
    path.write_bytes(b"II+\0\x08\0\0\0" + place.to_bytes(8, "little") + bytes(99))
    with path.open("rb") as file, pytest.raises(Unreadable, match=r"damaged|incomplete"):
        images.render(file, 115)


def test_pillow_emits_no_warnings() -> None:
    data = samples.with_metadata()
    at = data.index(b"Exif\0\0") + 14
    broken = data[:at] + b"\xff\xff" + data[at + 2 :]  # 65,535 entries that are not there
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert render(broken).width == 640
    assert not caught
