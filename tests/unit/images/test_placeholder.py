from base64 import b64decode

import pytest
from PIL import Image

from chalicelib.images.placeholder import thumbhash
from tests.support.images import samples


def woven(size: tuple[int, int], *, clear: bool = False) -> Image.Image:
    """Pixels without symmetry, so that no coefficient is only rounding error."""
    data = bytes(
        value % 256
        for y in range(size[1])
        for x in range(size[0])
        for value in (
            x * x * 7 + y * 13,
            y * y * 5 + x * 11,
            x * y * 3 + 29,
            x * y * 9 + x * 31 if clear else 255,
        )
    )
    return Image.frombytes("RGBA", size, data)


@pytest.mark.parametrize(
    ("size", "clear", "reference"),
    [
        ((32, 24), False, "XvgFDYI0Q2VSVHdgRWY2he/Ne6sI"),
        ((9, 31), False, "nQgGEgQwcid0UaWT76y68nI="),
        ((20, 20), True, "XwiCDQIXQppQlBVrRqqc/yd8MUB4ZnhXWA=="),
    ],
)
def test_thumbhash_equals_the_reference(
    size: tuple[int, int], clear: bool, reference: str
) -> None:  # by npm's thumbhash 0.1.1
    assert thumbhash(woven(size, clear=clear)) == reference


def test_thumbhash_is_small_and_independent_of_size() -> None:
    small, large = thumbhash(samples.quarters((64, 48))), thumbhash(samples.quarters((640, 480)))
    assert small == large
    assert len(b64decode(small)) < 30


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (10_000, 10), (33, 31)])
def test_thumbhash_works_for_any_shape(size: tuple[int, int]) -> None:
    for mode in ("L", "RGB", "RGBA"):
        assert len(b64decode(thumbhash(Image.new(mode, size)))) >= 5


def test_thumbhash_marks_transparency() -> None:
    assert b64decode(thumbhash(Image.new("RGBA", (32, 32), (0, 0, 0, 0))))[2] & 0x80
    assert not b64decode(thumbhash(Image.new("RGBA", (32, 32), (0, 0, 0, 255))))[2] & 0x80
