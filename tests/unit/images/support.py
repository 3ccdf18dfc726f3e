"""Helpers of the image tests."""

from io import BytesIO

import pytest
from PIL import Image

from chalicelib import images
from chalicelib.errors import Unreadable
from tests.support.images import samples

ALL = ["AVIF", "GIF", "HEIC", "JPEG", "JPEG XL", "PNG", "TIFF", "WEBP"]


def render(data: bytes) -> images.RenderedImages:
    """Everything rendered from one file."""
    return images.render(BytesIO(data), len(data))


def small(made: images.RenderedImages) -> images.Derivative:
    """The image for grids: the preview, if that is small itself."""
    return made.small or made.preview


def made_of(made: images.RenderedImages) -> tuple[images.Derivative, ...]:
    """Every image rendered from one file, each once."""
    return tuple(each for each in (made.thumbnail, made.resized, made.preview, made.small) if each is not None)


def opened(derivative: images.Derivative) -> Image.Image:
    """One rendered image; asserts that its metadata is correct."""
    image = Image.open(BytesIO(derivative.data))
    image.load()
    assert image.format == derivative.format
    assert image.size == (derivative.width, derivative.height)
    return image


def corners(data: bytes) -> tuple[tuple[int, ...], ...]:
    """The colors of the rendered file in its four corners."""
    return samples.corners(opened(render(data).preview))


def close(seen: tuple[int, ...], wanted: tuple[int, ...], tolerance: int = 12) -> bool:
    """Whether two colors are equal within the tolerance of encoding."""
    return all(abs(a - b) <= tolerance for a, b in zip(seen, wanted, strict=True))


def reason(data: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(Unreadable) as refused:
        render(data)
    return str(refused.value)
