import pytest
from PIL import Image

from chalicelib.images import geometry
from tests.support.images import samples


@pytest.mark.parametrize("size", [(10, 700), (11, 513), (7, 512), (8, 1)])
def test_half_size_in_strips_equals_half_size_at_once(size: tuple[int, int]) -> None:
    image = Image.effect_noise(size, 90).convert("RGB")
    assert geometry.reduce_by_half(image).tobytes() == image.reduce(2).tobytes()


def test_palette_strips_are_resolved_before_averaging() -> None:
    image = Image.new("P", (2, 2))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 1), 1)
    assert geometry.reduce_by_half(image).getpixel((0, 0)) == (191, 0, 64)


@pytest.mark.parametrize(
    ("size", "serve"),
    [
        ((3200, 3200), True),
        ((3199, 3199), False),
        ((4032, 3024), True),
        ((10_467, 300), False),
        ((20_000, 300), True),
        ((300, 20_000), True),
        ((20_000, 299), False),
    ],
)
def test_half_size_is_used_only_without_enlarging(size: tuple[int, int], serve: bool) -> None:
    assert geometry.can_use_half_size(size) is serve


@pytest.mark.parametrize(
    ("size", "longest"),
    [
        ((4032, 3024), 1600),
        ((6000, 4000), 1600),
        ((100, 100), 1600),
        ((1080, 2160), 1600),
        ((9000, 3000), 2400),  # 800 pixels high
        ((12_000, 3000), 3200),
        ((20_000, 2222), 4800),  # as many pixels as 1600 x 1600
        ((300, 12_000), 10_000),
        ((65_535, 1), 10_000),
    ],
)
def test_panoramas_may_be_longer(size: tuple[int, int], longest: int) -> None:
    assert geometry.longer_side(size, 1600) == longest


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_and_its_inverse_restore_the_image(orientation: int) -> None:
    image = Image.effect_noise((5, 3), 90)
    opposite = {6: 8, 8: 6}.get(orientation, orientation)
    assert (
        geometry.apply_orientation(geometry.apply_orientation(image, orientation), opposite).tobytes()
        == image.tobytes()
    )


def test_odd_padding_is_centered_as_well_as_possible() -> None:
    made = geometry.thumbnail(Image.new("RGB", (149, 1), samples.RED), (149, 1), alpha=True)
    assert made.getchannel("A").getbbox() == (0, 74, 149, 75)
