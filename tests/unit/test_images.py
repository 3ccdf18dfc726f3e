import subprocess
import sys
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from chalicelib import formats, images
from chalicelib.errors import Unreadable
from tests import photographs, pictures

ALL = ["AVIF", "GIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"]
ON_PAPER = ["HEIC", "TIFF"]  # become JPEG, which has no transparency
ROOT = Path(__file__).parents[2]


def render(data: bytes) -> images.Rendered:
    return images.render(BytesIO(data), len(data))


def opened(derivative: images.Derivative) -> Image.Image:
    image = Image.open(BytesIO(derivative.data))
    image.load()
    assert image.format == derivative.format
    assert image.size == (derivative.width, derivative.height)
    return image


def close(seen: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def reason(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        render(data)
    return str(refused.value)


# The way up


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("form", "size"),
    [("JPEG", (640, 480)), ("JPEG", (3300, 700)), ("PNG", (320, 480)), ("WEBP", (640, 480)), ("AVIF", (640, 480)),
     ("HEIC", (640, 480)), ("HEIC", (3300, 700)), ("TIFF", (640, 480)), ("TIFF", (3300, 700))],
)  # fmt: skip
def test_every_orientation_comes_out_the_right_way_up(form: str, size: tuple[int, int], orientation: int) -> None:
    made = render(pictures.oriented(orientation, size, form))
    assert (made.width, made.height) == size
    assert opened(made.resized).size == (size[0] // 2, size[1] // 2)
    for derivative in (made.thumbnail, made.resized, made.preview):
        for seen, wanted in zip(pictures.corners(opened(derivative)), pictures.CORNERS, strict=True):
            assert close(seen, wanted, 25), derivative.format


def test_an_orientation_that_does_not_exist_changes_nothing() -> None:
    made = render(pictures.oriented(9))
    assert close(pictures.corners(opened(made.resized))[0], pictures.RED)


# Sizes


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize(
    "size",
    [(1, 1), (2, 1), (1, 3), (149, 400), (400, 100), (150, 150), (151, 149), (301, 301), (1600, 1600), (1601, 3),
     (2001, 1001), (3201, 299), (3203, 301), (10_000, 10)],
)  # fmt: skip
def test_sizes_are_exact(form: str, size: tuple[int, int]) -> None:
    if form == "HEIC" and size == (10_000, 10):
        size = (10_000, 64)  # x265 draws no narrower strip
    made = render(pictures.encoded(Image.new("RGB", size, pictures.BLUE), form))
    assert (made.width, made.height) == size
    assert opened(made.thumbnail).size == (150, 150)
    assert opened(made.resized).size == ((size[0] + 1) // 2, (size[1] + 1) // 2)
    preview = opened(made.preview)
    if max(size) <= 1600:
        assert preview.size == size
    else:
        assert max(preview.size) == 1600
        assert abs(min(preview.size) - min(size) * 1600 / max(size)) <= 1
    assert close(pictures.corners(opened(made.resized))[0], pictures.BLUE)


@pytest.mark.parametrize("size", [(3200, 1201), (3203, 2401), (4033, 3023)])
def test_a_large_jpeg_is_halved_while_it_is_read_and_equals_one_that_is_read_whole(size: tuple[int, int]) -> None:
    picture = Image.radial_gradient("L").resize(size).convert("RGB")
    made = render(pictures.encoded(picture))
    for derivative in (made.resized, made.preview):
        whole = picture.resize((derivative.width, derivative.height), Image.Resampling.LANCZOS)
        for place in ((0, 0), (derivative.width // 3, derivative.height // 2), (derivative.width - 1, 0)):
            assert close(pictures.colour_at(opened(derivative), *place), pictures.colour_at(whole, *place), 4)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from(["JPEG", "PNG"]))
def test_a_thumbnail_is_always_a_full_square(width: int, height: int, form: str) -> None:
    thumbnail = opened(render(pictures.encoded(Image.new("RGB", (width, height), pictures.GREEN), form)).thumbnail)
    assert thumbnail.size == (150, 150)
    if min(width, height) >= 20:  # smaller ones are changed too much by JPEG itself
        assert close(pictures.colour_at(thumbnail, 75, 75), pictures.GREEN, 20)


# The thumbnail's frame


def test_a_thumbnail_shows_the_middle_square() -> None:
    picture = Image.new("RGB", (900, 300), pictures.RED)
    picture.paste(pictures.BLUE, (300, 0, 600, 300))
    thumbnail = opened(render(pictures.encoded(picture)).thumbnail)
    assert all(close(seen, pictures.BLUE) for seen in pictures.corners(thumbnail))


def test_a_small_picture_stands_unchanged_on_a_white_field_in_a_jpeg() -> None:
    thumbnail = opened(render(pictures.encoded(pictures.quarters((100, 60)))).thumbnail)
    assert thumbnail.getpixel((0, 0)) == (255, 255, 255)
    for seen, wanted in zip(pictures.corners(thumbnail.crop((25, 45, 125, 105))), pictures.CORNERS, strict=True):
        assert close(seen, wanted, 25)


@pytest.mark.parametrize("form", ["AVIF", "GIF", "PNG", "WEBP"])
def test_a_small_picture_stands_on_nothing_where_the_format_has_alpha(form: str) -> None:
    thumbnail = opened(render(pictures.encoded(pictures.quarters((100, 60)), form)).thumbnail)
    box = thumbnail.convert("RGBA").getchannel("A").point(lambda alpha: 255 if alpha > 128 else 0).getbbox()
    assert box == (25, 45, 125, 105)


def test_what_is_wide_but_short_is_cut_one_way_and_stands_free_the_other() -> None:
    picture = Image.new("RGB", (400, 100), pictures.RED)
    picture.paste(pictures.BLUE, (125, 0, 275, 100))
    thumbnail = opened(render(pictures.encoded(picture, "PNG")).thumbnail)
    assert thumbnail.getchannel("A").getbbox() == (0, 25, 150, 125)
    assert {colour for _, colour in thumbnail.crop((0, 25, 150, 125)).getcolors() or []} == {(*pictures.BLUE, 255)}


# Colours


@pytest.mark.parametrize(
    ("stored", "profile", "seen"),
    [
        ((234, 51, 35), pictures.display_p3(), (255, 0, 0)),
        ((117, 251, 76), pictures.display_p3(), (0, 255, 0)),
        ((255, 0, 0), pictures.display_p3(), (255, 0, 0)),  # beyond sRGB: as red as can be
        ((128, 128, 128), pictures.display_p3(), (128, 128, 128)),
        ((219, 0, 0), pictures.adobe_rgb(), (255, 0, 0)),
        ((144, 255, 60), pictures.adobe_rgb(), (0, 255, 0)),
        ((200, 90, 40), pictures.plain_srgb(), (200, 90, 40)),
    ],
)
@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("size", [(200, 200), (3300, 400)])
def test_colours_of_a_profile_become_those_of_srgb(
    form: str, size: tuple[int, int], stored: tuple[int, int, int], profile: bytes, seen: tuple[int, int, int]
) -> None:
    made = render(pictures.encoded(Image.new("RGB", size, stored), form, icc_profile=profile))
    for derivative in (made.thumbnail, made.resized, made.preview):
        assert close(pictures.corners(opened(derivative))[0], seen, 6)


@pytest.mark.parametrize("form", ["AVIF", "GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(100, 90), (640, 480), (3300, 700)])
def test_transparency_is_kept_and_what_is_beneath_it_neither_bleeds_nor_stays(form: str, size: tuple[int, int]) -> None:
    made = render(pictures.see_through(size, form))
    for derivative in (made.thumbnail, made.resized, made.preview):
        image = opened(derivative).convert("RGBA")
        assert image.getchannel("A").getextrema() == (0, 255)
        assert close(pictures.colour_at(image, image.width // 2, image.height // 2), pictures.GREEN, 20)
        assert image.getpixel((0, 0)) != (255, 0, 255, 0)
        colours = [colour for _, colour in image.getcolors(image.width * image.height) or []]
        assert not [c for c in colours if isinstance(c, tuple) and c[3] >= 40 and c[0] > max(90, c[1])]


def test_a_palette_with_a_transparent_colour_becomes_true_colours_with_alpha() -> None:
    image = opened(render(pictures.palette()).resized)
    assert image.mode == "RGBA"
    assert image.getpixel((10, 10))[3] == 0  # type: ignore[index]
    assert image.getpixel((310, 10)) == (*pictures.GREEN, 255)


def test_sixteen_bits_of_grey_become_eight() -> None:
    image = opened(render(pictures.deep()).preview)
    assert close(tuple(pictures.colour_at(image, x, 20)[0] for x in (0, 32, 63)), (0, 129, 255), 5)


def test_a_progressive_a_grey_and_a_print_jpeg_are_read() -> None:
    picture = pictures.quarters()
    assert close(pictures.corners(opened(render(pictures.encoded(picture, progressive=True)).resized))[0], pictures.RED)
    assert opened(render(pictures.encoded(picture.convert("L"))).resized).mode == "L"
    made = render(pictures.encoded(picture.convert("CMYK")))
    assert opened(made.resized).mode == "RGB"
    assert close(pictures.corners(opened(made.resized))[0], pictures.RED, 30)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_the_first_picture_of_an_animation_counts(form: str) -> None:
    made = render(pictures.moving(form))
    assert close(pictures.corners(opened(made.preview))[0], pictures.RED, 30)
    assert not getattr(opened(made.resized), "is_animated", False)


def test_the_first_of_many_pictures_in_one_jpeg_counts() -> None:
    made = render(pictures.many_pictures())
    assert (made.format, made.mime, made.thumbnail.format) == ("JPEG", "image/jpeg", "JPEG")
    assert close(pictures.corners(opened(made.resized))[0], pictures.RED)


# What comes out


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("size", [(640, 480), (3300, 700)])
def test_nothing_but_pixels_comes_out(form: str, size: tuple[int, int]) -> None:
    data = pictures.telling(form, size)
    assert pictures.SECRET.encode() in data
    made = render(data)
    assert made.camera == "Canon EOS 40D"
    for derivative in (made.thumbnail, made.resized, made.preview):
        image = opened(derivative)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment", "Comment", "XML:com.adobe.xmp"} & set(image.info)
        for word in (pictures.SECRET.encode(), b"Canon", b"GPS", b"Exif", b"ICC", b"adobe", b"xmp"):
            assert word not in derivative.data


@pytest.mark.parametrize("size", [(100, 90), (640, 480), (3300, 700)])
@pytest.mark.parametrize("form", ON_PAPER)
def test_what_becomes_a_jpeg_stands_on_white_paper_and_keeps_its_transparency_in_the_preview(
    form: str, size: tuple[int, int]
) -> None:
    made = render(pictures.see_through(size, form))
    assert opened(made.preview).mode == "RGBA"
    for derivative in (made.thumbnail, made.resized):
        image = opened(derivative)
        assert image.mode == "RGB"
        assert close(pictures.colour_at(image, 0, 0), (255, 255, 255), 8)
        assert close(pictures.colour_at(image, image.width // 2, image.height // 2), pictures.GREEN, 20)


@pytest.mark.parametrize(
    ("form", "mime"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("AVIF", "image/avif"),
        ("GIF", "image/gif"),
    ],
)
def test_format_and_type_are_kept_and_the_preview_is_webp(form: str, mime: str) -> None:
    made = render(pictures.encoded(pictures.quarters(), form))
    assert (made.format, made.mime) == (form, mime)
    assert {(d.format, d.mime) for d in (made.thumbnail, made.resized)} == {(form, mime)}
    assert (made.preview.format, made.preview.mime) == ("WEBP", "image/webp")


@pytest.mark.parametrize(("form", "mime"), [("HEIC", "image/heic"), ("TIFF", "image/tiff")])
def test_what_browsers_do_not_show_becomes_a_jpeg(form: str, mime: str) -> None:
    made = render(pictures.encoded(pictures.quarters(), form))
    assert (made.format, made.mime) == (form, mime)
    assert {(d.format, d.mime) for d in (made.thumbnail, made.resized)} == {("JPEG", "image/jpeg")}
    assert (made.preview.format, made.preview.mime) == ("WEBP", "image/webp")


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
def test_the_facts_of_exif_come_with_the_picture(form: str) -> None:
    block = pictures.exif(taken="2024:07:14 18:30:00", offset="+02:00", camera=("Canon", "Canon EOS 40D"))
    made = render(pictures.encoded(pictures.quarters(), form, exif=block))
    assert made.taken_at == datetime(2024, 7, 14, 16, 30, tzinfo=UTC)
    assert made.camera == "Canon EOS 40D"


def test_the_same_original_gives_the_same_bytes() -> None:
    data = pictures.telling()
    assert render(data) == render(data)


def test_the_placeholder_is_that_of_the_picture_as_seen() -> None:
    assert render(pictures.oriented(6)).placeholder == render(pictures.oriented(1)).placeholder


# What is refused, with its reason


def test_no_bytes_are_no_picture() -> None:
    assert reason(b"") == "This file is empty."


def test_text_under_a_pictures_name_is_called_text() -> None:
    assert reason(pictures.TEXT) == (
        "This is a text file, not a picture; only AVIF, GIF, HEIC, JPEG, PNG, TIFF and WebP can be processed."
    )


def test_an_svg_is_refused_for_what_it_may_carry() -> None:
    assert "SVG drawing, which may carry scripts" in reason(pictures.SVG)


def test_a_bomb_is_refused_by_the_size_it_declares() -> None:
    assert len(pictures.giant()) < 10_000
    assert reason(pictures.giant()) == (
        "This image is 50,000 x 50,000 pixels; at most 70 megapixels of its kind can be processed."
    )
    assert "65,535 x 65,535 pixels; at most 156 megapixels" in reason(pictures.giant_jpeg(65_535, 65_535))
    assert "8,000 x 8,000 pixels; at most 52 mega" in reason(
        pictures.giant_jpeg(8000, 8000, progressive=True, subsampling="4:4:4")
    )
    assert "16,000 x 16,000 pixels; at most 24 megapixels" in reason(pictures.giant_webp(16_000, 16_000))
    assert "at most 65,535 a side" in reason(pictures.giant(70_000, 10))
    assert "at most 16,383 a side" in reason(pictures.giant_webp(17_000, 10))


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_picture_that_ends_too_early_is_refused(form: str, share: float) -> None:
    picture = Image.effect_noise((400, 300), 80).convert("RGB")
    words = reason(pictures.truncated(pictures.encoded(picture, form), share))
    assert words in {
        "The file ends before the picture does: it is incomplete.",
        "The picture's data is damaged and cannot be read.",
    }
    assert form != "JPEG" or "incomplete" in words


def test_a_jpeg_of_endless_passes_is_refused() -> None:
    data = pictures.encoded(pictures.quarters((64, 64)), progressive=True)
    last = data.rindex(b"\xff\xda")
    assert "more than 200 passes" in reason(data[:last] + data[last:-2] * 300 + data[-2:])


@settings(max_examples=350, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(ALL),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_bytes_changed_anywhere_are_a_picture_or_a_reason(form: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(pictures.telling(form, (64, 48)))
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    with suppress(Unreadable):
        assert opened(render(bytes(data)).thumbnail).size == (150, 150)


def test_a_png_that_unpacks_to_more_than_pillow_takes_is_refused_for_that() -> None:
    data = pictures.encoded(
        pictures.quarters((64, 48)), "PNG", icc_profile=pictures.display_p3().ljust(1_100_000, b"\0")
    )
    assert len(data) < 10_000
    assert reason(data) == "This PNG holds more text, or a larger colour profile, than can be processed."


def test_a_file_too_heavy_for_its_few_pixels_is_refused_for_its_weight() -> None:
    data = pictures.encoded(pictures.quarters((64, 48)), "WEBP")
    with pytest.raises(Unreadable, match="64 x 48 pixels in 0 MB; a file of its kind as heavy cannot be processed"):
        images.render(BytesIO(data), len(data), memory=int(64 * 48 * 15.6) + len(data))


def test_only_formats_that_are_allowed_are_opened() -> None:
    data = pictures.encoded(pictures.quarters(), "PNG")
    with pytest.raises(Unreadable, match="format PNG; only JPEG can be processed"):
        images.render(BytesIO(data), len(data), allowed=frozenset({"JPEG"}))


def test_a_broken_table_of_many_pictures_leaves_the_first() -> None:
    data = pictures.many_pictures()
    at = data.index(b"MPF\0")
    assert render(data[: at + 4] + b"\xff" * 40 + data[at + 44 :]).width == 640


# Whose fault it is


class Failing(BytesIO):
    """A file that can be read up to a place, and then its disk fails."""

    def __init__(self, data: bytes, good: int) -> None:
        super().__init__(data)
        self.good = good

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or self.tell() + size > self.good:
            raise OSError("the disk is gone")
        return super().read(size)


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("share", [0, 0.5])
def test_a_disk_that_fails_is_not_blamed_on_the_picture(form: str, share: float) -> None:
    data = pictures.encoded(Image.effect_noise((800, 600), 80).convert("RGB"), form)
    with pytest.raises(OSError, match="the disk is gone"):
        images.render(Failing(data, int(len(data) * share)), len(data))


@pytest.mark.parametrize("place", [2**62, 2**63 - 1, 2**64 - 1])
def test_a_place_that_no_disk_has_is_the_pictures_fault(tmp_path: Path, place: int) -> None:
    path = tmp_path / "large.tif"
    path.write_bytes(b"II+\0\x08\0\0\0" + place.to_bytes(8, "little") + bytes(99))
    with path.open("rb") as file, pytest.raises(Unreadable, match=r"damaged|incomplete"):
        images.render(file, 115)


def test_pillow_warns_nobody() -> None:
    data = pictures.telling()
    at = data.index(b"Exif\0\0") + 14
    broken = data[:at] + b"\xff\xff" + data[at + 2 :]  # 65,535 entries that are not there
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert render(broken).width == 640
    assert not caught


PEAK = """
import re, sys
from io import BytesIO
from pathlib import Path
from chalicelib import images
from tests import photographs, pictures

def render(file):
    images.render(file, file.seek(0, 2))
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = render(BytesIO(pictures.encoded(pictures.quarters((64, 64)), sys.argv[2])))
print(render(open(sys.argv[1], "rb")) - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="peaks of memory are read from Linux's /proc")
@pytest.mark.parametrize(
    ("form", "size", "progressive"),
    [
        ("JPEG", (8000, 6000), False),
        ("JPEG", (5000, 4000), True),
        ("PNG", (6000, 4000), False),
        ("WEBP", (4000, 3000), False),
        ("AVIF", (4000, 3000), False),
        ("GIF", (6000, 4000), False),
        ("HEIC", (5000, 4000), False),
        ("TIFF", (6000, 4000), False),
    ],
)
def test_no_more_memory_is_taken_than_is_reckoned(
    tmp_path: Path, form: str, size: tuple[int, int], progressive: bool
) -> None:
    picture = Image.new("RGBA" if form == "PNG" else "RGB", size, pictures.BLUE)
    options = {"progressive": progressive} if form == "JPEG" else {"method": 0} if form == "WEBP" else {}
    data = pictures.encoded(picture, form, exif=pictures.exif(6), **options)
    (tmp_path / "original").write_bytes(data)
    child = [sys.executable, "-c", PEAK, str(tmp_path / "original"), form]
    peak = int(subprocess.run(child, cwd=ROOT, check=True, capture_output=True).stdout)  # noqa: S603
    declared = formats.FORMATS[form].declares(BytesIO(data))
    reckoned = declared.bytes_per_pixel * size[0] * size[1] + declared.beside
    assert peak < reckoned + 30_000_000  # preview and encoders, the same for every size


# Real cameras


@photographs.wanted
def test_photos_of_real_cameras_become_pictures() -> None:
    for path in photographs.PHOTOGRAPHS:
        made = render(path.read_bytes())
        assert opened(made.thumbnail).size == (150, 150), path.name
        assert (made.thumbnail.format, made.resized.format) == ("JPEG", "JPEG"), path.name
        if path.stem.startswith(("landscape_", "portrait_")):
            assert (made.width > made.height) == path.stem.startswith("landscape_"), path.name


@photographs.wanted
def test_the_same_scene_in_every_orientation_looks_the_same() -> None:
    seen = [
        opened(render(path.read_bytes()).thumbnail).convert("L").resize((6, 6), Image.Resampling.BOX).tobytes()
        for path in photographs.PHOTOGRAPHS
        if path.name.startswith("landscape_")
    ]
    assert all(close(tuple(one), tuple(seen[0]), 10) for one in seen)


@photographs.wanted
def test_a_photo_of_a_phone_held_upright_is_turned_once() -> None:
    for path in photographs.PHOTOGRAPHS:
        if path.suffix == ".HEIC":
            made = render(path.read_bytes())
            assert (made.width, made.height) == (3024, 4032)
            assert opened(made.resized).size == (1512, 2016)
            assert opened(made.preview).size == (1200, 1600)
