"""Camera raw files: the largest preview embedded in the file becomes the photo; the sensor's data are not developed.

They are recognized by content: by their first bytes, or as a TIFF whose directories describe sensor data. Sizes are
those of the preview. The camera's orientation, date and name are the raw file's own, which many previews lack.
"""

import re
from contextlib import suppress
from io import BytesIO
from typing import IO

from PIL import Image
from PIL.ExifTags import Base
from PIL.ImageFile import ImageFile
from PIL.PpmImagePlugin import PpmImageFile

from chalicelib.errors import Unreadable
from chalicelib.images import cr3, ifd, jpeg, raw_previews
from chalicelib.images.probe import ImageHeader
from chalicelib.images.raw_previews import RAW_PHOTOMETRIC, Preview

MIME_TYPES = {
    "3FR": "image/x-hasselblad-3fr",
    "ARW": "image/x-sony-arw",
    "CR2": "image/x-canon-cr2",
    "CR3": "image/x-canon-cr3",
    "CRW": "image/x-canon-crw",
    "DNG": "image/x-adobe-dng",
    "ERF": "image/x-epson-erf",
    "IIQ": "image/x-phaseone-iiq",
    "MEF": "image/x-mamiya-mef",
    "MRW": "image/x-minolta-mrw",
    "NEF": "image/x-nikon-nef",
    "ORF": "image/x-olympus-orf",
    "PEF": "image/x-pentax-pef",
    "RAF": "image/x-fuji-raf",
    "RAW": "image/x-dcraw",
    "RW2": "image/x-panasonic-rw2",
    "SRW": "image/x-samsung-srw",
    "X3F": "image/x-sigma-x3f",
}
_SIGNATURES = (
    ("CR2", re.compile(rb"II\*\0....CR\x02", re.DOTALL)),
    ("CR3", re.compile(rb"....ftypcrx ", re.DOTALL)),
    ("CRW", re.compile(rb"......HEAPCCDR", re.DOTALL)),
    ("IIQ", re.compile(rb"II\*\0....IIII.waR|MM\0\*....MMMMRaw", re.DOTALL)),
    ("MRW", re.compile(rb"\0MRM")),
    ("ORF", re.compile(rb"II(RO|RS)\x08\0|MMOR\0\0")),
    ("RAF", re.compile(rb"FUJIFILMCCD-RAW")),
    ("RW2", re.compile(rb"IIU\0")),
    ("X3F", re.compile(rb"FOVb")),
)
# Of TIFFs, by the maker of the camera; makers that write DNG are not in here.
_MAKERS = {
    "EPSON": "ERF",
    "HASSELBLAD": "3FR",
    "MAMIYA": "MEF",
    "NIKON": "NEF",
    "PENTAX": "PEF",
    "RICOH": "PEF",
    "SAMSUNG": "SRW",
    "SONY": "ARW",
}
_TIFF = re.compile(rb"II[*+]\0|MM\0[*+]")
_SUBFILE_TYPE, _COMPRESSION, _PHOTOMETRIC, _MAKE, _DNG_VERSION = 254, 259, 262, 271, 50706
_RAW_COMPRESSIONS = frozenset({32767, 32769, 32770, 34713, 34892, 65000, 65535})


def detect(file: IO[bytes]) -> str | None:
    """The kind of raw file, a key of MIME_TYPES; None if it is something else."""
    file.seek(0)
    head = file.read(16)
    name = next((name for name, signature in _SIGNATURES if signature.match(head)), None)
    if name or not _TIFF.match(head):
        return name
    directories = list(ifd.read_directories(file))
    if directories and _DNG_VERSION in directories[0].entries:
        return "DNG"
    if not _holds_sensor_data(directories):
        return None
    make = directories[0].value(_MAKE)[:64].decode("latin-1").upper()
    return next((name for maker, name in _MAKERS.items() if maker in make), "RAW")


def probe(file: IO[bytes]) -> ImageHeader:
    """Read the preview's header; raises Unreadable if the file has no preview."""
    return find_preview(file).header


def open_image(file: IO[bytes]) -> ImageFile:
    """Open the preview without decoding it, with the orientation of the raw file if it has one."""
    preview = find_preview(file)
    image = jpeg.open_image(preview.open(file)) if preview.is_jpeg else PpmImageFile(preview.open(file))
    if orientation := _orientation(file):
        image.info["exif"] = Image.Exif()
        image.info["exif"][Base.Orientation] = orientation
    return image


def find_preview(file: IO[bytes]) -> Preview:
    """The largest preview; raises Unreadable if there is none. DNG lists all previews in its directories."""
    directories = list(ifd.read_directories(file))
    return raw_previews.find_largest(file, directories, searched=detect(file) != "DNG")


def _holds_sensor_data(directories: list[ifd.Directory]) -> bool:
    """Whether the first page of a TIFF, or an image in its subdirectories, is a sensor's, or the page a thumbnail."""
    images = directories[:1] + [each for each in directories if each.kind == ifd.SUB_IFDS]
    if any(
        not RAW_PHOTOMETRIC.isdisjoint(each.numbers(_PHOTOMETRIC))
        or not _RAW_COMPRESSIONS.isdisjoint(each.numbers(_COMPRESSION))
        for each in images
    ):
        return True
    reduced = any(int(kind) & 1 for each in directories[:1] for kind in each.numbers(_SUBFILE_TYPE))
    return reduced and ifd.SUB_IFDS in directories[0].entries


def _orientation(file: IO[bytes]) -> int | None:
    """The orientation in the raw file's own metadata, None if there is none."""
    blocks: list[IO[bytes]] = [file]
    if detect(file) == "CR3":
        with suppress(Unreadable):
            blocks = [BytesIO(block) for block in cr3.read_metadata(file)]
    for block in blocks:
        for directory in ifd.read_directories(block):
            found = directory.numbers(Base.Orientation) if directory.kind == 0 else []
            if found and 1 <= found[0] <= 8:
                return int(found[0])
    return None
