"""JPEG XL, decoded by libjxl through pillow-jxl-plugin.

A JPEG that was packed without loss is unpacked and read as a JPEG. Otherwise libjxl applies the orientation of the
codestream; that of EXIF never counts. The decoder is imported with the first JPEG XL.
"""

from dataclasses import replace
from io import BytesIO
from typing import IO, Any

from PIL import Image
from PIL.ExifTags import Base
from PIL.ImageFile import ImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import color_spaces, jpeg, jxl_header
from chalicelib.images.probe import ImageHeader, image_header

THREADS = 4  # of libjxl
UNDECODABLE = "This JPEG XL is damaged or incomplete, and no part of it can be decoded."
ANIMATION = "This JPEG XL is an animation, which cannot be processed."
CMYK = "This JPEG XL is in CMYK, which cannot be processed."
_SAMPLES = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "I;16": 1, "F": 1}


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the size from the codestream's header; raises Unreadable for animations and CMYK.

    Memory: 4 bytes per channel while it is decoded, the decoded samples, and their 8-bit copy, which grows by doubling;
    the file twice.
    """
    header = jxl_header.read_header(file)
    if header.animated:
        raise Unreadable(ANIMATION)
    if any(channel.kind == jxl_header.BLACK for channel in header.extra_channels):
        raise Unreadable(CMYK)
    sample_bytes = 1 if header.bits <= 8 else 2 if header.bits <= 16 else 4
    output = sample_bytes if sample_bytes == 1 else sample_bytes + 2
    cost = 12.7 + 3 * output + (4.2 + output) * len(header.extra_channels)
    found = image_header(header.width, header.height, cost, fixed_bytes=2 * file.seek(0, 2))
    if header.code_points is None:
        return found
    return replace(found, color_space=color_spaces.from_code_points(*header.code_points), ignores_profile=True)


def open_image(file: IO[bytes]) -> ImageFile:
    """Decode the image, or unpack the JPEG in it."""
    data = file.read()
    import pillow_jxl

    try:
        is_jpeg, info, pixels, profile, _ = pillow_jxl.Decoder(num_threads=THREADS)(data)
    except MemoryError:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        for _ in jxl_header.boxes(file):  # raises Unreadable if the last one is cut off
            pass
        raise Unreadable(UNDECODABLE) from error
    del data
    header = jxl_header.read_header(file)
    if is_jpeg:
        return _open_jpeg(pixels, header.orientation)
    alpha = next((channel for channel in header.extra_channels if channel.kind == jxl_header.ALPHA), None)
    image = _to_image(info.mode, (info.width, info.height), pixels)
    if alpha and alpha.premultiplied and image.mode == "RGBA":
        image = Image.frombytes("RGBa", image.size, pixels).convert("RGBA")
    return JxlImageFile(file, image, profile)


def _open_jpeg(data: bytes, orientation: int) -> ImageFile:
    """Open the JPEG in a JPEG XL, whose own orientation counts."""
    image = jpeg.open_image(BytesIO(data))
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    image.info["exif"] = exif
    return image


class JxlImageFile(ImageFile):
    """An image that is decoded already."""

    format = "JPEG XL"

    def __init__(self, file: IO[bytes], image: Image.Image, profile: bytes) -> None:
        self._image, self._profile = image, profile
        super().__init__(file)

    def _open(self) -> None:
        self._size, self._mode = self._image.size, self._image.mode
        self.im = self._image.im
        self.info = {"icc_profile": self._profile}

    def load(self) -> Any:
        """Return the pixels, which are decoded already."""
        return Image.Image.load(self)


def _to_image(mode: str, size: tuple[int, int], data: bytes) -> Image.Image:
    """The image of decoded samples: 8 bits, or for gray also 16 bits or floats from 0 to 1, native byte order."""
    sample_bytes = len(data) // (size[0] * size[1] * _SAMPLES[mode])
    mode = "L" if mode in {"I;16", "F"} else mode
    if sample_bytes == 4:
        wide = Image.frombytes("F", (size[0] * _SAMPLES[mode], size[1]), data)
        data = wide.point(lambda value: value * 255 + 0.5).convert("L").tobytes()
    elif sample_bytes == 2:
        data = data[1::2]  # the high bytes
    return Image.frombytes(mode, size, data)
