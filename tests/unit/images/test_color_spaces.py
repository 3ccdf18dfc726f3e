"""Colors declared by code points, against values from the standards and from a browser (Chromium 156, sRGB screen)."""

import struct

import pytest
from PIL import Image

from chalicelib.images import color, color_spaces
from chalicelib.images.color_matrices import Primaries
from chalicelib.images.color_spaces import BT709, ColorSpace
from tests.support.images import isobmff, samples
from tests.unit.images.support import close, opened, reason, render

SIZE = (64, 64)
STORED = ((200, 100, 50), (30, 200, 90), (90, 60, 180), (128, 128, 128), (250, 240, 230))


def converted(space: ColorSpace | None, mode: str = "RGB") -> list[tuple[int, ...]]:
    seen = [color.to_srgb(Image.new("RGB", (1, 1), one).convert(mode), None, space) for one in STORED]
    return [samples.color_at(image, 0, 0) for image in seen]


# Of a browser, for AVIF or PNG with these code points.
IN_A_BROWSER = {
    (12, 13): ((215, 93, 31), (0, 204, 73), (95, 58, 187), (128, 128, 128), (252, 240, 229)),
    (9, 13): ((241, 76, 29), (0, 211, 67), (93, 52, 188), (128, 128, 128), (255, 239, 229)),
    (1, 4): ((201, 100, 46), (24, 201, 90), (90, 57, 181), (129, 129, 129), (250, 240, 231)),
    (1, 5): ((189, 76, 26), (8, 189, 66), (66, 36, 165), (106, 106, 106), (249, 237, 224)),
    (1, 8): ((229, 168, 122), (96, 229, 160), (160, 133, 219), (188, 188, 188), (253, 248, 244)),
    (1, 1): ((197, 91, 39), (18, 197, 81), (81, 49, 176), (121, 121, 121), (250, 239, 229)),
    (4, 4): ((233, 93, 22), (0, 198, 80), (87, 75, 186), (129, 129, 129), (254, 241, 230)),
    (5, 13): ((203, 100, 51), (0, 200, 92), (91, 61, 179), (128, 128, 128), (250, 240, 230)),
    (6, 13): ((196, 102, 49), (58, 197, 89), (90, 66, 180), (128, 128, 128), (249, 240, 230)),
    (7, 7): ((202, 117, 67), (70, 204, 105), (106, 82, 189), (141, 141, 141), (250, 243, 233)),
    (11, 17): ((212, 78, 0), (0, 204, 52), (79, 42, 184), (118, 118, 118), (255, 248, 234)),
    (22, 13): ((202, 102, 49), (0, 196, 90), (91, 69, 180), (128, 128, 128), (250, 240, 230)),
    (9, 16): ((255, 0, 0), (0, 255, 0), (0, 0, 254), (132, 132, 132), (255, 211, 179)),
    (9, 18): ((230, 48, 17), (0, 208, 45), (66, 36, 148), (99, 99, 99), (255, 225, 204)),
    (1, 16): ((255, 51, 8), (1, 255, 33), (47, 19, 250), (132, 132, 132), (255, 230, 196)),
}


@pytest.mark.parametrize("code_points", IN_A_BROWSER)
def test_code_points_are_converted_as_in_a_browser(code_points: tuple[int, int]) -> None:
    for seen, wanted in zip(
        converted(color_spaces.from_code_points(*code_points)), IN_A_BROWSER[code_points], strict=True
    ):
        assert close(seen, wanted, 3), (seen, wanted)


@pytest.mark.parametrize("code_points", [(1, 13), (2, 2), (1, 2), (2, 13), (1, 11), (99, 200)])
def test_srgb_and_unspecified_code_points_need_no_conversion(code_points: tuple[int, int]) -> None:
    assert color_spaces.from_code_points(*code_points) is None


def test_display_p3_equals_its_profile() -> None:
    ramp = Image.linear_gradient("L").resize((32, 32))
    image = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180)))
    by_profile = color.to_srgb(image.copy(), samples.display_p3()).tobytes()
    by_code_points = color.to_srgb(image.copy(), None, color_spaces.from_code_points(12, 13)).tobytes()
    assert max(abs(a - b) for a, b in zip(by_profile, by_code_points, strict=True)) <= 1


@pytest.mark.parametrize(("code_points", "gray"), [((12, 13), 128), ((1, 8), 188), ((9, 16), 132), ((9, 18), 99)])
def test_gray_stays_gray(code_points: tuple[int, int], gray: int) -> None:
    image = color.to_srgb(Image.new("L", (2, 2), 128), None, color_spaces.from_code_points(*code_points))
    assert image.mode == "L"
    assert close(samples.color_at(image, 0, 0), (gray,) * 3, 1)


@pytest.mark.parametrize("code_points", [(12, 13), (9, 16)])
def test_alpha_is_unchanged(code_points: tuple[int, int]) -> None:
    image = Image.new("RGBA", (2, 2), (200, 100, 50, 77))
    seen = color.to_srgb(image, None, color_spaces.from_code_points(*code_points)).getpixel((0, 0))
    assert isinstance(seen, tuple)
    assert seen[3] == 77
    assert seen[0] >= 214


def test_profile_precedes_code_points_unless_it_is_broken() -> None:
    space = color_spaces.from_code_points(1, 8)
    image = Image.new("RGB", (1, 1), (200, 100, 50))
    assert color.to_srgb(image.copy(), samples.plain_srgb(), space).getpixel((0, 0)) == (200, 100, 50)
    assert color.to_srgb(image.copy(), b"broken", space).getpixel((0, 0)) == (229, 168, 122)


@pytest.mark.parametrize(
    ("gamma", "primaries"),
    [
        (0.0, BT709),
        (1e9, BT709),
        (2.2, ((0.0, 0.0),) * 4),
        (2.2, ((0.3127, 0.329), (0.3, 0.3), (0.3, 0.3), (0.3, 0.3))),
        (2.2, ((0.3127, 0.0), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06))),
    ],
)
def test_impossible_chromaticities_are_ignored(gamma: float, primaries: Primaries) -> None:
    assert color_spaces.from_gamma(gamma, primaries) is None


def test_tone_mapping_keeps_the_order_and_reaches_white_at_the_peak() -> None:
    for transfer, peak in ((16, 192), (18, 255)):
        ramp = Image.frombytes("L", (256, 1), bytes(range(256)))
        seen = color.to_srgb(ramp, None, color_spaces.from_code_points(9, transfer)).tobytes()
        assert list(seen) == sorted(seen)
        assert seen[0] == 0
        assert min(seen[peak:]) >= 254


def declaring(form: str, primaries: int, transfer: int, **options: object) -> bytes:
    """A patch of (200, 100, 50) with these code points in its boxes."""
    data = samples.encoded(Image.new("RGB", SIZE, STORED[0]), form, **options)
    at = data.index(b"nclx") + 4
    return data[:at] + struct.pack(">HH", primaries, transfer) + data[at + 4 :]


def center(data: bytes) -> tuple[int, ...]:
    return samples.color_at(opened(render(data).preview), 32, 32)


@pytest.mark.parametrize(
    ("primaries", "transfer", "wanted"),
    [
        (1, 13, STORED[0]),
        (1, 1, STORED[0]),  # the curve of video counts as that of sRGB here, as in browsers
        (12, 13, (215, 93, 31)),
        (9, 14, (241, 76, 29)),
        (1, 8, (229, 168, 122)),
        (9, 16, (255, 0, 0)),
        (9, 18, (230, 48, 17)),
    ],
)
@pytest.mark.parametrize("form", ["AVIF", "HEIC"])
def test_code_points_in_boxes_are_converted(form: str, primaries: int, transfer: int, wanted: tuple[int, ...]) -> None:
    assert close(center(declaring(form, primaries, transfer)), wanted, 5)


@pytest.mark.parametrize("form", ["AVIF", "HEIC"])
def test_profile_in_a_box_precedes_code_points(form: str) -> None:
    part = isobmff.encoded_part(Image.new("RGB", SIZE, STORED[0]), form)
    nclx = isobmff.box(b"colr", b"nclx" + struct.pack(">HHHB", 12, 13, 6, 128))
    profile = isobmff.box(b"colr", b"prof" + samples.plain_srgb())
    others = tuple(one for one in part.properties if one[4:8] != b"colr")
    both = isobmff.Part(part.kind, part.data, (*others, nclx, profile))
    assert close(center(isobmff.container(form, both)), STORED[0], 5)


@pytest.mark.parametrize("form", ["AVIF", "HEIC"])
def test_code_points_of_tiles_apply_to_a_grid_without(form: str) -> None:
    part = isobmff.encoded_part(Image.new("RGB", SIZE, STORED[0]), form)
    others = tuple(one for one in part.properties if one[4:8] != b"colr")
    nclx = isobmff.box(b"colr", b"nclx" + struct.pack(">HHHB", 12, 13, 6, 128))
    tile = isobmff.Part(part.kind, part.data, (*others, nclx))
    data = isobmff.container(form, isobmff.grid(2, 1, 128, 64), tile, tile, references=[(b"dimg", 1, [2, 3])])
    assert close(center(data), (215, 93, 31), 5)


def test_code_points_of_the_codec_apply_without_a_box() -> None:
    declared = {"color-primaries": "smpte432", "transfer-characteristics": "srgb"}
    part = isobmff.encoded_part(Image.new("RGB", SIZE, STORED[0]), "AVIF", advanced=declared)
    others = tuple(one for one in part.properties if one[4:8] != b"colr")
    data = isobmff.container("AVIF", isobmff.Part(part.kind, part.data, others))
    assert close(center(data), (215, 93, 31), 5)


@pytest.mark.parametrize("form", ["AVIF", "HEIC"])
@pytest.mark.parametrize("matrix", [3, 11, 14])
def test_matrix_that_decoders_do_not_convert_is_rejected_with_the_reason(form: str, matrix: int) -> None:
    data = declaring(form, 9, 16)
    at = data.index(b"nclx") + 8
    assert "a color encoding that cannot be processed" in reason(data[:at] + struct.pack(">H", matrix) + data[at + 2 :])
