"""GIF: the first frame on its screen, transparent around it. Extensions are left out before Pillow reads the file."""

import struct
from collections.abc import Iterator
from typing import IO, Any

from PIL import ImagePalette
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images.partial import GRAY, PartialImage, full_palette
from chalicelib.images.pieces import Piece, PieceFile
from chalicelib.images.probe import DAMAGED, MAX_SEGMENTS

_HEADER_BYTES = 13
_GRAPHIC_CONTROL = 0xF9
_TRANSPARENT = 1  # flag of a graphic control extension
_END = b";"


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the first frame without decoding it; raises Unreadable if there is none."""
    return GifPicture(PieceFile(file, _pieces(file)).stream())


class GifPicture(PartialImage, GifImageFile):
    """The first frame of a GIF; what it leaves out of its screen is transparent."""

    def _open(self) -> None:
        super()._open()
        if self.palette:
            self.palette = ImagePalette.raw("RGB", full_palette(bytes(self.palette.palette)))

    def load(self) -> Any:
        """Decode, and clear the screen around the frame."""
        decoding = bool(self.tile)
        pixels = super().load()
        frame = self.dispose_extent
        if decoding and frame and frame != (0, 0, *self.size) and "transparency" not in self.info:
            self._clear_around(frame)
        return pixels

    def is_blank(self) -> bool:
        """Whether every pixel has the color with which decoding starts."""
        start = self.info.get("transparency", GRAY if self.mode == "L" else 255)
        return self.band_extrema() == [(start, start)]

    def _clear_around(self, frame: tuple[int, int, int, int]) -> None:
        """Make one color transparent, one that the frame does not use, and fill the screen around the frame with it."""
        left, top, right, bottom = frame
        counts = self.crop(frame).histogram()
        color = counts.index(min(counts))
        if counts[color]:
            self.im = self.point([value if value != color else self._nearest(color) for value in range(256)]).im
        width, height = self.size
        for box in (
            (0, 0, width, top),
            (0, bottom, width, height),
            (0, top, left, bottom),
            (right, top, width, bottom),
        ):
            if box[0] < box[2] and box[1] < box[3]:
                self.paste(color, box)
        self.info["transparency"] = color

    def _nearest(self, color: int) -> int:
        """The color of the palette that is most like another one."""
        palette = bytes(self.palette.palette) if self.palette else bytes(value for value in range(256) for _ in "RGB")
        colors = [palette[at : at + 3] for at in range(0, 3 * 256, 3)]
        others = (other for other in range(256) if other != color)
        return min(
            others, key=lambda other: sum((a - b) ** 2 for a, b in zip(colors[other], colors[color], strict=True))
        )


def _pieces(file: IO[bytes]) -> Iterator[Piece]:
    """The screen, the control of the first frame if it can be read, and the frame with all that follows."""
    size = file.seek(0, 2)
    file.seek(0)
    flags = file.read(_HEADER_BYTES)[10]
    start = _HEADER_BYTES + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    yield range(start)
    file.seek(start)
    control = b""
    for _ in range(MAX_SEGMENTS):
        kind = file.read(1)
        if kind == b",":
            yield control
            yield range(file.tell() - 1, size)
            yield _END
            return
        if not kind or kind == _END:
            break
        if kind == b"!":
            control = _read_control(file) or control
    raise Unreadable(DAMAGED)


def _read_control(file: IO[bytes]) -> bytes:
    """Skip an extension; returns it if it is a graphic control, as such with its transparent color only."""
    label, body = file.read(1), b""
    for number in range(MAX_SEGMENTS):
        size = file.read(1)
        if not size or not size[0]:
            break
        block = file.read(size[0])
        body = body if number else block
    if label != bytes([_GRAPHIC_CONTROL]) or len(body) < 4 or not body[0] & _TRANSPARENT:
        return b""
    return struct.pack("<BBBBHBB", 0x21, _GRAPHIC_CONTROL, 4, _TRANSPARENT, 0, body[3], 0)
