"""PNG: chunks that are damaged and not needed for the pixels are left out before Pillow reads the file.

Of an animation the still image is used, so that its other chunks are left out, too.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import IO

from PIL import ImagePalette
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile, PngStream

from chalicelib.errors import Unreadable
from chalicelib.images import chunks
from chalicelib.images.partial import PartialImage, full_palette
from chalicelib.images.pieces import Piece, PieceFile
from chalicelib.images.probe import DAMAGED, INCOMPLETE, MAX_CHUNKS, big_endian

MAX_PROFILE_BYTES = 16 * 1024 * 1024
MAX_TEXT_BYTES = 16 * 1024 * 1024  # decompressed, in all
_SIGNATURE_BYTES = 8
_COLOR_TYPE = 25  # where IHDR has it
_GRAY, _RGB, _INDEXED = 0, 2, 3
_END = b"\0\0\0\0IEND\xaeB`\x82"
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
# Chunks that say something about the image's appearance or its origin.
_ANCILLARY = _TEXTS | {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"iCCP", b"eXIf"}
_MODES_WITH_COLOR_KEY = frozenset({"1", "L", "I;16", "RGB"})


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the still image without decoding it; raises Unreadable if there is none.

    Whether pixels are missing shows when they are decoded: a file may lack its last chunks, or frames, and no pixel.
    """
    found = [chunk for chunk in _iter_chunks(file) if chunk.name in _CRITICAL | _ANCILLARY]
    pixels = [chunk for chunk in found if chunk.name == b"IDAT"]
    complete = bool(found) and found[-1].name == b"IEND"
    if not any(chunk.body for chunk in pixels):
        raise Unreadable(DAMAGED if complete else INCOMPLETE)
    file.seek(_COLOR_TYPE)
    colors = file.read(1)[0]
    needed = {b"IHDR", b"PLTE"} if colors == _INDEXED else {b"IHDR"}  # otherwise, the palette is a suggestion
    head = [chunk for chunk in found if chunk.name in needed]
    pieces: list[Piece] = [range(_SIGNATURE_BYTES)]
    pieces += [piece for chunk in (*head, *_readable(file, found, colors), *pixels) for piece in chunk.pieces]
    image = PngPicture(PieceFile(file, [*pieces, _END]).stream())
    image.info["icc_profile"] = _profile(file, found)
    return image


class PngPicture(PartialImage, PngImageFile):
    """The still image of a PNG; its color key has the scale of the pixels in Pillow's memory."""

    def _open(self) -> None:
        super()._open()
        if self.palette:
            self.palette = ImagePalette.raw("RGB", full_palette(bytes(self.palette.palette)))
        depth = self._depth()
        key = self.info.get("transparency")
        if key is None or self.mode not in _MODES_WITH_COLOR_KEY:
            return
        # Only the lower bits of the key count (PNG specification, 11.3.2.1).
        if self.mode == "RGB":
            self.info["transparency"] = tuple(value >> 8 if depth == 16 else value & 255 for value in key)
        elif self.mode == "L":
            most = (1 << depth) - 1
            self.info["transparency"] = (key & most) * 255 // most

    def _depth(self) -> int:
        """Bits per sample: the rawmode of Pillow ends with them, if they are not 8."""
        raw = str(self.tile[0].args)
        return next((bits for bits in (16, 4, 2, 1) if raw.endswith((f";{bits}", f";{bits}B"))), 8)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk: its name, the range of its body, and whether the file has all of it."""

    name: bytes
    body: range
    complete: bool

    @property
    def pieces(self) -> tuple[Piece, ...]:
        if self.complete:
            return (range(self.body.start - 8, self.body.stop + 4),)
        return (len(self.body).to_bytes(4) + self.name, self.body, bytes(4))  # pixels, whose CRC is not checked


def _iter_chunks(file: IO[bytes]) -> Iterator[_Chunk]:
    """Chunks up to the end of the image, or to where they cannot be followed any more."""
    file_bytes = file.seek(0, 2)
    for name, start, size in islice(chunks.iter_png(file), MAX_CHUNKS):
        if not name.isalpha():
            return
        complete = start + size + 4 <= file_bytes
        if complete or name == b"IDAT":
            yield _Chunk(name, range(start, min(start + size, file_bytes)), complete)
        if name == b"IEND" or not complete:
            return


def _readable(file: IO[bytes], found: list[_Chunk], colors: int) -> Iterator[_Chunk]:
    """Ancillary chunks whose CRC is right and which Pillow can read, the texts among them up to MAX_TEXT_BYTES."""
    mode = {_GRAY: "L", _RGB: "RGB", _INDEXED: "P"}.get(colors, "")
    text_bytes = 0
    for chunk in found:
        body = _body(file, chunk) if chunk.name in _ANCILLARY else None
        stream = PngStream(BytesIO(body or b""))
        stream.im_mode = mode
        if body is None or not _accepts(stream, chunk.name, len(body)):
            continue
        text_bytes += sum(len(text) for text in stream.im_text.values())
        if chunk.name not in _TEXTS or text_bytes <= MAX_TEXT_BYTES:
            yield chunk


def _accepts(stream: PngStream, name: bytes, size: int) -> bool:
    if not hasattr(stream, f"chunk_{name.decode()}"):
        return True
    try:
        stream.call(name, 0, size)
    except Exception:  # noqa: BLE001 Pillow raises many types on hostile bytes
        return False
    return True


def _body(file: IO[bytes], chunk: _Chunk) -> bytes | None:
    """The body of a chunk, or None if its CRC is wrong."""
    file.seek(chunk.body.start)
    body = file.read(len(chunk.body))
    return body if zlib.crc32(chunk.name + body) == big_endian(file.read(4)) else None


def _profile(file: IO[bytes], found: list[_Chunk]) -> bytes | None:
    """The color profile, or None if there is none or it cannot be read (PNG specification, 11.3.3.3)."""
    chunk = next((chunk for chunk in found if chunk.name == b"iCCP"), None)
    body = _body(file, chunk) if chunk else None
    _, _, packed = (body or b"").partition(b"\0")
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if unpacker.eof and packed[:1] == b"\0" else None
