"""HEIC, the format of phones: images coded with HEVC, usually in tiles, decoded by libheif.

libheif applies the rotation and crop of the boxes, so EXIF orientation must not be applied again. It is imported with
the first HEIC and not registered with Pillow, so that it opens and writes nothing else.
"""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain
from typing import IO, Any, cast

from PIL import Image
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import color_spaces, isobmff, missing_data, plain_container
from chalicelib.images.bit_reader import BitReader
from chalicelib.images.color_spaces import UNSPECIFIED
from chalicelib.images.probe import DAMAGED, INCOMPLETE, ImageHeader, big_endian, image_header

THREADS = 4  # tiles that libheif decodes in parallel
MAX_PARAMETER_BYTES = 4096
_SPS_NAL_UNIT = 33  # NAL unit type of a sequence parameter set
_SAMPLES_PER_PIXEL = {0: 1.0, 1: 1.5, 2: 2.0, 3: 3.0}  # by chroma_format_idc


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the size from the boxes, to which libheif restricts the decoder.

    Memory: the decoded planes and the 8-bit RGB made from them; formats other than 8-bit 4:2:0 take a second set of
    planes in between. The file twice, and the tiles being decoded.
    """
    file, _ = missing_data.fill(file)
    image = isobmff.read_primary_image(file, b"hvc1")
    planes = max((_plane_bytes_per_pixel(part, data) for part, data in image.coded_items), default=1.5)
    cost = 5.8 if planes <= 1.5 else 2 * planes + 4
    cost += 3.2 if image.has_alpha else 0
    tiles = sum(sorted(part.pixels for part, _ in image.coded_items)[-THREADS:]) if image.tiled else 0
    header = image_header(image.width, image.height, cost, fixed_bytes=2 * image.file_bytes + int(planes * tiles))
    return replace(header, color_space=color_spaces.from_image_boxes(image.code_points or UNSPECIFIED))


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the primary image without decoding it."""
    file, incomplete = missing_data.fill(file)
    image = HeicImageFile(file)
    image.incomplete = incomplete
    return image


class HeicImageFile(ImageFile):
    """An image in libheif's memory: full-width crops are read from there without copying the whole."""

    format = "HEIC"
    incomplete = False

    def _open(self) -> None:
        import pillow_heif

        try:
            images = pillow_heif.open_heif(self.fp, convert_hdr_to_8bit=True)
            if 0 in images[images.primary_index].size:
                raise Unreadable(DAMAGED)
        except (SyntaxError, ValueError, IndexError, Unreadable):
            plain = BytesIO(plain_container.rewrite(cast("IO[bytes]", self.fp), b"heic"))
            images = pillow_heif.open_heif(plain, convert_hdr_to_8bit=True)
        self._heif = images[images.primary_index]
        self._size, self._mode = self._heif.size, self._heif.mode
        self.info = {key: self._heif.info.get(key) for key in ("exif", "icc_profile")}

    def load(self) -> Any:
        """Decode the image and copy it into Pillow's memory."""
        if self._im is None:
            self.im = self._rows(0, self.height).im
        return Image.Image.load(self)

    def crop(self, box: tuple[float, float, float, float] | None = None) -> Image.Image:
        """Crop; at full width without copying the whole image."""
        if self._im is None and box is not None and (box[0], box[2]) == (0, self.width):
            return self._rows(int(box[1]), int(box[3]))
        return super().crop(box)

    def _rows(self, top: int, bottom: int) -> Image.Image:
        try:
            data, stride = self._heif.data, self._heif.stride
        except (ValueError, RuntimeError, OSError) as error:
            if not self.incomplete:
                raise
            raise Unreadable(INCOMPLETE) from error
        if self._heif.size != self.size:
            raise Unreadable(DAMAGED)
        size = (self.width, bottom - top)
        return Image.frombytes(self.mode, size, data[top * stride : bottom * stride], "raw", self.mode, stride)


def _plane_bytes_per_pixel(part: isobmff.Item, data: bytes) -> float:
    """Decoded bytes per pixel: the maximum over all parameter sets, in the configuration or in the data."""
    bytes_per_pixel = []
    for body in part.all_properties(b"hvcC"):
        if len(body) < 23:
            raise Unreadable(DAMAGED)
        bytes_per_pixel += [
            _sps_bytes_per_pixel(unit)
            for unit in chain(_iter_config_units(body), _iter_nal_units(data, (body[21] & 3) + 1))
            if _is_sps(unit)
        ]
    if not bytes_per_pixel:
        raise Unreadable(DAMAGED)
    return max(bytes_per_pixel)


def _iter_config_units(body: bytes) -> Iterator[bytes]:
    """NAL units of a decoder configuration (ISO/IEC 14496-15, 8.3.3.1)."""
    box = BitReader(body[22:])
    for _ in range(box.read(8)):
        box.skip(8)
        for _ in range(box.read(16)):
            yield box.read_bytes(box.read(16))


def _iter_nal_units(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """Length-prefixed NAL units of a coded image; the last may be truncated."""
    at = 0
    for _ in range(isobmff.MAX_ENTRIES):
        if at >= len(data):
            return
        start = at + length_bytes
        at = start + big_endian(data[at:start])
        yield data[start : min(at, start + MAX_PARAMETER_BYTES)]
    raise Unreadable(DAMAGED)


def _is_sps(unit: bytes) -> bool:
    """Whether a NAL unit is a sequence parameter set."""
    return len(unit) > 2 and unit[0] >> 1 & 63 == _SPS_NAL_UNIT


def _sps_bytes_per_pixel(unit: bytes) -> float:
    """Bytes per pixel of all planes, from a sequence parameter set (ITU-T H.265, 7.3.2.2)."""
    bits = BitReader(unit[2:].replace(b"\0\0\3", b"\0\0"))
    bits.skip(4)
    layers = bits.read(3)
    bits.skip(1 + 96)
    sublayers = [(bits.read(1), bits.read(1)) for _ in range(layers)]
    bits.skip(2 * (8 - layers) if layers else 0)
    for profile, level in sublayers:
        bits.skip(88 * profile + 8 * level)
    bits.read_exp_golomb()
    chroma = bits.read_exp_golomb()
    bits.skip(1 if chroma == 3 else 0)
    bits.read_exp_golomb(), bits.read_exp_golomb()  # width and height: the decoder is limited to those of the boxes
    for _ in range(4 * bits.read(1)):
        bits.read_exp_golomb()
    deep = bits.read_exp_golomb() or bits.read_exp_golomb()
    return _SAMPLES_PER_PIXEL.get(chroma, 3.0) * (2 if deep else 1)
