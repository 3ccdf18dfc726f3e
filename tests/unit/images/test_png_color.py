"""Colors that PNGs and TIFFs declare in numbers, against values from a browser (Chromium 156, sRGB screen)."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, TiffImagePlugin

from chalicelib.images import color, probe, tiff
from tests.support.images import samples
from tests.unit.images.support import close, opened, render

STORED = (200, 100, 50)
SRGB = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)
P3 = (0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06)
ADOBE = (0.3127, 0.329, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
P3_IN_SRGB = (215, 93, 31)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def gama(value: int) -> bytes:
    return chunk(b"gAMA", struct.pack(">I", value))


def chrm(points: tuple[float, ...]) -> bytes:
    return chunk(b"cHRM", struct.pack(">8I", *(round(100_000 * value) for value in points)))


def cicp(*values: int) -> bytes:
    return chunk(b"cICP", bytes(values))


def png(*chunks: bytes, mode: str = "RGB", **options: object) -> bytes:
    data = samples.encoded(Image.new("RGB", (8, 8), STORED).convert(mode), "PNG", **options)
    return data[:33] + b"".join(chunks) + data[33:]


def center(data: bytes) -> tuple[int, ...]:
    return samples.color_at(opened(render(data).preview), 4, 4)


LINEAR = (229, 168, 122)


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ([cicp(12, 13, 0, 1)], P3_IN_SRGB),
        ([cicp(9, 16, 0, 1)], (255, 0, 0)),
        ([cicp(9, 18, 0, 1)], (230, 48, 17)),
        ([cicp(1, 1, 0, 1)], (197, 91, 39)),
        ([cicp(1, 8, 0, 1)], LINEAR),
        ([gama(100_000)], LINEAR),
        ([gama(100_000), chrm(SRGB)], LINEAR),
        ([gama(35_714)], (189, 76, 26)),
        ([gama(55_556)], (210, 119, 65)),
        ([gama(45_455), chrm(P3)], (216, 93, 24)),
        ([gama(45_455), chrm(ADOBE)], (227, 100, 42)),
        # Precedence: cICP, sRGB, gAMA with cHRM.
        ([cicp(12, 13, 0, 1), chunk(b"sRGB", b"\0"), gama(100_000)], P3_IN_SRGB),
        ([chunk(b"sRGB", b"\0"), gama(100_000), chrm(P3)], STORED),
        # What says sRGB, nothing, or nothing that is allowed.
        ([gama(45_455)], STORED),
        ([gama(45_455), chrm(SRGB)], STORED),
        ([chrm(P3)], STORED),
        ([cicp(2, 13, 0, 1)], STORED),
        ([cicp(12, 13, 0, 0)], STORED),
        ([cicp(12, 13, 1, 1)], STORED),
        ([gama(0)], STORED),
        ([gama(100_000), chrm((0.0,) * 8)], STORED),
    ],
)
def test_chunks_are_converted_as_in_a_browser(chunks: list[bytes], wanted: tuple[int, ...]) -> None:
    assert close(center(png(*chunks)), wanted, 3)


def test_code_points_precede_a_profile_and_a_profile_precedes_the_rest() -> None:
    assert close(center(png(cicp(1, 13, 0, 1), icc_profile=samples.display_p3())), STORED, 3)
    assert close(center(png(cicp(2, 2, 0, 1), icc_profile=samples.display_p3())), P3_IN_SRGB, 3)
    assert close(center(png(gama(100_000), icc_profile=samples.display_p3())), P3_IN_SRGB, 3)


def test_wrong_checksum_makes_code_points_void() -> None:
    damaged = bytearray(cicp(12, 13, 0, 1))
    damaged[-1] ^= 1
    header = probe.png(BytesIO(png(bytes(damaged))))
    assert (header.color_space, header.ignores_profile) == (None, False)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA"])
def test_every_mode_is_converted(mode: str) -> None:
    plain = png(mode=mode)
    before = center(plain)
    light = color.to_srgb(Image.new("L", (1, 1), before[0]), samples.linear_gray())
    assert abs(center(png(gama(100_000), mode=mode))[0] - samples.color_at(light, 0, 0)[0]) <= 2


def tif(tags: dict[str, tuple[float, ...]], mode: str = "RGB") -> bytes:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    numbers = {"white": (318, 5), "primaries": (319, 5), "transfer": (301, 3)}
    for name, values in tags.items():
        number, kind = numbers[name]
        info.tagtype[number] = kind
        info[number] = values
    return samples.encoded(Image.new("RGB", (8, 8), STORED).convert(mode), "TIFF", tiffinfo=info)


LINE = tuple(257 * level for level in range(256))
SRGB_CURVE = tuple(
    round(65_535 * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4))
    for v in (level / 255 for level in range(256))
)


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ({"white": P3[:2], "primaries": P3[2:]}, P3_IN_SRGB),
        ({"white": P3[:2], "primaries": P3[2:], "transfer": SRGB_CURVE}, P3_IN_SRGB),
        ({"white": SRGB[:2], "primaries": SRGB[2:], "transfer": LINE * 3}, LINEAR),
        ({"transfer": LINE}, LINEAR),
        ({"transfer": LINE + SRGB_CURVE * 2}, (229, 100, 50)),
        ({"transfer": SRGB_CURVE * 3}, STORED),
        ({"white": SRGB[:2], "primaries": SRGB[2:]}, STORED),
        ({"primaries": P3[2:]}, STORED),
        ({"transfer": LINE[:100]}, STORED),
        ({"white": (0.0, 0.0), "primaries": (0.0,) * 6}, STORED),
    ],
)
def test_tiff_tags_are_converted(tags: dict[str, tuple[float, ...]], wanted: tuple[int, ...]) -> None:
    assert close(center(tif(tags)), wanted, 3)


def test_gray_tiff_uses_its_transfer_function() -> None:
    gray = Image.new("RGB", (1, 1), STORED).convert("L").getpixel((0, 0))
    assert isinstance(gray, int)
    wanted = color.to_srgb(Image.new("L", (1, 1), gray), samples.linear_gray()).getpixel((0, 0))
    assert abs(center(tif({"transfer": LINE}, "L"))[0] - int(str(wanted))) <= 2
    assert tiff.probe(BytesIO(tif({}, "L"))).color_space is None
