"""Small files built like those of cameras: one per raw format, each with a preview where its cameras keep theirs."""

import struct
from collections.abc import Callable, Sequence
from io import BytesIO

from PIL import Image

from tests.support.images import samples
from tests.support.images.tiff import ASCII, BYTE, LONG, SHORT, Tags, page

SIZE = (64, 48)
TAKEN = "2024:07:14 18:30:00"
NO_SUBFILES: Tags = {}
SENSOR: Tags = {256: (LONG, [6000]), 257: (LONG, [4000]), 259: (SHORT, [1]), 262: (SHORT, [32803])}
_PAGE_BYTES = 512


def preview(orientation: int = 6, size: tuple[int, int] = SIZE) -> bytes:
    """A JPEG without metadata that this orientation turns into `quarters(size)`."""
    stored = Image.open(BytesIO(samples.oriented(orientation, size)))
    return samples.encoded(stored.convert("RGB"))


def text(value: str) -> tuple[int, list[int]]:
    """A text as the value of a tag."""
    return ASCII, [*value.encode(), 0]


def camera(make: str, model: str = "Model 1", orientation: int = 6) -> Tags:
    """The tags of the main directory that describe the photo."""
    return {271: text(make), 272: text(model), 274: (SHORT, [orientation]), 306: text(TAKEN)}


def tiff_raw(
    main: Tags,
    *others: Tags,
    data: bytes,
    order: str = "<",
    magic: bytes = b"*\0",
    signature: bytes = b"",
    chained: bool = False,
) -> bytes:
    """A TIFF with these directories, and `data` at position `data_at(len(others))`.

    The others are subdirectories of the first, or follow it if `chained`.
    """
    start = 32
    places = [start + _PAGE_BYTES * number for number in range(1, len(others) + 1)]
    if others and not chained:
        main = main | {330: (LONG, places)}
    followed_by = [*places, 0] if chained else [0] * (len(others) + 1)
    mark = (b"II" if order == "<" else b"MM") + (magic if order == "<" else magic[::-1])
    file = (mark + struct.pack(order + "L", start) + signature).ljust(start, b"\0")
    for at, tags, following in zip([start, *places], [main, *others], followed_by, strict=True):
        file += page(tags, order, at, large=False, following=following).ljust(_PAGE_BYTES, b"\0")
    return file + data


def data_at(others: int) -> int:
    """Where `tiff_raw` puts the data behind this number of other directories."""
    return 32 + _PAGE_BYTES * (others + 1)


def jpeg_tags(at: int, size: int) -> Tags:
    """The tags of a directory that name a JPEG."""
    return {513: (LONG, [at]), 514: (LONG, [size])}


def jpeg_strip(at: int, size: int) -> Tags:
    """The tags of a directory whose single strip is a JPEG."""
    return {259: (SHORT, [7]), 262: (SHORT, [6]), 273: (LONG, [at]), 279: (LONG, [size])}


def bitmap(at: int, size: tuple[int, int]) -> Tags:
    """The tags of a directory with an uncompressed image in RGB."""
    width, height = size
    return {
        254: (LONG, [1]),
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [8, 8, 8]),
        259: (SHORT, [1]),
        262: (SHORT, [2]),
        273: (LONG, [at]),
        277: (SHORT, [3]),
        279: (LONG, [3 * width * height]),
    }


def _nef(jpeg: bytes) -> bytes:
    main = camera("NIKON CORPORATION") | {254: (LONG, [1])}
    return tiff_raw(main, jpeg_tags(data_at(2), len(jpeg)), SENSOR, data=jpeg, order=">")


def _arw(jpeg: bytes) -> bytes:
    main = camera("SONY") | {254: (LONG, [1])} | jpeg_tags(data_at(1), len(jpeg))
    return tiff_raw(main, {259: (SHORT, [32767])}, data=jpeg)


def _pef(jpeg: bytes) -> bytes:
    main = camera("PENTAX Corporation") | {259: (SHORT, [65535])}
    return tiff_raw(main, jpeg_tags(data_at(1), len(jpeg)), data=jpeg, chained=True)


def _srw(jpeg: bytes) -> bytes:
    return tiff_raw(camera("SAMSUNG"), SENSOR, jpeg_tags(data_at(2), len(jpeg)), data=jpeg)


def dng(jpeg: bytes, *, thumbnail: bytes = b"", sensor: bytes = b"") -> bytes:
    """A DNG with a bitmap of 16 x 16 pixels in the main directory and a JPEG in a subdirectory."""
    pixels = thumbnail or Image.new("RGB", (16, 16)).tobytes()
    at = data_at(2)
    main = camera("Leica") | bitmap(at, (16, 16)) | {50706: (BYTE, [1, 4, 0, 0])}
    place = at + len(pixels) + len(sensor)
    strip = {259: (SHORT, [7]), 262: (SHORT, [32803]), 273: (LONG, [at + len(pixels)]), 279: (LONG, [len(sensor)])}
    return tiff_raw(main, SENSOR | strip, jpeg_strip(place, len(jpeg)), data=pixels + sensor + jpeg)


def _cr2(jpeg: bytes) -> bytes:
    main = camera("Canon") | jpeg_strip(data_at(0), len(jpeg))
    return tiff_raw(main, data=jpeg, signature=b"CR\2\0")


def _rw2(jpeg: bytes) -> bytes:
    return tiff_raw(camera("Panasonic") | {46: (BYTE, [*jpeg])}, data=b"", magic=b"U\0")


def _orf(jpeg: bytes) -> bytes:
    """The JPEG is where only the private notes say."""
    file = tiff_raw(camera("OLYMPUS"), data=bytes(1000) + jpeg, magic=b"RO", order="<")
    return file[:4] + struct.pack("<L", 8) + page(camera("OLYMPUS"), "<", 8, large=False) + file[600:]


def _iiq(jpeg: bytes) -> bytes:
    main = camera("Phase One") | bitmap(data_at(0), (1, 1))
    return tiff_raw(main, data=bytes(1000) + jpeg, signature=b"IIIITwaR")


def _mrw(jpeg: bytes) -> bytes:
    block = tiff_raw(camera("Minolta"), data=b"", order=">")
    return b"\0MRM" + bytes(36) + b"\0TTW" + struct.pack(">L", len(block)) + block + bytes(1000) + jpeg


def _raf(jpeg: bytes) -> bytes:
    return b"FUJIFILMCCD-RAW 0201".ljust(148, b"\0") + _with_exif(jpeg, "FUJIFILM") + bytes(5000)


def _x3f(jpeg: bytes) -> bytes:
    return b"FOVb\0\0\2\0".ljust(500, b"\0") + _with_exif(jpeg, "SIGMA") + bytes(5000)


def _with_exif(jpeg: bytes, make: str) -> bytes:
    exif = samples.exif(orientation=6, taken=TAKEN, camera=(make, "Model 1")).tobytes()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def _crw(jpeg: bytes) -> bytes:
    return b"II\x1a\0\0\0HEAPCCDR".ljust(500, b"\0") + jpeg + bytes(500)


def _box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body) + 8) + name + body


def cr3(jpeg: bytes, metadata: bytes | None = None, *, gps: bytes = b"", xmp: bytes = b"") -> bytes:
    """A CR3 with these bytes as its main directory, its GPS directory and its XMP."""
    if metadata is None:
        metadata = tiff_raw(camera("Canon"), data=b"")
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + _box(b"CNCV", b"CanonCR3") + _box(b"CMT1", metadata)
    canon += _box(b"CMT4", gps) if gps else b""
    head = _box(b"ftyp", b"crx \0\0\0\1crx isom") + _box(b"moov", _box(b"uuid", canon))
    head += _box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + xmp) if xmp else b""
    return head + _box(b"mdat", jpeg + bytes(5000))


BUILDERS: dict[str, Callable[[bytes], bytes]] = {
    "ARW": _arw,
    "CR2": _cr2,
    "CR3": cr3,
    "CRW": _crw,
    "DNG": dng,
    "IIQ": _iiq,
    "MRW": _mrw,
    "NEF": _nef,
    "ORF": _orf,
    "PEF": _pef,
    "RAF": _raf,
    "RW2": _rw2,
    "SRW": _srw,
    "X3F": _x3f,
}


def several(jpegs: Sequence[bytes]) -> bytes:
    """A NEF with several previews."""
    places, at = [], data_at(len(jpegs))
    for jpeg in jpegs:
        places.append(jpeg_tags(at, len(jpeg)))
        at += len(jpeg)
    return tiff_raw(camera("NIKON") | {254: (LONG, [1])}, *places, data=b"".join(jpegs))
