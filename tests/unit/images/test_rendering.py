import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib.images import geometry
from tests.support.images import camera_files, samples
from tests.unit.images.support import ALL, close, made_of, opened, render, small

# The way up


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("form", "size", "halved"),
    [("JPEG", (640, 480), False), ("JPEG", (640, 480), True), ("PNG", (320, 480), False), ("WEBP", (640, 480), False),
     ("AVIF", (640, 480), False), ("HEIC", (640, 480), False), ("HEIC", (640, 480), True), ("TIFF", (640, 480), False),
     ("TIFF", (640, 480), True)],
    indirect=["halved"],
)  # fmt: skip
def test_every_orientation_is_rotated_upright(form: str, size: tuple[int, int], halved: bool, orientation: int) -> None:
    made = render(samples.oriented(orientation, size, form))
    assert (made.width, made.height) == size
    assert opened(made.resized).size == (size[0] // 2, size[1] // 2)
    for derivative in made_of(made):
        for seen, wanted in zip(samples.corners(opened(derivative)), samples.CORNERS, strict=True):
            assert close(seen, wanted, 25), derivative.format


def test_invalid_orientation_changes_nothing() -> None:
    made = render(samples.oriented(9))
    assert close(samples.corners(opened(made.resized))[0], samples.RED)


# Sizes


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize(
    "size",
    [(1, 1), (2, 1), (1, 3), (149, 400), (400, 100), (150, 150), (151, 149), (301, 301), (1600, 1600), (1601, 3),
     (2001, 1001), (3200, 1000), (3201, 299), (3203, 301), (10_000, 10)],
)  # fmt: skip
def test_derivative_sizes_are_exact(form: str, size: tuple[int, int]) -> None:
    if form == "HEIC" and size == (10_000, 10):
        size = (10_000, 64)  # x265 draws no narrower strip
    made = render(samples.encoded(Image.new("RGB", size, samples.BLUE), form))
    assert (made.width, made.height) == size
    assert opened(made.thumbnail).size == (150, 150)
    assert opened(made.resized).size == ((size[0] + 1) // 2, (size[1] + 1) // 2)
    preview = opened(made.preview)
    longest = {(2001, 1001): 1600, (3200, 1000): 2560}.get(size, max(size))
    assert max(preview.size) == longest
    assert abs(min(preview.size) - min(size) * longest / max(size)) <= 1
    longest = geometry.longer_side(size, 640)
    if max(size) <= longest:
        assert made.small is None
    else:
        assert max(opened(small(made)).size) == longest
        assert abs(min(opened(small(made)).size) - min(size) * longest / max(size)) <= 1
    assert close(samples.corners(opened(made.resized))[0], samples.BLUE)


@pytest.mark.parametrize("halved", [True], indirect=True)
@pytest.mark.parametrize("size", [(640, 321), (643, 481), (807, 605)])
def test_large_jpeg_halved_while_reading_equals_one_read_whole(size: tuple[int, int], halved: bool) -> None:
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    made = render(samples.encoded(picture))
    for derivative in (made.resized, made.preview):
        whole = picture.resize((derivative.width, derivative.height), Image.Resampling.LANCZOS)
        for place in ((0, 0), (derivative.width // 3, derivative.height // 2), (derivative.width - 1, 0)):
            assert close(samples.color_at(opened(derivative), *place), samples.color_at(whole, *place), 4)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from(["JPEG", "PNG"]))
def test_thumbnail_is_always_a_full_square(width: int, height: int, form: str) -> None:
    thumbnail = opened(render(samples.encoded(Image.new("RGB", (width, height), samples.GREEN), form)).thumbnail)
    assert thumbnail.size == (150, 150)
    if min(width, height) >= 20:  # smaller ones are changed too much by JPEG itself
        assert close(samples.color_at(thumbnail, 75, 75), samples.GREEN, 20)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(
    st.integers(1, 1300),
    st.integers(1, 1300),
    st.integers(1, 8),
    st.sampled_from([("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "L"), ("WEBP", "RGBA")]),
)
def test_small_fits_640_pixels(width: int, height: int, turn: int, kind: tuple[str, str]) -> None:
    form, mode = kind
    stored = Image.new("RGBA", (width, height), (*samples.GREEN, 120)).convert(mode)
    made = render(samples.encoded(stored, form, exif=samples.exif(turn)))
    image, preview = opened(small(made)), opened(made.preview)
    longest = geometry.longer_side(preview.size, 640)  # 640 but for panoramas
    assert made.small is None or max(preview.size) > longest
    assert max(image.size) == min(longest, max(preview.size))
    assert (image.width > image.height) <= (preview.width >= preview.height)
    assert (image.width < image.height) <= (preview.width <= preview.height)
    assert image.mode == preview.mode == ("RGBA" if mode == "RGBA" else "RGB")
    assert close(samples.color_at(image, 0, 0), samples.color_at(preview, 0, 0), 6)
    if mode == "RGBA":
        assert image.getchannel("A").getextrema() == (120, 120)


def test_small_looks_like_the_preview() -> None:
    made = render(samples.encoded(Image.radial_gradient("L").resize((1500, 1100)).convert("RGB")))
    wanted = opened(made.preview).resize(opened(small(made)).size, Image.Resampling.LANCZOS)
    for place in ((0, 0), (320, 234), (100, 300), (639, 468)):
        assert close(samples.color_at(opened(small(made)), *place), samples.color_at(wanted, *place), 4)


# The thumbnail's frame


def test_thumbnail_is_the_center_square() -> None:
    picture = Image.new("RGB", (900, 300), samples.RED)
    picture.paste(samples.BLUE, (300, 0, 600, 300))
    thumbnail = opened(render(samples.encoded(picture)).thumbnail)
    assert all(close(seen, samples.BLUE) for seen in samples.corners(thumbnail))


def test_small_jpeg_is_padded_with_white() -> None:
    thumbnail = opened(render(samples.encoded(samples.quarters((100, 60)))).thumbnail)
    assert thumbnail.getpixel((0, 0)) == (255, 255, 255)
    for seen, wanted in zip(samples.corners(thumbnail.crop((25, 45, 125, 105))), samples.CORNERS, strict=True):
        assert close(seen, wanted, 25)


@pytest.mark.parametrize("form", ["AVIF", "GIF", "PNG", "WEBP"])
def test_small_image_is_padded_transparently_if_the_format_has_alpha(form: str) -> None:
    thumbnail = opened(render(samples.encoded(samples.quarters((100, 60)), form)).thumbnail)
    box = thumbnail.convert("RGBA").getchannel("A").point(lambda alpha: 255 if alpha > 128 else 0).getbbox()
    assert box == (25, 45, 125, 105)


def test_wide_short_image_is_cropped_and_padded() -> None:
    picture = Image.new("RGB", (400, 100), samples.RED)
    picture.paste(samples.BLUE, (125, 0, 275, 100))
    thumbnail = opened(render(samples.encoded(picture, "PNG")).thumbnail)
    assert thumbnail.getchannel("A").getbbox() == (0, 25, 150, 125)
    assert {color for _, color in thumbnail.crop((0, 25, 150, 125)).getcolors() or []} == {(*samples.BLUE, 255)}


# Real cameras


@camera_files.wanted
def test_camera_photos_are_rendered() -> None:
    for path in camera_files.PHOTOGRAPHS:
        made = render(path.read_bytes())
        assert opened(made.thumbnail).size == (150, 150), path.name
        assert (made.thumbnail.format, made.resized.format) == ("JPEG", "JPEG"), path.name
        if path.stem.startswith(("landscape_", "portrait_")):
            assert (made.width > made.height) == path.stem.startswith("landscape_"), path.name


@camera_files.wanted
def test_same_scene_in_every_orientation_looks_the_same() -> None:
    seen = [
        opened(render(path.read_bytes()).thumbnail).convert("L").resize((6, 6), Image.Resampling.BOX).tobytes()
        for path in camera_files.PHOTOGRAPHS
        if path.name.startswith("landscape_")
    ]
    assert all(close(tuple(one), tuple(seen[0]), 10) for one in seen)


@camera_files.wanted
def test_upright_phone_photo_is_rotated_once() -> None:
    for path in camera_files.PHOTOGRAPHS:
        if path.suffix == ".HEIC":
            made = render(path.read_bytes())
            assert (made.width, made.height) == (3024, 4032)
            assert opened(made.resized).size == (1512, 2016)
            assert opened(made.preview).size == (1200, 1600)
