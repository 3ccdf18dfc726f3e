import struct
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from chalicelib.errors import Unreadable
from chalicelib.images import tiff
from tests.support.images import samples
from tests.support.images import tiff as tiff_
from tests.unit.images.support import opened, render

SIZE = (180, 160)


def seen(data: bytes) -> Image.Image:
    """The preview of a file."""
    made = render(data)
    assert (made.width, made.height) == SIZE
    return opened(made.preview).convert("RGB")


def same(image: Image.Image, wanted: Image.Image) -> bool:
    """Whether two images are equal within the tolerance of encoding."""
    return max(ImageChops.difference(image, wanted).resize((9, 8), Image.Resampling.BOX).tobytes()) <= 40


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("options", [{}, {"tile": 64}, {"planar": True}, {"tile": 64, "planar": True}])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_pixel_layout_gives_the_same_image(
    mode: str, depth: int, order: str, options: dict[str, int], *, deflated: bool
) -> None:
    picture = samples.quarters(SIZE, mode)
    data = tiff_.tiff(picture, depth=depth, order=order, deflated=deflated, **options)  # type: ignore[arg-type]
    if depth == 16 and "planar" in options and not deflated:
        with pytest.raises(Unreadable, match="encoding that is not supported"):
            seen(data)
    else:
        assert same(seen(data), picture.convert("RGB"))


def test_bigtiff_is_a_tiff() -> None:
    assert same(seen(tiff_.tiff(samples.quarters(SIZE), large=True)), samples.quarters(SIZE))


@pytest.mark.parametrize("kind", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma"])
def test_every_compression_is_decoded(kind: str) -> None:
    assert same(seen(samples.encoded(samples.quarters(SIZE), "TIFF", compression=kind)), samples.quarters(SIZE))


@pytest.mark.parametrize("kind", ["group3", "group4", "tiff_ccitt"])
def test_fax_is_an_image(kind: str) -> None:
    page = Image.new("1", SIZE, 1)
    page.paste(0, (0, 0, 90, 160))
    assert same(seen(samples.encoded(page, "TIFF", compression=kind)), page.convert("RGB"))


def test_first_of_many_pages_is_used() -> None:
    pages = [Image.new("RGB", (3000, 20)), Image.new("L", (5, 5))]
    data = samples.encoded(samples.quarters(SIZE), "TIFF", save_all=True, append_images=pages)
    assert same(seen(data), samples.quarters(SIZE))


def test_circular_pages_do_no_harm() -> None:
    data = bytearray(tiff_.tiff(samples.quarters(SIZE)))
    page = struct.unpack("<L", data[4:8])[0]
    tags = struct.unpack("<H", data[page : page + 2])[0]
    data[page + 2 + 12 * tags : page + 6 + 12 * tags] = struct.pack("<L", page)
    assert same(seen(bytes(data)), samples.quarters(SIZE))


@pytest.mark.parametrize("mode", ["I", "F"])
def test_gray_without_known_white_is_scaled_from_darkest_to_brightest(mode: str) -> None:
    ramp = Image.linear_gradient("L").resize((64, 64)).convert("F").point(lambda value: value * 30 + 1000)
    data = samples.encoded(ramp.convert(mode), "TIFF")
    image = opened(render(data).preview)
    grays = image.convert("L").tobytes()
    assert min(grays) < 12
    assert max(grays) > 243


def test_white_is_zero_is_inverted() -> None:
    picture = samples.quarters(SIZE, "L")
    data = tiff_.tiff(ImageChops.invert(picture), depth=16, tags={262: (tiff_.SHORT, [0])})
    assert same(seen(data), picture.convert("RGB"))


def test_image_without_photometric_tag_is_rejected_with_the_reason() -> None:
    of_unknown_colors = tiff_.tiff(samples.quarters(SIZE), tags={262: (tiff_.SHORT, [9])})
    for data in (of_unknown_colors, tiff_.tiff(samples.quarters(SIZE), tags={259: (tiff_.SHORT, [34712])})):
        with pytest.raises(Unreadable, match="uses an encoding that is not supported"):
            seen(data)


@pytest.mark.parametrize(
    "tags",
    [
        {50706: (tiff_.BYTE, [1, 4, 0, 0])},
        {262: (tiff_.SHORT, [32803])},
        {259: (tiff_.SHORT, [34713])},
        {254: (tiff_.LONG, [1]), 330: (tiff_.LONG, [1234])},
    ],
)
def test_raw_files_are_rejected_as_raw(tags: tiff_.Tags) -> None:
    with pytest.raises(Unreadable, match="Camera raw files are not supported"):
        seen(tiff_.tiff(samples.quarters((64, 48)), tags=tags))


def test_canon_cr2_is_detected_by_its_signature() -> None:
    data = bytearray(tiff_.tiff(samples.quarters(SIZE)))
    data[8:12] = b"CR\x02\0"
    with pytest.raises(Unreadable, match="Camera raw files are not supported"):
        seen(bytes(data))


def size(tags: tiff_.Tags) -> tiff_.Tags:
    return {256: (tiff_.LONG, [100]), 257: (tiff_.LONG, [50])} | tags


@pytest.mark.parametrize(
    "data",
    [
        b"II*\0\x08\0\0\0",
        b"II*\0" + b"\xff" * 12,
        tiff_.tags_only({}),
        tiff_.tags_only({256: (tiff_.LONG, [0]), 257: (tiff_.LONG, [5])}),
        tiff_.tags_only({256: (tiff_.LONG, [100])}),
        tiff_.tags_only(size({256: (tiff_.RATIONAL, [100, 1])})),
        b"II*\0\x10\0\0\0".ljust(16, b"\0") + b"\xff\xff" + bytes(65535 * 12 + 4),
    ],
)
def test_page_without_size_is_damaged_or_incomplete(data: bytes) -> None:
    with pytest.raises(Unreadable, match=r"damaged|incomplete"):
        tiff.probe(BytesIO(data))


def test_too_many_pieces_are_rejected() -> None:
    data = tiff_.tags_only(size({273: (tiff_.LONG, [16] * 200_001)}))
    with pytest.raises(Unreadable, match="more than 200,000 strips or tiles"):
        tiff.probe(BytesIO(data))


def cost(data: bytes) -> tuple[float, int]:
    declared = tiff.probe(BytesIO(data))
    return declared.bytes_per_pixel, declared.fixed_bytes


def test_memory_per_pixel_depends_on_the_pixel_format() -> None:
    plain = [cost(tiff_.tiff(samples.quarters((9, 9), mode)))[0] for mode in ("L", "RGB", "CMYK")]
    assert plain == pytest.approx([2.3, 5.3, 6.3])
    assert cost(tiff_.tiff(samples.quarters((9, 9), "L"), depth=16))[0] == pytest.approx(3.3)
    assert cost(samples.encoded(Image.new("F", (9, 9)), "TIFF"))[0] == pytest.approx(10.3)


def test_file_piece_and_tags_are_counted() -> None:
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    assert cost(tiff_.tiff(noise))[1] < 2000
    packed = tiff_.tiff(noise, deflated=True)
    assert cost(packed)[1] > len(packed) + 300 * 300 * 4 - 300 * 300 * 1.3
    heavy = tiff_.tiff(noise, tags={37724: (tiff_.BYTE, [0] * 100_000)})
    assert cost(heavy)[1] >= 300_000


def test_tile_as_large_as_memory_is_rejected_before_allocation() -> None:
    giant: tiff_.Tags = {322: (tiff_.LONG, [60_000]), 323: (tiff_.LONG, [60_000])}
    data = tiff_.tiff(samples.quarters(SIZE), tile=64, deflated=True, tags=giant)
    with pytest.raises(Unreadable, match="this large cannot be processed"):
        seen(data)
