import struct
import zlib
from io import BytesIO
from unittest.mock import Mock

import pytest
from PIL import Image, ImageChops

from chalicelib.errors import Unreadable
from chalicelib.images import tiff
from tests.support.images import samples
from tests.support.images import tiff as tiff_
from tests.unit.images.support import close, opened, reason, render

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
        with pytest.raises(Unreadable, match=r"of a kind that cannot be processed: (ICC Lab|JPEG 2000)"):
            seen(data)


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


@pytest.mark.parametrize("kind", [tiff_.BYTE, tiff_.SHORT, tiff_.LONG])
@pytest.mark.parametrize("tag", [273, 279, 324, 325])
def test_number_of_pieces_is_bounded_in_every_tag_that_lists_them(tag: int, kind: int) -> None:
    data = tiff_.tiff(samples.quarters(SQUARE), tags={tag: (kind, [16] * 200_001)})
    assert reason(data) == "This TIFF has more than 200,000 strips or tiles and cannot be processed."


@pytest.mark.parametrize("tag", [320, 339, 532, 700])
def test_number_of_values_of_a_tag_is_bounded(tag: int) -> None:
    data = tiff_.tiff(samples.quarters(SQUARE), tags={tag: (tiff_.SHORT, [8] * 200_001)})
    assert reason(data) == "The image data is damaged and cannot be read."


@pytest.mark.parametrize(("places", "counts"), [(1, 50_000), (50_000, 1)])
def test_places_and_sizes_of_different_number_are_paired_at_low_cost(
    places: int, counts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    piece_bytes = Mock(wraps=tiff._piece_bytes)
    monkeypatch.setattr(tiff, "_piece_bytes", piece_bytes)
    tags: tiff_.Tags = {273: (tiff_.LONG, [16] * places), 279: (tiff_.LONG, [10_000] * counts)}
    image = tiff.open_image(BytesIO(tiff_.of_pieces([GRAYS], SQUARE, tags=tags)))
    assert image.incomplete is False  # type: ignore[attr-defined]
    assert piece_bytes.call_count == 1


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


SQUARE = (16, 16)
GRAYS = bytes((0 if x < 8 else 85) if y < 8 else (170 if x < 8 else 255) for y in range(16) for x in range(16))


def packed(depth: int) -> bytes:
    """GRAYS with this many bits each, the highest first."""
    most = (1 << depth) - 1
    rows = (
        sum(value * most // 255 << depth * (15 - x) for x, value in enumerate(GRAYS[at : at + 16]))
        for at in range(0, 256, 16)
    )
    return b"".join(row.to_bytes(2 * depth) for row in rows)


def mirrored(data: bytes) -> bytes:
    return bytes(int(f"{value:08b}"[::-1], 2) for value in data)


def numbers(order: str, letter: str, factor: float) -> bytes:
    values = [value * factor if letter in "ef" else int(value * factor) for value in GRAYS]
    return struct.pack(f"{order}256{letter}", *values)


def kind(bits: int, **others: int) -> tiff_.Tags:
    """Tags of gray pixels: bits, and by name what else is not the default."""
    names = {"compression": 259, "photometric": 262, "fill": 266, "predictor": 317, "format": 339}
    return {258: (tiff_.SHORT, [bits])} | {names[name]: (tiff_.SHORT, [value]) for name, value in others.items()}


def predicted() -> bytes:
    """GRAYS as floating-point numbers with their bytes apart, each the difference to the one before (predictor 3)."""
    rows = b""
    for at in range(0, 256, 16):
        row = struct.pack(">16f", *GRAYS[at : at + 16])
        apart = b"".join(row[byte::4] for byte in range(4))
        rows += bytes((value - before) & 255 for before, value in zip(b"\0" + apart, apart, strict=False))
    return rows


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("deflated", [False, True])
@pytest.mark.parametrize(
    ("letter", "factor", "tags"),
    [
        ("H", 257, kind(16)),
        ("H", 257, kind(16, photometric=0)),
        ("h", 128, kind(16, format=2)),
        ("l", 1000, kind(32, format=2)),
        ("f", 1 / 255, kind(32, format=3)),
    ],
)
def test_numbers_of_every_kind_and_byte_order_are_read(
    letter: str, factor: float, tags: tiff_.Tags, order: str, *, deflated: bool
) -> None:
    data = numbers(order, letter, factor)
    if deflated:
        data, tags = zlib.compress(data), tags | {259: (tiff_.SHORT, [8])}
    image = opened(render(tiff_.of_pieces([data], SQUARE, order=order, tags=tags)).preview).convert("L")
    grays = (0, 85, 170, 255) if 262 not in tags else (255, 170, 85, 0)
    assert close(tuple(samples.color_at(image, *place)[0] for place in ((2, 2), (13, 2), (2, 13), (13, 13))), grays, 3)


@pytest.mark.parametrize(
    ("data", "tags"),
    [
        (packed(2), kind(2)),
        (packed(4), kind(4)),
        (packed(12), kind(12)),
        (mirrored(packed(4)), kind(4, fill=2)),
        (mirrored(packed(4)), kind(4, fill=2, photometric=3) | {320: (tiff_.SHORT, [v * 4369 for v in range(16)] * 3)}),
        (mirrored(numbers("<", "H", 257)), kind(16, fill=2)),
        (zlib.compress(predicted()), kind(32, format=3, predictor=3, compression=8)),
    ],
    ids=["2 bits", "4 bits", "12 bits", "mirrored", "mirrored palette", "mirrored 16 bits", "predictor 3"],
)
def test_uncommon_layouts_of_bits_give_the_same_grays(data: bytes, tags: tiff_.Tags) -> None:
    image = opened(render(tiff_.of_pieces([data], SQUARE, tags=tags)).preview).convert("L")
    seen_grays = tuple(samples.color_at(image, *place)[0] for place in ((2, 2), (13, 2), (2, 13), (13, 13)))
    assert close(seen_grays, (0, 85, 170, 255), 3)


@pytest.mark.parametrize("deflated", [False, True])
def test_subsampled_colors_are_read(deflated: bool) -> None:
    units = (
        GRAYS[at : at + 2] + GRAYS[at + 16 : at + 18] + b"\x80\x80"
        for y in range(0, 256, 32)
        for at in range(y, y + 16, 2)
    )
    data = b"".join(units)
    colors: tiff_.Tags = {
        258: (tiff_.SHORT, [8, 8, 8]),
        259: (tiff_.SHORT, [8 if deflated else 1]),
        262: (tiff_.SHORT, [6]),
        277: (tiff_.SHORT, [3]),
        530: (tiff_.SHORT, [2, 2]),
    }
    made = render(tiff_.of_pieces([zlib.compress(data) if deflated else data], SQUARE, tags=colors))
    image = opened(made.preview)
    assert not made.incomplete
    for place, gray in (((2, 2), 0), ((13, 2), 85), ((2, 13), 170), ((13, 13), 255)):
        assert close(samples.color_at(image, *place), (gray,) * 3, 4)


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (kind(8, compression=34887), "LERC"),
        (kind(8, compression=32809), "ThunderScan"),
        (kind(8, compression=50001), "WebP"),
        (kind(8, compression=12345), "compression 12345"),
        (kind(8, photometric=9), "ICC Lab"),
        (kind(8, photometric=8), "Lab with 1 sample of 8 bits per pixel"),
        (kind(8, format=2), "signed samples of 8 bits"),
        (kind(14), "samples of 14 bits"),
        (kind(16, format=3), "floating-point samples of 16 bits"),
        (kind(64, format=3), "floating-point samples of 64 bits"),
        (
            kind(8) | {258: (tiff_.SHORT, [8] * 5), 262: (tiff_.SHORT, [5]), 277: (tiff_.SHORT, [5])},
            "5 samples of 8 bits per pixel",
        ),
        (
            kind(8) | {258: (tiff_.SHORT, [8] * 7), 262: (tiff_.SHORT, [2]), 277: (tiff_.SHORT, [7])},
            "7 samples of 8 bits per pixel",
        ),
    ],
)
def test_kind_that_is_not_decoded_is_named(tags: tiff_.Tags, name: str) -> None:
    data = tiff_.of_pieces([bytes(4096)], SQUARE, tags=tags)
    assert reason(data) == f"This TIFF is of a kind that cannot be processed: {name}."


def test_unsigned_numbers_of_32_bits_are_named_where_they_are_too_large() -> None:
    data = tiff_.of_pieces([numbers("<", "L", 16843009)], SQUARE, tags=kind(32))
    assert reason(data).endswith("unsigned samples of 32 bits.")


@pytest.mark.parametrize("options", [{}, {"tile": 16}, {"planar": True}, {"depth": 16}, {"deflated": True}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_big_endian_bigtiff_equals_its_little_endian_twin(mode: str, options: dict[str, int]) -> None:
    picture = samples.quarters(SQUARE, mode)
    big, little = (render(tiff_.tiff(picture, order=order, large=True, **options)) for order in "><")  # type: ignore[arg-type]
    assert big.preview.data == little.preview.data


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_malformed_tags_that_the_pixels_do_not_need_cost_none(order: str, *, large: bool) -> None:
    malformed: tiff_.Tags = {
        296: (tiff_.ASCII, list(b"inches\0")),
        282: (tiff_.SHORT, [0]),
        34665: (tiff_.LONG, [1 << 30]),
        34675: (tiff_.UNDEFINED, list(b"profile")),
    }
    made = render(tiff_.tiff(samples.quarters(SIZE), order=order, large=large, tags=malformed))
    assert same(opened(made.preview), samples.quarters(SIZE))
    assert not made.incomplete


@pytest.mark.parametrize("cut", [0.5, 0.8])
def test_compressed_strips_that_are_there_are_displayed(cut: float) -> None:
    noise = Image.effect_noise(SIZE, 90).tobytes()
    strips = [zlib.compress(noise[at : at + 180 * 20]) for at in range(0, len(noise), 180 * 20)]
    data = tiff_.of_pieces(strips, SIZE, tags=kind(8, compression=8))
    page = struct.unpack("<L", data[4:8])[0]
    # The tags come first, as many programs write them, so that the file ends within the pixels.
    starts = [len(data) - page + 16 + sum(map(len, strips[:number])) for number in range(len(strips))]
    tagged = tiff_.of_pieces(strips, SIZE, tags=kind(8, compression=8) | {273: (tiff_.LONG, starts)})
    data = relocated(tagged, page) + b"".join(strips)
    made = render(data[: int(len(data) * cut)])
    image = opened(made.preview)
    assert made.incomplete
    assert image.convert("L").crop((0, 0, 180, 20)).getextrema() != (128, 128)
    assert close(samples.color_at(image, 20, 158), (128,) * 3, 4)


def relocated(data: bytes, page: int) -> bytes:
    """Header and tags of a file, moved to its start."""
    shift = page - 16
    table = bytearray(data[page:])
    for at in range(2, 2 + 12 * struct.unpack("<H", table[:2])[0], 12):
        tag, form, count, value = struct.unpack("<HHLL", table[at : at + 12])
        if count * {tiff_.SHORT: 2, tiff_.LONG: 4}[form] > 4:
            table[at : at + 12] = struct.pack("<HHLL", tag, form, count, value - shift)
    return data[:4] + struct.pack("<L", 16) + data[8:16] + bytes(table)
