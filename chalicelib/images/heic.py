"""HEIC, as phones take it: pictures coded by HEVC, mostly in tiles, decoded by libheif.

libheif turns and cuts a picture as its boxes say, so what EXIF says of the way up is spent. It is loaded when the
first HEIC comes, and not made known to Pillow: nothing else is to be opened or written by it.
"""

from collections.abc import Iterator
from itertools import chain
from typing import IO, Any

from PIL import Image
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import isobmff
from chalicelib.images.bit_reader import Bits
from chalicelib.images.probe import DAMAGED, Declared, big, declared

THREADS = 4  # tiles that libheif decodes at once
MAX_PARAMETER_BYTES = 4096
_PARAMETERS = 33  # the kind of a unit that sets a sequence's parameters
_SAMPLES = {0: 1.0, 1: 1.5, 2: 2.0, 3: 3.0}  # values for a pixel, by chroma_format_idc


def declares(file: IO[bytes]) -> Declared:
    """What boxes and codec say of the size; libheif holds the decoder to what the boxes say.

    Memory: the planes as decoded, and red, green and blue of 8 bits made of them; of other than the ordinary kind
    (8 bits, 4:2:0) a second set of planes between. The file twice, and the tiles at work.
    """
    picture = isobmff.first_picture(file, b"hvc1")
    planes = max((_planes(part, data) for part, data in picture.coded), default=1.5)
    cost = 5.8 if planes <= 1.5 else 2 * planes + 4
    cost += 3.2 if picture.transparent else 0
    tiles = sum(sorted(part.pixels for part, _ in picture.coded)[-THREADS:]) if picture.tiled else 0
    return declared(picture.width, picture.height, cost, beside=2 * picture.file_bytes + int(planes * tiles))


def opens(file: IO[bytes]) -> ImageFile:
    """The first picture, not yet decoded."""
    return Photograph(file)


class Photograph(ImageFile):
    """A picture as libheif holds it: crops of full width are taken from its memory, and no copy of it all is made."""

    format = "HEIC"

    def _open(self) -> None:
        import pillow_heif

        pictures = pillow_heif.open_heif(self.fp, convert_hdr_to_8bit=True)
        self._picture = pictures[pictures.primary_index]
        self._size, self._mode = self._picture.size, self._picture.mode
        self.info = {key: self._picture.info.get(key) for key in ("exif", "icc_profile")}

    def load(self) -> Any:
        """Decode it and copy it into Pillow's memory."""
        if self._im is None:
            self.im = self._rows(0, self.height).im
        return Image.Image.load(self)

    def crop(self, box: tuple[float, float, float, float] | None = None) -> Image.Image:
        """Part of it; of full width without a copy of the whole."""
        if self._im is None and box is not None and (box[0], box[2]) == (0, self.width):
            return self._rows(int(box[1]), int(box[3]))
        return super().crop(box)

    def _rows(self, top: int, bottom: int) -> Image.Image:
        data, stride = self._picture.data, self._picture.stride
        if self._picture.size != self.size:
            raise Unreadable(DAMAGED)
        size = (self.width, bottom - top)
        return Image.frombytes(self.mode, size, data[top * stride : bottom * stride], "raw", self.mode, stride)


def _planes(part: isobmff.Item, data: bytes) -> float:
    """Bytes a pixel of what is decoded, the most that any set of parameters asks for, in its configuration or data."""
    found = []
    for body in part.all(b"hvcC"):
        if len(body) < 23:
            raise Unreadable(DAMAGED)
        found += [_asked(unit) for unit in chain(_configured(body), _units(data, (body[21] & 3) + 1)) if _sets(unit)]
    if not found:
        raise Unreadable(DAMAGED)
    return max(found)


def _configured(body: bytes) -> Iterator[bytes]:
    """The units in a decoder configuration (ISO/IEC 14496-15, 8.3.3.1)."""
    box = Bits(body[22:])
    for _ in range(box.number(8)):
        box.skip(8)
        for _ in range(box.number(16)):
            yield box.text(box.number(16))


def _units(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """The units of a coded picture, each with its length before it; of a unit cut short, what there is."""
    at = 0
    for _ in range(isobmff.MAX_ENTRIES):
        if at >= len(data):
            return
        start = at + length_bytes
        at = start + big(data[at:start])
        yield data[start : min(at, start + MAX_PARAMETER_BYTES)]
    raise Unreadable(DAMAGED)


def _sets(unit: bytes) -> bool:
    """Whether a unit sets a sequence's parameters."""
    return len(unit) > 2 and unit[0] >> 1 & 63 == _PARAMETERS


def _asked(unit: bytes) -> float:
    """Bytes a pixel in all planes, by a sequence's parameters (ITU-T H.265, 7.3.2.2)."""
    bits = Bits(unit[2:].replace(b"\0\0\3", b"\0\0"))
    bits.skip(4)
    layers = bits.number(3)
    bits.skip(1 + 96)
    told = [(bits.number(1), bits.number(1)) for _ in range(layers)]
    bits.skip(2 * (8 - layers) if layers else 0)
    for profile, level in told:
        bits.skip(88 * profile + 8 * level)
    bits.variable()
    chroma = bits.variable()
    bits.skip(1 if chroma == 3 else 0)
    bits.variable(), bits.variable()  # width and height: the decoder is held to those of the boxes
    for _ in range(4 * bits.number(1)):
        bits.variable()
    deep = bits.variable() or bits.variable()
    return _SAMPLES.get(chroma, 3.0) * (2 if deep else 1)
