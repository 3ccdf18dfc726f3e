"""WebP: the first frame on its canvas, transparent around it.

libwebp's decoder of whole files refuses those whose sizes or flags contradict each other, and those that end early.
So the picture is presented to it in a container of its own, and what it cannot decode is decoded in part.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import chunks, webp_rows
from chalicelib.images.partial import GRAY
from chalicelib.images.pieces import Piece, PieceFile
from chalicelib.images.probe import (
    BLOCK_BYTES,
    DAMAGED,
    INCOMPLETE,
    MAX_CHUNKS,
    ImageHeader,
    image_header,
    little_endian,
    read_exactly,
)

MAX_SIDE = 16_383  # an animation's canvas may be larger, but derivatives are single images
_FIRST_CHUNK, _FRAME_HEADER_BYTES, _BITSTREAM_HEADER_BYTES = 12, 16, 10
_BITSTREAMS = frozenset({b"VP8 ", b"VP8L"})
_METADATA = frozenset({b"ICCP", b"EXIF"})
_ANIMATION, _EXIF, _ALPHA, _PROFILE = 0x02, 0x08, 0x10, 0x20
# The start of a bitstream, for files whose chunks cannot be followed.
_START = re.compile(rb"VP8 .{4}...\x9d\x01\x2a|VP8L.{4}\x2f", re.DOTALL)


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the size of the canvas, and that of the first frame (RFC 9649, 2.5 to 2.7).

    Memory: two canvases of libwebp's animation decoder (the only one Pillow uses), the frame it returns, and Pillow's
    copy of it, 4 bytes per pixel each; the file twice.
    """
    picture = _read_picture(file)
    width, height = (max(sides) for sides in zip(picture.canvas, picture.size, strict=True))
    return image_header(width, height, 15.6, MAX_SIDE, fixed_bytes=2 * file.seek(0, 2))


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the first frame without decoding it."""
    picture = _read_picture(file)
    try:
        return WebpPicture(file, picture)
    except OSError as error:
        raise Unreadable(DAMAGED if picture.complete else INCOMPLETE) from error


class WebpPicture(WebPImageFile):
    """The first frame of a WebP; `incomplete` says that rows of it are missing."""

    def __init__(self, file: IO[bytes], picture: "_Picture") -> None:
        self._file, self._picture = file, picture
        self.incomplete = not picture.complete
        super().__init__(PieceFile(file, picture.container()).stream())

    def load(self) -> Any:
        """Decode; raises Unreadable if there is not one row."""
        if not self.incomplete:
            try:
                return super().load()
            except OSError:  # damage in the pixels
                self.incomplete = True
        if self._im is None:
            self._decoder = None
            self.im, self.tile = self._decode_rows().im, []
        return Image.Image.load(self)

    def _decode_rows(self) -> Image.Image:
        picture = self._picture
        data = PieceFile(self._file, picture.still_container()).read()
        rows = webp_rows.decode(data, self.mode, picture.size)
        if rows is None:
            raise Unreadable(INCOMPLETE if not picture.complete else DAMAGED)
        image = Image.new(self.mode, self.size, (0,) * 4 if self.mode == "RGBA" else (GRAY,) * 3)
        image.paste(rows, picture.position)
        return image


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A chunk: its name, the range of its body, and whether the file has all of it."""

    name: bytes
    body: range
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Picture:
    """The chunks of the first frame and the metadata; sizes in pixels; `frame` is its header in an animation."""

    chunks: tuple[_Chunk, ...]
    metadata: tuple[_Chunk, ...]
    canvas: tuple[int, int]
    size: tuple[int, int]
    has_alpha: bool
    frame: bytes

    @property
    def complete(self) -> bool:
        return self.chunks[-1].complete

    @property
    def position(self) -> tuple[int, int]:
        """Where the frame is on the canvas (RFC 9649, 2.7.1.1)."""
        return 2 * little_endian(self.frame[:3]), 2 * little_endian(self.frame[3:6])

    def container(self) -> Iterator[Piece]:
        """A file with the first frame and metadata, whose sizes and flags are right."""
        flags = _ALPHA if self.has_alpha or (self.frame and self.size != self.canvas) else 0
        flags |= _ANIMATION if self.frame else 0
        flags |= sum({_PROFILE if chunk.name == b"ICCP" else _EXIF for chunk in self.metadata})
        image = [piece for chunk in self.chunks for piece in _written(chunk.name, chunk.body)]
        if self.frame:
            image = [*_written(b"ANIM", bytes(6)), *_written(b"ANMF", self.frame, *image)]
        metadata = [piece for chunk in self.metadata for piece in _written(chunk.name, chunk.body)]
        yield from _file(self._extended(flags, self.canvas), *metadata, *image)

    def still_container(self) -> Iterator[Piece]:
        """A file with the first frame alone, up to where it ends.

        It declares more than there is: libwebp decodes in rows only what it takes for a part.
        """
        *others, bitstream = self.chunks
        head = [self._extended(_ALPHA, self.size)] if others else []
        alpha = [piece for chunk in others for piece in _written(chunk.name, chunk.body)]
        missing = 2 + len(bitstream.body) % 2
        bitstream_head = bitstream.name + (len(bitstream.body) + missing).to_bytes(4, "little")
        yield from _file(*head, *alpha, bitstream_head, bitstream.body, missing=missing)

    @staticmethod
    def _extended(flags: int, size: tuple[int, int]) -> bytes:
        sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
        return b"".join(part for part in _written(b"VP8X", bytes([flags, 0, 0, 0]) + sides) if isinstance(part, bytes))


def _read_picture(file: IO[bytes]) -> _Picture:
    """Find the first frame; raises Unreadable if there is none."""
    extended, frame, alpha, bitstream = b"", b"", list[_Chunk](), None
    metadata: dict[bytes, _Chunk] = {}
    for chunk in _iter_chunks(file, _FIRST_CHUNK):
        if chunk.name == b"VP8X" and not extended:
            extended = _read(file, chunk.body, 10)
        elif chunk.name in _METADATA and chunk.complete:
            metadata.setdefault(chunk.name, chunk)
        elif bitstream is None and chunk.name == b"ANMF":
            frame = _read(file, chunk.body, _FRAME_HEADER_BYTES)
            within = list(_iter_chunks(file, chunk.body.start + _FRAME_HEADER_BYTES, chunk.body.stop))
            alpha = [one for one in within if one.name == b"ALPH"]
            bitstream = next((one for one in within if one.name in _BITSTREAMS), None)
        elif bitstream is None and chunk.name == b"ALPH":
            alpha = [chunk]
        elif bitstream is None and chunk.name in _BITSTREAMS:
            bitstream = chunk
    bitstream = bitstream or _search(file)
    size, has_alpha = _read_bitstream_header(file, bitstream)
    alpha = [chunk for chunk in alpha[:1] if chunk.complete and bitstream.name == b"VP8 "]
    flags = extended[0] if len(extended) == 10 else 0
    canvas = (little_endian(extended[4:7]) + 1, little_endian(extended[7:]) + 1) if len(extended) == 10 else size
    frame = frame if len(frame) == _FRAME_HEADER_BYTES else b""
    has_alpha = has_alpha or bool(alpha) or bool(flags & _ALPHA)
    profile_first = tuple(metadata[name] for name in (b"ICCP", b"EXIF") if name in metadata)
    return _Picture((*alpha, bitstream), profile_first, canvas, size, has_alpha, frame)


def _iter_chunks(file: IO[bytes], at: int, end: int | None = None) -> Iterator[_Chunk]:
    """Chunks up to `end`, or to where they cannot be followed any more; sizes of the file as a whole are ignored."""
    stop = file.seek(0, 2) if end is None else end
    for name, start, size in islice(chunks.iter_riff(file, at), MAX_CHUNKS):
        if start > stop or not all(32 <= letter < 127 for letter in name):
            return
        yield _Chunk(name, range(start, min(start + size, stop)), start + size <= stop)


def _search(file: IO[bytes]) -> _Chunk:
    """The first bitstream wherever it is, because a wrong size hides it; raises Unreadable."""
    size, at, edge = file.seek(0, 2), _FIRST_CHUNK, b""
    file.seek(at)
    while block := file.read(BLOCK_BYTES):
        if found := _START.search(edge + block):
            return next(_iter_chunks(file, at - len(edge) + found.start()))
        at += len(block)
        edge = (edge + block)[-16:]
    file.seek(4)
    declared = 8 + little_endian(file.read(4))
    raise Unreadable(INCOMPLETE if declared > size else DAMAGED)


def _read_bitstream_header(file: IO[bytes], chunk: _Chunk) -> tuple[tuple[int, int], bool]:
    """Size in pixels, and whether there is alpha (RFC 9649, 3.4; RFC 6386, 9.1)."""
    file.seek(chunk.body.start)
    head = read_exactly(file, _BITSTREAM_HEADER_BYTES)
    if chunk.name == b"VP8L" and head[0] == 0x2F:
        bits = little_endian(head[1:5])
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)
    if chunk.name == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        return (little_endian(head[6:8]) & 0x3FFF, little_endian(head[8:]) & 0x3FFF), False
    raise Unreadable(DAMAGED)


def _read(file: IO[bytes], body: range, count: int) -> bytes:
    file.seek(body.start)
    return file.read(min(count, len(body)))


def _file(*pieces: Piece, missing: int = 0) -> Iterator[Piece]:
    """A file of these chunks, the last of which declares `missing` bytes more."""
    yield b"RIFF" + (4 + sum(map(len, pieces)) + missing).to_bytes(4, "little") + b"WEBP"
    yield from pieces


def _written(name: bytes, *body: Piece) -> tuple[Piece, ...]:
    """A chunk with this body, padded to an even size."""
    size = sum(map(len, body))
    return (name + size.to_bytes(4, "little"), *body, bytes(size % 2))
