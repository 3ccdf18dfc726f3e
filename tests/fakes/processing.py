"""Fakes of rendering and labeling; the bytes of a file determine the result."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import IO

from PIL import Image

from chalicelib.errors import Unavailable, Unreadable
from chalicelib.images import Derivative, Metadata, RenderedImages
from chalicelib.labels.labeler import Detection, PhotoMetadata
from chalicelib.library.label import Label
from chalicelib.util.capture_time import CaptureTime, parse_capture_time
from chalicelib.util.coordinates import MILLIONTHS, Coordinates, coordinates_from_degrees
from chalicelib.util.exposure import Exposure


@dataclass(frozen=True)
class ImageFunctions:
    """How files are rendered and read, and derivatives decoded."""

    render: Callable[[IO[bytes], int], RenderedImages]
    read_metadata: Callable[[IO[bytes]], Metadata]
    decode: Callable[[bytes], Image.Image]


def render(file: IO[bytes], size: int) -> RenderedImages:
    """Images of 40 x 30 pixels, PNG for bytes that begin with `png`; raises Unreadable for those that do with `bad`."""
    data = file.read()
    if data.startswith(b"bad"):
        raise Unreadable("This file is not an image.")
    content = b"image of " + data
    name = "PNG" if data.startswith(b"png") else "JPEG"
    image = Derivative(content, f"image/{name.lower()}", name, width=20, height=15, pixels=decode(content))
    webp = replace(image, mime="image/webp", format="WEBP")
    return RenderedImages(
        format=name,
        mime=image.mime,
        width=40,
        height=30,
        metadata=_metadata(data),
        thumbnail=image,
        resized=image,
        preview=webp,
        small=webp,
        placeholder="abc=",
        perceptual_hash=hash_image(content),
    )


def read_metadata(file: IO[bytes]) -> Metadata:
    """The time with which the bytes begin, if any, and words like `caption=Harbor keyword=sea position=38.7,-9.4`."""
    file.seek(0)
    return _metadata(file.read())


def find_place(coordinates: Coordinates) -> tuple[str, ...]:
    """A city named by the latitude in whole degrees, and a country."""
    return (f"City {coordinates.latitude // MILLIONTHS}", "Country")


def hash_image(derivative: bytes) -> bytes:
    """A hash of the bytes of a derivative."""
    return sha256(derivative).digest()[:16]


def decode(derivative: bytes) -> Image.Image:
    """An image of 20 x 15 pixels that has the bytes of the derivative as its `content`."""
    image = Image.new("RGB", (20, 15))
    image.info["content"] = derivative
    return image


FAKE_IMAGES = ImageFunctions(render, read_metadata, decode)


def _metadata(data: bytes) -> Metadata:
    words = [word.partition("=")[::2] for word in data.decode("latin-1").split(" ")]
    fields = dict(words)
    position = [float(degrees) for degrees in fields.get("position", "").split(",") if degrees]
    return Metadata(
        capture_time=_capture_time(data),
        lens=fields.get("lens"),
        exposure=Exposure(iso=int(fields["iso"])) if "iso" in fields else None,
        caption=fields.get("caption"),
        rating=int(fields["rating"]) if "rating" in fields else None,
        keywords=tuple(value for name, value in words if name == "keyword"),
        coordinates=coordinates_from_degrees(*position) if position else None,
    )


def _capture_time(data: bytes) -> CaptureTime | None:
    """The time of bytes such as `2026-03-14T23:30:00-08:00 sea`."""
    try:
        return parse_capture_time(data.decode("ascii").split(" ")[0])
    except ValueError:
        return None


@dataclass
class FixedLabeler:
    """Labels every photo `sand`; raises Unavailable while broken."""

    broken: bool = False
    version: str = "fake-1"
    derivative: str = "preview"
    follows_time: bool = False

    def detect(self, image: Image.Image, metadata: PhotoMetadata) -> Detection:
        if self.broken:
            raise Unavailable("The labeler did not respond.")
        return Detection((Label("sand", 99.0),))
