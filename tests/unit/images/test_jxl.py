import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from chalicelib import images
from chalicelib.errors import Unreadable
from chalicelib.images import jxl
from tests.support.images import jxl as samples_jxl
from tests.support.images import samples
from tests.unit.images.support import close, corners, opened, reason, render

SIZE = (320, 240)


def encoded(mode: str = "RGB", **options: object) -> bytes:
    return samples.encoded(samples.quarters(SIZE, mode), "JPEG XL", **options)


def packed_jpeg(tmp_path: object, orientation: int) -> bytes:
    path = f"{tmp_path}/photo.jpg"
    samples.quarters(SIZE).save(path, exif=samples.exif(orientation), quality=95)
    data = BytesIO()
    with Image.open(path) as image:
        image.save(data, "JXL", lossless_jpeg=True)
    return data.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA"])
@pytest.mark.parametrize("lossless", [False, True])
def test_every_mode_is_decoded(mode: str, lossless: bool) -> None:
    expected = samples.corners(samples.quarters(SIZE, mode))
    assert all(map(close, corners(encoded(mode, lossless=lossless)), expected))


def test_derivatives_are_jpeg_and_webp() -> None:
    made = render(encoded())
    assert (made.format, made.mime) == ("JPEG XL", "image/jxl")
    assert (made.thumbnail.format, made.resized.format, made.preview.format) == ("JPEG", "JPEG", "WEBP")


def test_preview_has_transparency() -> None:
    preview = opened(render(samples.transparent(SIZE, "JPEG XL")).preview).convert("RGBA")
    assert preview.getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize("mode", ["I;16", "F"])
def test_gray_of_more_than_8_bits_keeps_its_brightness(mode: str) -> None:
    # The encoder declares linear light for it: 100 of 255 is 168 in sRGB.
    gray = Image.new("L", SIZE, 100)
    deep = (
        gray.convert("I").point(lambda v: v * 257).convert("I;16")
        if mode == "I;16"
        else gray.convert("F").point(lambda v: v * (1 / 255) + 0)
    )
    assert close(corners(samples.encoded(deep, "JPEG XL", lossless=True))[0], (168, 168, 168), 2)


def test_deep_gray_with_alpha_is_reduced_to_8_bits() -> None:
    deep = b"".join(value.to_bytes(2, sys.byteorder) for value in (0x1234, 0xFFFF, 0xABCD, 0x8000))
    assert jxl._to_image("LA", (2, 1), deep).tobytes() == b"\x12\xff\xab\x80"


@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_orientation_of_a_packed_jpeg_is_applied_once(tmp_path: object, orientation: int) -> None:
    made = render(packed_jpeg(tmp_path, orientation))
    assert (made.width, made.height) == (SIZE if orientation == 1 else SIZE[::-1])
    expected = samples.quarters(SIZE)
    if orientation > 1:
        turn = Image.Transpose.ROTATE_270 if orientation == 6 else Image.Transpose.ROTATE_90
        expected = expected.transpose(turn)
    assert all(map(close, samples.corners(opened(made.preview)), samples.corners(expected)))


def test_orientation_of_exif_does_not_count_beside_that_of_the_codestream() -> None:
    assert render(encoded(exif=samples.exif(6).tobytes())).width == SIZE[0]


def test_metadata_in_boxes_is_read() -> None:
    block = samples.exif(taken="2025:03:14 10:00:00", camera=("Canon", "Canon EOS 40D")).tobytes()
    made = render(encoded(exif=block))
    assert made.metadata.camera == "Canon EOS 40D"
    assert made.metadata.capture_time is not None


def test_xmp_behind_the_codestream_is_read() -> None:
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    xmp += b"<rdf:Description xmlns:tiff='http://ns.adobe.com/tiff/1.0/' tiff:Model='Canon EOS 40D'/>"
    xmp += b"</rdf:RDF></x:xmpmeta>"
    boxed = samples_jxl.container(samples_jxl.box(b"jxlc", encoded()), samples_jxl.box(b"xml ", xmp))
    assert images.read_file(BytesIO(boxed)).camera == "Canon EOS 40D"


def test_hdr_is_tone_mapped() -> None:
    # 8 bits, the colors of the file kept as they are, in BT.2020 with PQ
    fields = (
        (0, 1),
        (0, 1),
        (0, 1),
        (0, 2),
        (1, 1),
        (0, 2),
        (0, 1),
        (0, 1),
        (0, 1),
        (0, 2),
        (1, 2),
        (2, 2),
        (7, 4),
        (0, 1),
        (2, 2),
        (14, 4),
    )
    header = jxl.probe(BytesIO(samples_jxl.codestream(*fields)))
    assert header.ignores_profile
    assert header.color_space is not None
    assert header.color_space.hdr == 16


def test_animation_and_cmyk_are_refused_by_name() -> None:
    moving = samples_jxl.codestream(
        (0, 1), (1, 1), (0, 3), (0, 1), (0, 1), (1, 1), (0, 2), (0, 2), (0, 2), (0, 1), (0, 1), (0, 2), (1, 1), (0, 2)
    )
    assert reason(moving) == jxl.ANIMATION
    black = samples_jxl.codestream(
        (0, 1), (0, 1), (0, 1), (0, 2), (1, 1), (1, 2), (0, 1), (2, 2), (2, 4), (0, 1), (0, 2), (0, 2), (0, 2)
    )
    assert reason(black) == jxl.CMYK


@pytest.mark.parametrize("share", [0.1, 0.5, 0.98])
def test_file_that_ends_early_is_refused_with_a_true_reason(share: float) -> None:
    data = encoded(lossless=True)
    assert reason(samples.truncated(data, share)) == jxl.UNDECODABLE
    boxed = samples_jxl.container(samples_jxl.box(b"jxlc", data))
    assert reason(samples.truncated(boxed, share)) == "The file is incomplete: it ends before the image does."


def test_size_is_bounded_before_decoding() -> None:
    data = samples_jxl.codestream(width=500, height=500)
    with pytest.raises(Unreadable, match="500 x 500 pixels; at most 0 megapixels"):
        images.render(BytesIO(data), len(data), max_memory=3_000_000)


def test_memory_depends_on_depth_and_channels() -> None:
    costs = [jxl.probe(BytesIO(encoded(mode))).bytes_per_pixel for mode in ("RGB", "RGBA")]
    assert costs == pytest.approx([15.7, 20.9])


def test_decoder_is_imported_with_the_first_file_only() -> None:
    code = "import sys, chalicelib.images; sys.exit('pillow_jxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
