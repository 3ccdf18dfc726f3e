import pytest
from PIL import Image

from chalicelib.util.capture_time import parse_capture_time
from tests.support.images import samples
from tests.unit.images.support import close, made_of, opened, render, small

ON_PAPER = ["HEIC", "TIFF"]  # become JPEG, which has no transparency
SIZES = [((100, 90), False), ((640, 480), False), ((640, 480), True)]


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
@pytest.mark.parametrize(("size", "halved"), [((200, 200), False), ((640, 320), True)], indirect=["halved"])
def test_profile_colors_are_converted_to_srgb(
    form: str,
    size: tuple[int, int],
    halved: bool,
    stored: tuple[int, int, int],
    profile: bytes,
    seen: tuple[int, int, int],
) -> None:
    made = render(samples.encoded(Image.new("RGB", size, stored), form, icc_profile=profile))
    for derivative in made_of(made):
        assert close(samples.corners(opened(derivative))[0], seen, 6)


@pytest.mark.parametrize("form", ["AVIF", "GIF", "PNG", "WEBP"])
@pytest.mark.parametrize(("size", "halved"), SIZES, indirect=["halved"])
def test_transparency_is_preserved_and_hidden_colors_are_cleared(
    form: str, size: tuple[int, int], halved: bool
) -> None:
    made = render(samples.transparent(size, form))
    for derivative in made_of(made):
        image = opened(derivative).convert("RGBA")
        assert image.getchannel("A").getextrema() == (0, 255)
        assert close(samples.color_at(image, image.width // 2, image.height // 2), samples.GREEN, 20)
        assert image.getpixel((0, 0)) != (255, 0, 255, 0)
        colors = [color for _, color in image.getcolors(image.width * image.height) or []]
        assert not [c for c in colors if isinstance(c, tuple) and c[3] >= 40 and c[0] > max(90, c[1])]


def test_palette_with_transparency_becomes_rgba() -> None:
    image = opened(render(samples.palette()).resized)
    assert image.mode == "RGBA"
    assert image.getpixel((10, 10))[3] == 0  # type: ignore[index]
    assert image.getpixel((310, 10)) == (*samples.GREEN, 255)


def test_sixteen_bit_gray_becomes_eight_bit() -> None:
    image = opened(render(samples.sixteen_bit_gray()).preview)
    assert close(tuple(samples.color_at(image, x, 20)[0] for x in (0, 32, 63)), (0, 129, 255), 5)


def test_progressive_gray_and_cmyk_jpegs_are_read() -> None:
    picture = samples.quarters()
    assert close(samples.corners(opened(render(samples.encoded(picture, progressive=True)).resized))[0], samples.RED)
    assert opened(render(samples.encoded(picture.convert("L"))).resized).mode == "L"
    made = render(samples.encoded(picture.convert("CMYK")))
    assert opened(made.resized).mode == "RGB"
    assert close(samples.corners(opened(made.resized))[0], samples.RED, 30)


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_first_frame_of_an_animation_is_used(form: str) -> None:
    made = render(samples.animation(form))
    assert close(samples.corners(opened(made.preview))[0], samples.RED, 30)
    assert not getattr(opened(made.resized), "is_animated", False)


def test_first_image_of_an_mpo_is_used() -> None:
    made = render(samples.multi_picture())
    assert (made.format, made.mime, made.thumbnail.format) == ("JPEG", "image/jpeg", "JPEG")
    assert close(samples.corners(opened(made.resized))[0], samples.RED)


# Outputs


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize(("size", "halved"), SIZES[1:], indirect=["halved"])
def test_derivatives_contain_no_metadata(form: str, size: tuple[int, int], halved: bool) -> None:
    data = samples.with_metadata(form, size)
    assert samples.SECRET.encode() in data
    made = render(data)
    assert made.metadata.camera == "Canon EOS 40D"
    for derivative in made_of(made):
        image = opened(derivative)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment", "Comment", "XML:com.adobe.xmp"} & set(image.info)
        for word in (samples.SECRET.encode(), b"Canon", b"GPS", b"Exif", b"ICC", b"adobe", b"xmp"):
            assert word not in derivative.data


@pytest.mark.parametrize(("size", "halved"), SIZES, indirect=["halved"])
@pytest.mark.parametrize("form", ON_PAPER)
def test_jpeg_output_is_flattened_but_the_preview_keeps_alpha(form: str, size: tuple[int, int], halved: bool) -> None:
    made = render(samples.transparent(size, form))
    assert opened(made.preview).mode == opened(small(made)).mode == "RGBA"
    for derivative in (made.thumbnail, made.resized):
        image = opened(derivative)
        assert image.mode == "RGB"
        assert close(samples.color_at(image, 0, 0), (255, 255, 255), 8)
        assert close(samples.color_at(image, image.width // 2, image.height // 2), samples.GREEN, 20)


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
def test_format_is_preserved_and_preview_and_small_are_webp(form: str, mime: str) -> None:
    made = render(samples.encoded(samples.quarters((700, 600)), form))
    assert (made.format, made.mime) == (form, mime)
    assert {(d.format, d.mime) for d in (made.thumbnail, made.resized)} == {(form, mime)}
    assert made.small is not None
    assert {(d.format, d.mime) for d in (made.preview, made.small)} == {("WEBP", "image/webp")}


@pytest.mark.parametrize(("form", "mime"), [("HEIC", "image/heic"), ("TIFF", "image/tiff")])
def test_heic_and_tiff_become_jpeg(form: str, mime: str) -> None:
    made = render(samples.encoded(samples.quarters(), form))
    assert (made.format, made.mime) == (form, mime)
    assert {(d.format, d.mime) for d in (made.thumbnail, made.resized)} == {("JPEG", "image/jpeg")}
    assert (made.preview.format, made.preview.mime) == ("WEBP", "image/webp")


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_fields_are_returned(form: str) -> None:
    block = samples.exif(taken="2024:07:14 18:30:00", offset="+02:00", camera=("Canon", "Canon EOS 40D"))
    made = render(samples.encoded(samples.quarters(), form, exif=block))
    assert made.metadata.capture_time == parse_capture_time("2024-07-14T18:30:00+02:00")
    assert made.metadata.camera == "Canon EOS 40D"


def test_rendering_is_deterministic() -> None:
    data = samples.with_metadata()
    assert render(data) == render(data)


def test_placeholder_matches_the_rotated_image() -> None:
    assert render(samples.oriented(6)).placeholder == render(samples.oriented(1)).placeholder
