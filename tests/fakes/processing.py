"""Fakes of rendering and labeling; the bytes of a file determine the result."""

from dataclasses import dataclass
from typing import IO

from chalicelib.errors import Unavailable, Unreadable
from chalicelib.images import Derivative, RenderedImages
from chalicelib.ingest.labeling import Label, PhotoMetadata


def render(file: IO[bytes], size: int) -> RenderedImages:
    """Images of 40 x 30 pixels; raises Unreadable for bytes that begin with `bad`."""
    data = file.read()
    if data.startswith(b"bad"):
        raise Unreadable("This file is not an image.")
    image = Derivative(data=b"image of " + data, mime="image/jpeg", format="JPEG", width=20, height=15)
    return RenderedImages(
        format="JPEG",
        mime="image/jpeg",
        width=40,
        height=30,
        capture_time=None,
        camera=None,
        thumbnail=image,
        resized=image,
        preview=image,
        small=image,
        placeholder="abc=",
    )


@dataclass
class FixedLabeler:
    """Labels every photo `sand`; raises Unavailable while broken."""

    broken: bool = False
    derivative: str = "preview"

    def detect(self, image: bytes, metadata: PhotoMetadata) -> tuple[Label, ...]:
        if self.broken:
            raise Unavailable("The labeler did not respond.")
        return (Label("sand", 99.0),)
