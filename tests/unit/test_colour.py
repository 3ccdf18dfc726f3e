import pytest
from PIL import Image

from chalicelib import colour
from tests import pictures


def srgb(stored: tuple[int, int, int]) -> tuple[float, ...]:
    """Display P3 in sRGB by the textbook: to light, through the matrix of both primaries, cut, and back."""
    light = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in stored]
    rows = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
    cut = [min(1.0, max(0.0, sum(m * c for m, c in zip(row, light, strict=True)))) for row in rows]
    return tuple(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055) for c in cut)


@pytest.mark.parametrize("stored", [(200, 100, 50), (30, 200, 90), (90, 60, 180), (10, 10, 12), (250, 240, 230)])
def test_display_p3_is_carried_out_as_the_textbook_says(stored: tuple[int, int, int]) -> None:
    image = colour.managed(Image.new("RGB", (4, 4), stored), pictures.display_p3())
    seen = pictures.colour_at(image, 1, 1)
    assert all(abs(a - b) <= 2 for a, b in zip(seen, srgb(stored), strict=True))


def test_alpha_is_none_of_a_profiles_business() -> None:
    image = colour.managed(Image.new("RGBA", (2, 2), (234, 51, 35, 77)), pictures.display_p3())
    seen = image.getpixel((0, 0))
    assert isinstance(seen, tuple)
    assert seen[3] == 77
    assert seen[0] >= 254


def test_a_profile_that_is_srgb_by_another_name_leaves_every_pixel_alone() -> None:
    ramp = Image.linear_gradient("L")
    image = Image.merge("RGB", (ramp, ramp.rotate(90), ramp.rotate(180)))
    assert colour.managed(image.copy(), pictures.plain_srgb()).tobytes() == image.tobytes()


def test_greys_of_a_profile_stay_grey_and_become_those_of_srgb() -> None:
    image = colour.managed(Image.new("L", (2, 2), 128), pictures.linear_grey())
    assert (image.mode, image.getpixel((0, 0))) == ("L", 188)


def test_inks_go_by_their_profile_or_without_one_by_rule_of_thumb() -> None:
    inks = Image.new("CMYK", (2, 2), (0, 255, 255, 0))
    assert pictures.colour_at(colour.managed(inks.copy(), pictures.dull_press()), 0, 0) == (119, 119, 119)
    assert pictures.colour_at(colour.managed(inks.copy(), None), 0, 0) == (255, 0, 0)


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"no profile at all",
        pictures.display_p3()[:200],
        pictures.dull_press(),
        pictures.linear_grey(),
        "text",
        None,
    ],
)
def test_a_profile_that_is_broken_or_of_other_colours_counts_as_none(profile: object) -> None:
    image = Image.new("RGB", (2, 2), (234, 51, 35))
    assert colour.managed(image, profile).getpixel((0, 0)) == (234, 51, 35)


def test_one_transparent_colour_becomes_alpha() -> None:
    image = Image.new("RGB", (2, 1), (1, 2, 3))
    image.putpixel((1, 0), (9, 9, 9))
    image.info["transparency"] = (9, 9, 9)
    plain = colour.plain(image)
    assert [plain.getpixel((x, 0)) for x in (0, 1)] == [(1, 2, 3, 255), (9, 9, 9, 0)]
    assert colour.cleared(plain).getpixel((1, 0)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("mode", "plain"), [("1", "L"), ("LA", "RGBA"), ("P", "RGB"), ("I;16", "L"), ("L", "L"), ("RGBA", "RGBA")]
)
def test_every_way_to_store_pixels_becomes_a_plain_one(mode: str, plain: str) -> None:
    assert colour.plain(Image.new(mode, (3, 3))).mode == plain
