import pytest
from PIL import Image

from chalicelib.images import color
from tests.support.images import samples


def srgb(stored: tuple[int, int, int]) -> tuple[float, ...]:
    """Display P3 to sRGB by definition: linearize, multiply by the matrix of both primaries, clip, encode."""
    light = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in stored]
    rows = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
    cut = [min(1.0, max(0.0, sum(m * c for m, c in zip(row, light, strict=True)))) for row in rows]
    return tuple(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055) for c in cut)


@pytest.mark.parametrize("stored", [(200, 100, 50), (30, 200, 90), (90, 60, 180), (10, 10, 12), (250, 240, 230)])
def test_display_p3_is_converted_as_specified(stored: tuple[int, int, int]) -> None:
    image = color.to_srgb(Image.new("RGB", (4, 4), stored), samples.display_p3())
    seen = samples.color_at(image, 1, 1)
    assert all(abs(a - b) <= 2 for a, b in zip(seen, srgb(stored), strict=True))


def test_profile_leaves_alpha_unchanged() -> None:
    image = color.to_srgb(Image.new("RGBA", (2, 2), (234, 51, 35, 77)), samples.display_p3())
    seen = image.getpixel((0, 0))
    assert isinstance(seen, tuple)
    assert seen[3] == 77
    assert seen[0] >= 254


def test_srgb_profile_under_another_name_changes_no_pixel() -> None:
    ramp = Image.linear_gradient("L")
    image = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180)))
    assert color.to_srgb(image.copy(), samples.plain_srgb()).tobytes() == image.tobytes()


def test_gray_profile_is_converted_to_srgb_gray() -> None:
    image = color.to_srgb(Image.new("L", (2, 2), 128), samples.linear_gray())
    assert (image.mode, image.getpixel((0, 0))) == ("L", 188)


def test_cmyk_uses_its_profile_or_a_default_conversion() -> None:
    inks = Image.new("CMYK", (2, 2), (0, 255, 255, 0))
    assert samples.color_at(color.to_srgb(inks.copy(), samples.gray_press()), 0, 0) == (119, 119, 119)
    assert samples.color_at(color.to_srgb(inks.copy(), None), 0, 0) == (255, 0, 0)


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"no profile at all",
        samples.display_p3()[:200],
        samples.gray_press(),
        samples.linear_gray(),
        "text",
        None,
    ],
)
def test_broken_or_mismatched_profile_is_ignored(profile: object) -> None:
    image = Image.new("RGB", (2, 2), (234, 51, 35))
    assert color.to_srgb(image, profile).getpixel((0, 0)) == (234, 51, 35)


def test_transparent_color_becomes_alpha() -> None:
    image = Image.new("RGB", (2, 1), (1, 2, 3))
    image.putpixel((1, 0), (9, 9, 9))
    image.info["transparency"] = (9, 9, 9)
    plain = color.to_plain_mode(image)
    assert [plain.getpixel((x, 0)) for x in (0, 1)] == [(1, 2, 3, 255), (9, 9, 9, 0)]
    assert color.clear_transparent_pixels(plain).getpixel((1, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("mode", "plain"),
    [("1", "L"), ("LA", "RGBA"), ("P", "RGB"), ("PA", "RGBA"), ("I;16", "L"), ("I;16B", "L"), ("L", "L"),
     ("RGBA", "RGBA"), ("La", "RGBA"), ("RGBa", "RGBA"), ("YCbCr", "RGB"), ("LAB", "RGB"), ("RGBX", "RGB"),
     ("CMYK", "CMYK")],
)  # fmt: skip
def test_every_mode_becomes_a_plain_mode(mode: str, plain: str) -> None:
    assert color.to_plain_mode(Image.new(mode, (3, 3))).mode == plain


@pytest.mark.parametrize("mode", ["I;16", "I;16B"])
def test_sixteen_bit_gray_is_scaled_in_either_byte_order(mode: str) -> None:
    assert color.to_plain_mode(Image.new(mode, (2, 2), 40_000)).getpixel((0, 0)) == 156


@pytest.mark.parametrize("mode", ["I", "F"])
@pytest.mark.parametrize(("values", "grays"), [((-500, 0, 500), (0, 128, 255)), ((7, 7, 7), (0, 0, 0))])
def test_thirty_two_bit_gray_is_scaled_from_darkest_to_brightest(
    mode: str, values: tuple[int, ...], grays: tuple[int, ...]
) -> None:
    image = Image.new(mode, (3, 1))
    image.putdata(values)
    level = color.scale_to_8_bits(image)
    assert level.mode == "L"
    assert tuple(level.tobytes()) == grays


def test_nan_and_infinity_do_no_harm() -> None:
    for odd in (float("nan"), float("inf"), -float("inf"), 3e38):
        image = Image.new("F", (3, 1), 1.0)
        image.putpixel((1, 0), odd)
        assert color.scale_to_8_bits(image).mode == "L"


def test_other_modes_are_unchanged() -> None:
    for mode in ("L", "I;16", "RGB", "P"):
        image = Image.new(mode, (2, 2))
        assert color.scale_to_8_bits(image) is image


def test_flattened_background_is_white() -> None:
    image = Image.new("RGBA", (2, 1), (10, 20, 30, 255))
    image.putpixel((1, 0), (0, 0, 0, 0))
    paper = color.flatten_on_white(image)
    assert (paper.mode, paper.getpixel((0, 0)), paper.getpixel((1, 0))) == ("RGB", (10, 20, 30), (255, 255, 255))
    for mode in ("L", "RGB"):
        plain = Image.new(mode, (2, 2))
        assert color.flatten_on_white(plain) is plain


def test_quantized_image_is_transparent_below_half_alpha() -> None:
    image = Image.new("RGBA", (3, 1), (200, 10, 10, 255))
    image.putpixel((1, 0), (10, 200, 10, 127))
    image.putpixel((2, 0), (10, 10, 200, 128))
    few = color.quantize(image)
    assert few.mode == "P"
    visible = few.convert("RGBA")
    assert [visible.getpixel((x, 0))[3] for x in range(3)] == [255, 0, 255]  # type: ignore[index]
    assert visible.getpixel((0, 0)) == (200, 10, 10, 255)
    assert "transparency" not in color.quantize(Image.new("RGBA", (2, 2), (1, 2, 3, 255))).info
    assert color.quantize(Image.new("L", (2, 2))).mode == "L"
    assert color.quantize(Image.new("RGB", (2, 2))).mode == "P"
