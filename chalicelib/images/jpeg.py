"""JPEG: what is missing of an image that ends early becomes gray, and malformed metadata is left out.

libjpeg tolerates both, but Pillow stops at them.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from chalicelib.errors import Unreadable
from chalicelib.images.partial import GRAY, PartialImage
from chalicelib.images.pieces import Piece, PieceFile
from chalicelib.images.probe import INCOMPLETE, MAX_SEGMENTS, START_OF_FRAME, big_endian, number_of_lines

_END_OF_IMAGE = b"\xff\xd9"
_EOI, _SOS, _APP0, _APP14, _COM = 0xD9, 0xDA, 0xE0, 0xEE, 0xFE
_WITHOUT_LENGTH = frozenset({0x01, 0xD8, _EOI})
# Markers: stuffed bytes, padding and restarts are data of a scan.
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
_BLOCK_BYTES = 64 * 1024
_MIN_JFIF_BYTES, _MIN_ADOBE_BYTES, _MIN_PROFILE_BYTES = 7, 12, 14


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the first image without decoding it.

    The class itself, not Image.open: it reads the first image of a multi-picture file (MPO) and ignores a broken index.
    """
    file = _with_height(file)
    cut = _end_of_data(file)
    end, closing = (file.seek(0, 2), b"") if cut is None else (cut, _END_OF_IMAGE)
    scanned = None if cut is None else _scan_bytes(file, cut)
    with suppress(SyntaxError):
        return JpegPicture(PieceFile(file, [range(end), closing]), scanned)
    return JpegPicture(PieceFile(file, [*_without_malformed(file, end), closing]), scanned)


def find_end(file: IO[bytes]) -> int | None:
    """Where the first image ends; None if the file ends before it does."""
    return next((end for _, marker, end in _iter_markers(file, file.seek(0, 2)) if marker == _EOI), None)


class JpegPicture(PartialImage, JpegImageFile):
    """A JPEG, which libjpeg fills with gray from where its data ends.

    `scanned` is the number of bytes of pixels that a file holds which ends early; None if it is complete.
    """

    def __init__(self, file: PieceFile, scanned: int | None) -> None:
        super().__init__(file.stream())
        self.incomplete = scanned is not None
        # A block of 8 x 8 pixels takes at least two bits, also if all of them are gray.
        self._can_be_gray = scanned is not None and 4 * scanned >= self.width * self.height // 64

    def load_prepare(self) -> None:
        """Not filled, unlike other formats: libjpeg writes every pixel."""
        JpegImageFile.load_prepare(self)

    def load(self) -> Any:
        """Decode; raises Unreadable if the file ends before the first pixel."""
        decoding = bool(self.tile)
        pixels = super().load()
        if decoding and self.incomplete and not self._can_be_gray and self._is_gray():
            raise Unreadable(INCOMPLETE)
        return pixels

    def is_blank(self) -> bool:
        """Whether every pixel is gray, or none was written."""
        return self._is_gray() or not any(high for _, high in self.band_extrema())

    def _is_gray(self) -> bool:
        return all(low >= GRAY - 1 and high <= GRAY for low, high in self.band_extrema())


def _with_height(file: IO[bytes]) -> IO[bytes]:
    """The file; with its height in the frame header, where libjpeg needs it, if it comes only after the first scan."""
    size = file.seek(0, 2)
    for at, marker, _ in _iter_markers(file, size):
        if marker == _SOS:
            break
        file.seek(at + 5)
        if marker in START_OF_FRAME and file.read(2) == bytes(2):
            height = number_of_lines(file).to_bytes(2)
            return PieceFile(file, [range(at + 5), height, range(at + 7, size)]).stream()
    return file


def _end_of_data(file: IO[bytes]) -> int | None:
    """Where the complete segments and scans end, if the file ends before the image does; otherwise None."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 2))
    if file.read(2) == _END_OF_IMAGE:
        return None
    at = 0
    for at, marker, end in _iter_markers(file, size):
        if marker == _EOI:
            return None
        if end > size:
            return at
    return size if at else None


def _scan_bytes(file: IO[bytes], end: int) -> int:
    """The bytes from the first scan to `end`."""
    scans = (scan_start for _, marker, scan_start in _iter_markers(file, end) if marker == _SOS)
    return max(0, end - next(scans, end))


def _iter_markers(file: IO[bytes], size: int) -> Iterator[tuple[int, int, int]]:
    """Position, code, and end of the segment of each marker after the first; the last end may be beyond `size`."""
    at, start, block = 2, 0, b""
    for _ in range(size // _BLOCK_BYTES + 2 * MAX_SEGMENTS):
        if not start <= at <= start + len(block) - 4:
            file.seek(at)
            start, block = at, file.read(_BLOCK_BYTES)
        found = _MARKER.search(block, at - start)
        if found is None:
            if start + len(block) >= size:
                return
            at = start + len(block) - 1  # perhaps the first byte of a marker
            continue
        at, marker = start + found.start(), found[1][0]
        head = block[found.end() : found.end() + 2]
        if len(head) < 2 and start + len(block) < size:
            block = b""
            continue
        end = at + 2 if marker in _WITHOUT_LENGTH else at + 2 + max(2, big_endian(head))
        yield at, marker, end
        at = end


def _without_malformed(file: IO[bytes], size: int) -> Iterator[Piece]:
    """The pieces of a JPEG without comments, and without those application segments that Pillow stumbles over."""
    yield range(2)
    for at, marker, end in _iter_markers(file, size):
        if marker == _SOS:
            yield range(at, size)
            return
        file.seek(at + 4)
        if not _APP0 <= marker <= _COM or _is_readable(marker, file.read(max(0, min(end, size) - at - 4))):
            yield range(at, min(end, size))


def _is_readable(marker: int, body: bytes) -> bool:
    """Whether an application segment is one that matters, and complete."""
    if marker == _APP0:
        return body.startswith(b"JFIF\0") and len(body) >= _MIN_JFIF_BYTES
    if marker == _APP0 + 1:
        return body.startswith((b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"))
    if marker == _APP0 + 2:
        return body.startswith(b"ICC_PROFILE\0") and len(body) >= _MIN_PROFILE_BYTES
    return marker == _APP14 and body.startswith(b"Adobe") and len(body) >= _MIN_ADOBE_BYTES
