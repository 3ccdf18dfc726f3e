from collections.abc import Callable
from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageEnhance

from chalicelib.images import perceptual_hash, render
from tests.support.images.scenes import scene

SCENES = [scene(seed) for seed in range(6)]
NOTHING = bytes(8)


def jpeg(quality: int) -> Callable[[Image.Image], Image.Image]:
    def encode(image: Image.Image) -> Image.Image:
        data = BytesIO()
        image.save(data, "JPEG", quality=quality)
        return Image.open(data)

    return encode


def brightened(factor: float) -> Callable[[Image.Image], Image.Image]:
    return lambda image: ImageEnhance.Brightness(image).enhance(factor)


def half(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2))


def distance(first: bytes, second: bytes) -> int:
    return (int.from_bytes(first) ^ int.from_bytes(second)).bit_count()


@pytest.mark.parametrize(
    "change",
    [jpeg(90), jpeg(60), jpeg(30), half, brightened(0.8), brightened(1.2)],
    ids=["quality 90", "quality 60", "quality 30", "half size", "darker", "brighter"],
)
def test_changed_copies_are_near(change: Callable[[Image.Image], Image.Image]) -> None:
    for image in SCENES:
        assert distance(perceptual_hash(image)[:8], perceptual_hash(change(image))[:8]) <= 6


def test_different_images_are_far() -> None:
    hashes = [perceptual_hash(image)[:8] for image in SCENES]
    assert min(distance(a, b) for a, b in combinations(hashes, 2)) > 12


def test_second_hash_is_that_of_the_middle() -> None:
    for image in SCENES:
        middle = image.crop((32, 24, 608, 456))
        assert distance(perceptual_hash(image)[8:], perceptual_hash(middle)[:8]) <= 2


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA"])
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (1, 6000)], ids=str)
def test_image_of_one_color_is_described_by_nothing(mode: str, size: tuple[int, int]) -> None:
    assert perceptual_hash(Image.new(mode, size, "black")) == NOTHING * 2


def test_transparent_pixels_count_as_white() -> None:
    picture = SCENES[0].convert("RGBA")
    picture.putalpha(Image.new("L", picture.size))
    assert perceptual_hash(picture) == NOTHING * 2


def test_every_mode_has_the_hash_of_its_gray_levels() -> None:
    gray = SCENES[0].convert("L")
    assert {perceptual_hash(gray.convert(mode)) for mode in ("L", "RGB", "RGBA", "LA")} == {perceptual_hash(gray)}


def test_rendering_hashes_the_upright_image() -> None:
    data = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    SCENES[0].transpose(Image.Transpose.ROTATE_90).save(data, "JPEG", quality=95, exif=exif)
    rendered = render(data, len(data.getvalue()))
    assert distance(rendered.perceptual_hash, perceptual_hash(SCENES[0])) <= 4
