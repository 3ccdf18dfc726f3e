from datetime import UTC, datetime

import pytest
from PIL import Image

from tests.support.images import samples
from tests.unit.images.support import close, made_of, opened, render, small

ON_PAPER = ["HEIC", "TIFF"]  # become JPEG, which has no transparency


# Colours


@pytest.mark.parametrize(
    ("stored", "profile", "seen"),
    [
        ((234, 51, 35), samples.display_p3(), (255, 0, 0)),
        ((117, 251, 76), samples.display_p3(), (0, 255, 0)),
        ((255, 0, 0), samples.display_p3(), (255, 0, 0)),  # beyond sRGB: as red as can be
        ((128, 128, 128), samples.display_p3(), (128, 128, 128)),
        ((219, 0, 0), samples.adobe_rgb(), (255, 0, 0)),
        ((144, 255, 60), samples.adobe_rgb(), (0, 255, 0)),
        ((200, 90, 40), samples.plain_srgb(), (200, 90, 40)),
    ],
)
@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("size", [(200, 200), (3300, 400)])
def test_colours_of_a_profile_become_those_of_srgb(
    form: str, size: tuple[int, int], stored: tuple[int, int, int], profile: bytes, seen: tuple[int, int, int]
) -> None:
    made = render(samples.encoded(Image.new("RGB", size, stored), form, icc_profile=profile))
    for derivative in made_of(made):
        assert close(samples.corners(opened(derivative))[0], seen, 6)


@pytest.mark.parametrize("form", ["AVIF", "GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(100, 90), (640, 480), (3300, 700)])
def test_transparency_is_kept_and_what_is_beneath_it_neither_bleeds_nor_stays(form: str, size: tuple[int, int]) -> None:
    made = render(samples.see_through(size, form))
    for derivative in made_of(made):
        image = opened(derivative).convert("RGBA")
        assert image.getchannel("A").getextrema() == (0, 255)
        assert close(samples.colour_at(image, image.width // 2, image.height // 2), samples.GREEN, 20)
        assert image.getpixel((0, 0)) != (255, 0, 255, 0)
        colours = [colour for _, colour in image.getcolors(image.width * image.height) or []]
        assert not [c for c in colours if isinstance(c, tuple) and c[3] >= 40 and c[0] > max(90, c[1])]


def test_a_palette_with_a_transparent_colour_becomes_true_colours_with_alpha() -> None:
    image = opened(render(samples.palette()).resized)
    assert image.mode == "RGBA"
    assert image.getpixel((10, 10))[3] == 0  # type: ignore[index]
    assert image.getpixel((310, 10)) == (*samples.GREEN, 255)


def test_sixteen_bits_of_grey_become_eight() -> None:
    image = opened(render(samples.deep()).preview)
    assert close(tuple(samples.colour_at(image, x, 20)[0] for x in (0, 32, 63)), (0, 129, 255), 5)


def test_a_progressive_a_grey_and_a_print_jpeg_are_read() -> None:
    picture = samples.quarters()
    assert close(samples.corners(opened(render(samples.encoded(picture, progressive=True)).resized))[0], samples.RED)
    assert opened(render(samples.encoded(picture.convert("L"))).resized).mode == "L"
    made = render(samples.encoded(picture.convert("CMYK")))
    assert opened(made.resized).mode == "RGB"
    assert close(samples.corners(opened(made.resized))[0], samples.RED, 30)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_the_first_picture_of_an_animation_counts(form: str) -> None:
    made = render(samples.moving(form))
    assert close(samples.corners(opened(made.preview))[0], samples.RED, 30)
    assert not getattr(opened(made.resized), "is_animated", False)


def test_the_first_of_many_pictures_in_one_jpeg_counts() -> None:
    made = render(samples.many_pictures())
    assert (made.format, made.mime, made.thumbnail.format) == ("JPEG", "image/jpeg", "JPEG")
    assert close(samples.corners(opened(made.resized))[0], samples.RED)


# What comes out


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("size", [(640, 480), (3300, 700)])
def test_nothing_but_pixels_comes_out(form: str, size: tuple[int, int]) -> None:
    data = samples.telling(form, size)
    assert samples.SECRET.encode() in data
    made = render(data)
    assert made.camera == "Canon EOS 40D"
    for derivative in made_of(made):
        image = opened(derivative)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment", "Comment", "XML:com.adobe.xmp"} & set(image.info)
        for word in (samples.SECRET.encode(), b"Canon", b"GPS", b"Exif", b"ICC", b"adobe", b"xmp"):
            assert word not in derivative.data


@pytest.mark.parametrize("size", [(100, 90), (640, 480), (3300, 700)])
@pytest.mark.parametrize("form", ON_PAPER)
def test_what_becomes_a_jpeg_stands_on_white_paper_and_keeps_its_transparency_in_the_preview(
    form: str, size: tuple[int, int]
) -> None:
    made = render(samples.see_through(size, form))
    assert opened(made.preview).mode == opened(small(made)).mode == "RGBA"
    for derivative in (made.thumbnail, made.resized):
        image = opened(derivative)
        assert image.mode == "RGB"
        assert close(samples.colour_at(image, 0, 0), (255, 255, 255), 8)
        assert close(samples.colour_at(image, image.width // 2, image.height // 2), samples.GREEN, 20)


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
def test_format_and_type_are_kept_and_preview_and_small_are_webp(form: str, mime: str) -> None:
    made = render(samples.encoded(samples.quarters((700, 600)), form))
    assert (made.format, made.mime) == (form, mime)
    assert {(d.format, d.mime) for d in (made.thumbnail, made.resized)} == {(form, mime)}
    assert made.small is not None
    assert {(d.format, d.mime) for d in (made.preview, made.small)} == {("WEBP", "image/webp")}


@pytest.mark.parametrize(("form", "mime"), [("HEIC", "image/heic"), ("TIFF", "image/tiff")])
def test_what_browsers_do_not_show_becomes_a_jpeg(form: str, mime: str) -> None:
    made = render(samples.encoded(samples.quarters(), form))
    assert (made.format, made.mime) == (form, mime)
    assert {(d.format, d.mime) for d in (made.thumbnail, made.resized)} == {("JPEG", "image/jpeg")}
    assert (made.preview.format, made.preview.mime) == ("WEBP", "image/webp")


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
def test_the_facts_of_exif_come_with_the_picture(form: str) -> None:
    block = samples.exif(taken="2024:07:14 18:30:00", offset="+02:00", camera=("Canon", "Canon EOS 40D"))
    made = render(samples.encoded(samples.quarters(), form, exif=block))
    assert made.taken_at == datetime(2024, 7, 14, 16, 30, tzinfo=UTC)
    assert made.camera == "Canon EOS 40D"


def test_the_same_original_gives_the_same_bytes() -> None:
    data = samples.telling()
    assert render(data) == render(data)


def test_the_placeholder_is_that_of_the_picture_as_seen() -> None:
    assert render(samples.oriented(6)).placeholder == render(samples.oriented(1)).placeholder
